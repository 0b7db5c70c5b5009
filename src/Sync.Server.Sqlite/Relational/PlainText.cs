using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Sync.Server.Sqlite;

/// <summary>Text between a column and JSON, without a detour over UTF-16 where nothing is escaped.</summary>
internal static class PlainText
{
    private static readonly SearchValues<byte> Escaped = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    public static CanonicalJson ToJson(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IndexOfAny(Escaped) >= 0 || !Utf8.IsValid(utf8))
        {
            // What the app wrote may hold what no record can (U+0000, broken UTF-8): it is shown as U+FFFD.
            return CanonicalJson.From(Encoding.UTF8.GetString(utf8).Replace('\0', '\uFFFD'));
        }

        var quoted = new byte[utf8.Length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        utf8.CopyTo(quoted.AsSpan(1));
        return CanonicalJson.FromCanonicalBytes(quoted);
    }

    public static void Bind(Statement statement, int parameter, CanonicalJson text)
    {
        var inner = text.Utf8.Span[1..^1];
        if (inner.Contains((byte)'\\')) statement.BindText(parameter, text.AsString()!);
        else statement.BindText(parameter, inner);
    }
}
