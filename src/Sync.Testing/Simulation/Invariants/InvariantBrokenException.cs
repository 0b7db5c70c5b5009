namespace Sync.Testing;

/// <summary>Something that must always hold does not.</summary>
internal sealed class InvariantBrokenException(string invariant, string detail) : Exception($"{invariant}: {detail}")
{
    public string Invariant { get; } = invariant;

    /// <summary>The same, found under these circumstances.</summary>
    public InvariantBrokenException In(string circumstances) => new(Invariant, $"{detail} ({circumstances})");
}
