using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Sync;

/// <summary>
/// Writes pieces of canonical JSON text straight to a buffer. Total: text that no reader would take in (half a surrogate pair, U+0000) becomes U+FFFD,
/// a missing value becomes null, so a frame that we write can always be read.
/// </summary>
internal readonly struct FrameWriter(IBufferWriter<byte> to)
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\']);

    public void Raw(ReadOnlySpan<byte> utf8) => to.Write(utf8);

    public void Raw(CanonicalJson value) => to.Write(value.IsMissing ? "null"u8 : value.Utf8.Span);

    public void Number(long value)
    {
        var span = to.GetSpan(20);
        Utf8Formatter.TryFormat(value, span, out var written);
        to.Advance(written);
    }

    public void Text(string value)
    {
        to.Write("\""u8);
        var rest = value.AsSpan();
        while (rest.IndexOfAny(Escaped) is >= 0 and var at)
        {
            Plain(rest[..at]);
            Escape(rest[at]);
            rest = rest[(at + 1)..];
        }
        Plain(rest);
        to.Write("\""u8);
    }

    /// <summary>Writes a path as <see cref="FieldPath.ToJson"/> makes it, without making it.</summary>
    public void Path(FieldPath path)
    {
        var isDotted = true;
        foreach (var segment in path.Segments) isDotted &= !segment.Contains('.');

        to.Write(isDotted ? "\""u8 : "["u8);
        var isFirst = true;
        foreach (var name in path.NamesAndColons)
        {
            if (!isFirst) to.Write(isDotted ? "."u8 : ","u8);
            to.Write(isDotted ? name.AsSpan()[1..^2] : name.AsSpan()[..^1]);
            isFirst = false;
        }
        to.Write(isDotted ? "\""u8 : "]"u8);
    }

    /// <summary>Writes <c>[…]</c> with a comma between the items.</summary>
    public void List<T>(ReadOnlySpan<T> items, Action<FrameWriter, T> write)
    {
        to.Write("["u8);
        for (var i = 0; i < items.Length; i++)
        {
            if (i > 0) to.Write(","u8);
            write(this, items[i]);
        }
        to.Write("]"u8);
    }

    private void Plain(ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty) Encoding.UTF8.GetBytes(text, to);
    }

    private void Escape(char c)
    {
        switch (c)
        {
            case '"': to.Write("\\\""u8); break;
            case '\\': to.Write("\\\\"u8); break;
            case '\b': to.Write("\\b"u8); break;
            case '\f': to.Write("\\f"u8); break;
            case '\n': to.Write("\\n"u8); break;
            case '\r': to.Write("\\r"u8); break;
            case '\t': to.Write("\\t"u8); break;
            case '\0': to.Write("\uFFFD"u8); break;
            default: to.Write([(byte)'\\', (byte)'u', (byte)'0', (byte)'0', (byte)(c < 0x10 ? '0' : '1'), Hex(c & 0xF)]); break;
        }
    }

    private static byte Hex(int digit) => (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);
}
