using System.Buffers.Text;

namespace Sync;

/// <summary>Reads one escape of a JSON string that a tokenizer has found well formed.</summary>
internal static class JsonEscape
{
    /// <summary>False for a lone surrogate and for U+0000.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out uint codePoint, out int length)
    {
        length = 2;
        codePoint = text[1] switch
        {
            (byte)'b' => '\b',
            (byte)'t' => '\t',
            (byte)'n' => '\n',
            (byte)'f' => '\f',
            (byte)'r' => '\r',
            var same => same,
        };
        if (text[1] != (byte)'u') return true;
        length = 6;
        codePoint = ReadHex(text);
        if (codePoint == 0 || char.IsLowSurrogate((char)codePoint)) return false;
        if (!char.IsHighSurrogate((char)codePoint)) return true;
        if (text.Length < 12 || text[6] != (byte)'\\' || text[7] != (byte)'u') return false;
        var low = ReadHex(text[6..]);
        if (!char.IsLowSurrogate((char)low)) return false;
        length = 12;
        codePoint = (uint)char.ConvertToUtf32((char)codePoint, (char)low);
        return true;
    }

    private static uint ReadHex(ReadOnlySpan<byte> escape)
    {
        Utf8Parser.TryParse(escape.Slice(2, 4), out uint value, out _, 'x');
        return value;
    }
}
