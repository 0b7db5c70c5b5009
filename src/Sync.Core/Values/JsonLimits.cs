namespace Sync;

/// <summary>Bounds that hold for every value in every store (design: no poison gets in).</summary>
public static class JsonLimits
{
    /// <summary>Deepest nesting of lists and objects that is taken in.</summary>
    public const int MaxDepth = 64;

    /// <summary>Longest record id, in bytes of UTF-8.</summary>
    public const int MaxIdBytes = 256;

    /// <summary>Most digits that a number may have once it is written in canonical form.</summary>
    public const int MaxNumberDigits = 330;
}
