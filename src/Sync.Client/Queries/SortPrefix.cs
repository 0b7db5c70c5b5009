using System.Buffers.Binary;
using System.Text;

namespace Sync.Client;

/// <summary>
/// The first eight bytes of a value's place in the total order: a smaller prefix means a smaller value, equal prefixes mean nothing. Most comparisons of a
/// sorted query end here, without a look at the values.
/// </summary>
internal static class SortPrefix
{
    private const int KindBits = 3;
    private const int TextBytes = 7;

    public static ulong Of(CanonicalJson value, bool isDescending)
    {
        var prefix = value.Kind switch
        {
            JsonKind.Missing or JsonKind.Null => 0UL,
            JsonKind.False => Place(1, 0),
            JsonKind.True => Place(2, 0),
            JsonKind.Number => Place(3, OfNumber(value.AsDouble()!.Value)),
            JsonKind.String => Place(4, OfText(value)),
            _ => Place(5, 0),
        };
        return isDescending ? ~prefix : prefix;
    }

    public static ulong OfId(string id)
    {
        Span<byte> text = stackalloc byte[sizeof(ulong)];
        text.Clear();
        Encoding.UTF8.GetEncoder().Convert(id, text, flush: false, out _, out _, out _);
        return BinaryPrimitives.ReadUInt64BigEndian(text);
    }

    private static ulong Place(ulong kind, ulong payload) => (kind << (64 - KindBits)) | (payload >> KindBits);

    /// <summary>The nearest double, its bits turned so that they count upwards.</summary>
    private static ulong OfNumber(double number)
    {
        var bits = BitConverter.DoubleToUInt64Bits(number);
        return (bits & (1UL << 63)) != 0 ? ~bits : bits | (1UL << 63);
    }

    private static ulong OfText(CanonicalJson value)
    {
        var quoted = value.Utf8.Span;
        var plain = quoted.IndexOf((byte)'\\') < 0 ? quoted[1..^1] : Encoding.UTF8.GetBytes(value.AsString()!);
        Span<byte> text = stackalloc byte[sizeof(ulong)];
        text.Clear();
        plain[..Math.Min(plain.Length, TextBytes)].CopyTo(text);
        return BinaryPrimitives.ReadUInt64BigEndian(text);
    }
}
