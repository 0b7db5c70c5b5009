using System.Buffers.Text;

namespace Sync;

/// <summary>
/// Numbers in canonical form: exact decimal digits without sign of zero, leading or trailing zeros, in the layout that ECMAScript gives numbers
/// (plain from 1e-6 up to 1e21, else with an exponent), but never rounded.
/// </summary>
internal static class JsonNumber
{
    private const int LargestPlainPoint = 21;
    private const int SmallestPlainPoint = -5;

    /// <summary>Writes a JSON number in canonical form. False when it has too many digits, or a double cannot hold its size.</summary>
    public static bool TryWriteCanonical(ref ByteBuffer to, scoped ReadOnlySpan<byte> number)
    {
        if (IsPlainInteger(number))
        {
            to.Add(number);
            return true;
        }
        Span<byte> digits = stackalloc byte[JsonLimits.MaxNumberDigits];
        if (!TryTakeApart(number, digits, out var parts)) return false;
        if (parts.Count == 0)
        {
            to.Add((byte)'0');
            return true;
        }
        if (!FitsDouble(number, parts.Point)) return false;
        if (parts.IsNegative) to.Add((byte)'-');
        Write(ref to, digits[..parts.Count], parts.Point);
        return true;
    }

    /// <summary>Compares two canonical numbers by value, exactly.</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (IsPlainInteger(left) && IsPlainInteger(right) && left[0] != (byte)'-' && right[0] != (byte)'-')
            return left.Length != right.Length ? left.Length - right.Length : left.SequenceCompareTo(right);
        Span<byte> leftDigits = stackalloc byte[JsonLimits.MaxNumberDigits], rightDigits = stackalloc byte[JsonLimits.MaxNumberDigits];
        TryTakeApart(left, leftDigits, out var a);
        TryTakeApart(right, rightDigits, out var b);
        if (a.Sign != b.Sign) return a.Sign - b.Sign;
        if (a.Sign == 0) return 0;
        var size = a.Point != b.Point ? a.Point.CompareTo(b.Point) : leftDigits[..a.Count].SequenceCompareTo(rightDigits[..b.Count]);
        return a.IsNegative ? -size : size;
    }

    /// <summary>A whole number of up to 15 digits as everybody writes it: canonical as it stands.</summary>
    private static bool IsPlainInteger(ReadOnlySpan<byte> number)
    {
        var digits = number[0] == (byte)'-' ? number[1..] : number;
        return digits.Length <= 15 && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (digits[0] != (byte)'0' || number.Length == 1);
    }

    /// <summary>The value is 0.d1d2d3… times ten to the power of <c>Point</c>, d1 and the last digit not 0; no digits for zero.</summary>
    private readonly record struct Parts(bool IsNegative, int Count, int Point)
    {
        public int Sign => Count == 0 ? 0 : IsNegative ? -1 : 1;
    }

    private static bool TryTakeApart(ReadOnlySpan<byte> number, Span<byte> digits, out Parts parts)
    {
        parts = default;
        var isNegative = number[0] == (byte)'-';
        var at = isNegative ? 1 : 0;
        int count = 0, point = 0, pendingZeros = 0;
        var isFraction = false;
        for (; at < number.Length; at++)
        {
            var b = number[at];
            if (b == (byte)'.')
            {
                isFraction = true;
                continue;
            }
            if (b is (byte)'e' or (byte)'E') break;
            if (b == (byte)'0')
            {
                if (count == 0) point -= isFraction ? 1 : 0;
                else
                {
                    pendingZeros++;
                    point += isFraction ? 0 : 1;
                }
                continue;
            }
            if (count + pendingZeros + 1 > digits.Length) return false;
            for (; pendingZeros > 0; pendingZeros--) digits[count++] = (byte)'0';
            digits[count++] = b;
            point += isFraction ? 0 : 1;
        }
        if (at < number.Length && count > 0)
        {
            var text = number[(at + 1)..];
            if (text[0] == (byte)'+') text = text[1..];
            // Longer exponents are out of range, or padded with zeros that nobody writes.
            if (text.Length > 8 || !Utf8Parser.TryParse(text, out int exponent, out _)) return false;
            point += exponent;
        }
        parts = new(isNegative, count, count == 0 ? 0 : point);
        return true;
    }

    private static bool FitsDouble(ReadOnlySpan<byte> number, int point)
    {
        if (point is > -300 and < 300) return true;
        if (point is < -400 or > 400) return false;
        return Utf8Parser.TryParse(number, out double value, out _) && double.IsFinite(value) && value != 0;
    }

    private static void Write(ref ByteBuffer to, scoped ReadOnlySpan<byte> digits, int point)
    {
        if (point is < SmallestPlainPoint or > LargestPlainPoint)
        {
            WriteWithExponent(ref to, digits, point - 1);
            return;
        }
        if (point <= 0)
        {
            to.Add("0."u8);
            for (var i = point; i < 0; i++) to.Add((byte)'0');
            to.Add(digits);
            return;
        }
        to.Add(digits[..Math.Min(point, digits.Length)]);
        for (var i = digits.Length; i < point; i++) to.Add((byte)'0');
        if (point >= digits.Length) return;
        to.Add((byte)'.');
        to.Add(digits[point..]);
    }

    private static void WriteWithExponent(ref ByteBuffer to, scoped ReadOnlySpan<byte> digits, int exponent)
    {
        to.Add(digits[0]);
        if (digits.Length > 1)
        {
            to.Add((byte)'.');
            to.Add(digits[1..]);
        }
        to.Add(exponent < 0 ? "e-"u8 : "e+"u8);
        Utf8Formatter.TryFormat(Math.Abs(exponent), to.Reserve(11), out var written);
        to.Advance(written);
    }
}
