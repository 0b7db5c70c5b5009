using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Text;

namespace Sync;

/// <summary>128 bits over a record's id, version and canonical content: equal records have equal hashes, on either end. On the wire 22 characters of base64url.</summary>
internal readonly record struct RecordHash(UInt128 Value)
{
    public const int Characters = 22;
    private const int Bytes = 16;
    private const int LongestOnStack = 512;

    public static RecordHash Of(Record record) => Of(record.Id, record.Version, record.Fields.Utf8.Span);

    /// <summary>The table is not part of it: a digest is of one query, and a query of one table.</summary>
    public static RecordHash Of(string id, long version, ReadOnlySpan<byte> canonicalFields)
    {
        // The content is hashed first, so that all parts but the id have a fixed length and no two records can be read out of the same bytes.
        var length = Encoding.UTF8.GetByteCount(id);
        var whole = Bytes + sizeof(long) + length;
        Span<byte> buffer = whole <= LongestOnStack ? stackalloc byte[whole] : new byte[whole];
        BinaryPrimitives.WriteUInt128BigEndian(buffer, XxHash128.HashToUInt128(canonicalFields));
        BinaryPrimitives.WriteInt64BigEndian(buffer[Bytes..], version);
        Encoding.UTF8.GetBytes(id, buffer[(Bytes + sizeof(long))..]);
        return new RecordHash(XxHash128.HashToUInt128(buffer));
    }

    public override string ToString() => TextOf(Value);

    public static bool TryParse([NotNullWhen(true)] string? text, out RecordHash hash)
    {
        var isHash = TryParseBits(text, out var value);
        hash = new RecordHash(value);
        return isHash;
    }

    internal static string TextOf(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return Base64Url.EncodeToString(bytes);
    }

    internal static bool TryParseBits([NotNullWhen(true)] string? text, out UInt128 value)
    {
        value = default;
        if (text?.Length != Characters || !Base64Url.IsValid(text, out var length) || length != Bytes) return false;
        Span<byte> bytes = stackalloc byte[Bytes];
        Base64Url.DecodeFromChars(text, bytes);
        value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return TextOf(value) == text;
    }
}
