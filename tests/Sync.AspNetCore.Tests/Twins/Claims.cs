using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Hashing;
using System.Text;

namespace Sync.AspNetCore.Tests.Twins;

/// <summary>Says what a client holds, from docs/protocol.md alone (C1, C2).</summary>
internal static class Claims
{
    /// <summary>The properties of a subscribe that claim some records, given as they travel.</summary>
    public static string Of(params string[] records) => $"\"count\":{records.Length},\"digest\":\"{Text(records.Aggregate(UInt128.Zero, (sum, record) => unchecked(sum + Hash(record))))}\"";

    private static UInt128 Hash(string text)
    {
        var record = CanonicalJson.Parse(text);
        var fields = CanonicalJson.Object(record.Members.Where(member => member.Key is not ("id" or "version")));
        var id = Encoding.UTF8.GetBytes(record["id"].AsString()!);
        var content = new byte[24 + id.Length];
        BinaryPrimitives.WriteUInt128BigEndian(content, XxHash128.HashToUInt128(fields.Utf8.Span));
        BinaryPrimitives.WriteInt64BigEndian(content.AsSpan(16), record["version"].AsInt64()!.Value);
        id.CopyTo(content.AsSpan(24));
        return XxHash128.HashToUInt128(content);
    }

    private static string Text(UInt128 sum)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, sum);
        return Base64Url.EncodeToString(bytes);
    }
}
