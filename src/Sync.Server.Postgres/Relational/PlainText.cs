using System.Buffers;
using System.Text;

namespace Sync.Server.Postgres;

/// <summary>Text between a column and JSON, without a detour over UTF-16 where nothing is escaped. PostgreSQL's text is UTF-8 without U+0000 always.</summary>
internal static class PlainText
{
    private static readonly SearchValues<byte> Escaped = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    public static void Append(ReadOnlySpan<byte> utf8, ArrayBufferWriter<byte> json)
    {
        if (utf8.IndexOfAny(Escaped) >= 0)
        {
            json.Write(CanonicalJson.From(Encoding.UTF8.GetString(utf8)).Utf8.Span);
            return;
        }

        var quoted = json.GetSpan(utf8.Length + 2);
        quoted[0] = quoted[utf8.Length + 1] = (byte)'"';
        utf8.CopyTo(quoted[1..]);
        json.Advance(utf8.Length + 2);
    }

    public static CanonicalJson ToJson(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IndexOfAny(Escaped) >= 0) return CanonicalJson.From(Encoding.UTF8.GetString(utf8));
        var quoted = new byte[utf8.Length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        utf8.CopyTo(quoted.AsSpan(1));
        return CanonicalJson.FromCanonicalBytes(quoted);
    }
}
