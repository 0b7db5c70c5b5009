namespace Sync;

/// <summary>The order of strings by code point, which is that of their UTF-8 bytes. C#'s ordinal order puts U+E000…U+FFFF behind the characters above them.</summary>
internal static class CodePointOrder
{
    public static int Compare(string left, string right)
    {
        var at = left.AsSpan().CommonPrefixLength(right);
        if (at == left.Length || at == right.Length) return left.Length.CompareTo(right.Length);
        return Rank(left[at]).CompareTo(Rank(right[at]));
    }

    public static int Compare(RecordKey left, RecordKey right)
    {
        var byTable = Compare(left.Table, right.Table);
        return byTable != 0 ? byTable : Compare(left.Id, right.Id);
    }

    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
