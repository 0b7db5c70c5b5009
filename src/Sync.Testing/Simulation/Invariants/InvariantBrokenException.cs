namespace Sync.Testing;

/// <summary>Something that must always hold does not.</summary>
internal sealed class InvariantBrokenException(string invariant, string detail) : Exception($"{invariant}: {detail}")
{
    public string Invariant { get; } = invariant;
}
