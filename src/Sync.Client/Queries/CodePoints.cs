namespace Sync.Client;

/// <summary>Strings by code point. Ordinal comparison differs from it where one side holds surrogates.</summary>
internal static class CodePoints
{
    public static int Compare(string left, string right)
    {
        var at = left.AsSpan().CommonPrefixLength(right);
        if (at == left.Length || at == right.Length) return left.Length.CompareTo(right.Length);
        return Rank(left[at]).CompareTo(Rank(right[at]));
    }

    // Surrogates stand for code points above all others, but lie below U+E000 as units.
    private static int Rank(char unit) => unit >= 0xE000 ? unit - 0x800 : char.IsSurrogate(unit) ? unit + 0x2000 : unit;
}
