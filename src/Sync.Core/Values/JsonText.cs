using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Sync;

/// <summary>Strings in canonical form: quoted, with only the escapes that JSON demands.</summary>
internal static class JsonText
{
    private static readonly SearchValues<byte> MustEscape = SearchValues.Create([.. Enumerable.Range(0, 32).Select(b => (byte)b), (byte)'"', (byte)'\\']);

    /// <summary>Quotes a text. Null when it holds a lone surrogate or U+0000.</summary>
    public static byte[]? Quote(string text)
    {
        var buffer = new ByteBuffer(text.Length + 2);
        try
        {
            var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
            var isWhole = Utf8.FromUtf16(text, utf8, out _, out var length, replaceInvalidSequences: false) == OperationStatus.Done;
            var isWritten = isWhole && TryWriteQuoted(ref buffer, utf8.AsSpan(0, length));
            ArrayPool<byte>.Shared.Return(utf8);
            return isWritten ? buffer.Written.ToArray() : null;
        }
        finally
        {
            buffer.Dispose();
        }
    }

    /// <summary>Writes plain UTF-8 as a quoted canonical string. False when it holds U+0000.</summary>
    public static bool TryWriteQuoted(ref ByteBuffer to, ReadOnlySpan<byte> plain)
    {
        to.Add((byte)'"');
        while (true)
        {
            var step = plain.IndexOfAny(MustEscape);
            if (step < 0) break;
            to.Add(plain[..step]);
            if (plain[step] == 0) return false;
            WriteEscaped(ref to, plain[step]);
            plain = plain[(step + 1)..];
        }
        to.Add(plain);
        to.Add((byte)'"');
        return true;
    }

    public static bool NeedsEscape(uint codePoint) => codePoint is < 32 or '"' or '\\';

    public static void WriteEscaped(ref ByteBuffer to, byte plain)
    {
        to.Add((byte)'\\');
        switch (plain)
        {
            case (byte)'"' or (byte)'\\': to.Add(plain); break;
            case (byte)'\b': to.Add((byte)'b'); break;
            case (byte)'\t': to.Add((byte)'t'); break;
            case (byte)'\n': to.Add((byte)'n'); break;
            case (byte)'\f': to.Add((byte)'f'); break;
            case (byte)'\r': to.Add((byte)'r'); break;
            default:
                to.Add("u00"u8);
                to.Add((byte)(plain >= 16 ? '1' : '0'));
                to.Add("0123456789abcdef"u8[plain & 15]);
                break;
        }
    }

    /// <summary>The text of a quoted canonical string.</summary>
    public static string Unquote(ReadOnlySpan<byte> quoted)
    {
        var inner = quoted[1..^1];
        if (inner.IndexOf((byte)'\\') < 0) return Encoding.UTF8.GetString(inner);
        var plain = new byte[inner.Length];
        return Encoding.UTF8.GetString(plain.AsSpan(0, Unescape(inner, plain)));
    }

    /// <summary>Compares two quoted canonical strings by code point.</summary>
    public static int CompareQuoted(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var a = left[1..^1];
        var b = right[1..^1];
        if (a.IndexOf((byte)'\\') < 0 && b.IndexOf((byte)'\\') < 0) return a.SequenceCompareTo(b);
        Span<byte> plainA = new byte[a.Length], plainB = new byte[b.Length];
        return plainA[..Unescape(a, plainA)].SequenceCompareTo(plainB[..Unescape(b, plainB)]);
    }

    private static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> plain)
    {
        var length = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            var b = escaped[i];
            if (b == (byte)'\\')
            {
                b = escaped[++i] switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'t' => (byte)'\t',
                    (byte)'n' => (byte)'\n',
                    (byte)'f' => (byte)'\f',
                    (byte)'r' => (byte)'\r',
                    (byte)'u' => Convert.FromHexString(Encoding.ASCII.GetString(escaped.Slice(i + 3, 2)))[0],
                    var same => same,
                };
                if (escaped[i] == (byte)'u') i += 4;
            }
            plain[length++] = b;
        }
        return length;
    }
}
