using System.Globalization;
using System.Numerics;

namespace Sync.Server.Postgres;

/// <summary>Rounds as PostgreSQL does when a value has more digits than its column.</summary>
internal static class Rounding
{
    private const int MicrosecondDigits = 6;

    /// <param name="microseconds">As the database counts them.</param>
    /// <param name="digits">Of the fraction of a second, up to 6.</param>
    public static long HalfAwayFromZero(long microseconds, int digits)
    {
        if (digits >= MicrosecondDigits) return microseconds;
        var step = (long)Math.Pow(10, MicrosecondDigits - digits);
        return microseconds >= 0 ? (microseconds + (step / 2)) / step * step : -((-microseconds + (step / 2)) / step * step);
    }

    /// <summary>A number in the digits of <c>numeric(precision, scale)</c>; false where it has too many before the point.</summary>
    public static bool TryToScale(CanonicalJson number, int precision, int scale, out CanonicalJson rounded)
    {
        rounded = default;
        var (digits, exponent) = Parts(number);
        if (exponent < -scale)
        {
            var drop = -scale - exponent;
            // A divisor beyond all digits leaves nothing; it need not be computed.
            digits = drop > (int)BigInteger.Log10(BigInteger.Abs(digits) + 1) + 1 ? BigInteger.Zero : Divide(digits, BigInteger.Pow(10, drop));
            exponent = -scale;
        }

        if (!digits.IsZero && DigitsOf(digits) + exponent > precision - scale) return false;
        rounded = CanonicalJson.Parse(string.Create(CultureInfo.InvariantCulture, $"{digits}e{exponent}"));
        return true;
    }

    private static int DigitsOf(BigInteger digits) => BigInteger.Abs(digits).ToString(CultureInfo.InvariantCulture).Length;

    private static BigInteger Divide(BigInteger digits, BigInteger by)
    {
        var size = (BigInteger.Abs(digits) + (by / 2)) / by;
        return digits.Sign < 0 ? -size : size;
    }

    /// <summary>The number is <c>Digits</c> times ten to the power of <c>Exponent</c>.</summary>
    private static (BigInteger Digits, int Exponent) Parts(CanonicalJson number)
    {
        var text = number.ToString();
        var exponent = 0;
        if (text.IndexOf('e', StringComparison.Ordinal) is var e and >= 0)
        {
            exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..e];
        }

        if (text.IndexOf('.', StringComparison.Ordinal) is var point and >= 0)
        {
            exponent -= text.Length - point - 1;
            text = text.Remove(point, 1);
        }

        return (BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), exponent);
    }
}
