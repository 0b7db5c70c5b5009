namespace Sync.Server;

/// <summary>
/// What one load has brought, and what changed while it was under way: a value that the store gave before such a change is old.
/// Guarded by the lock of <see cref="RecordSource"/>.
/// </summary>
internal sealed class LoadInFlight(IReadOnlyCollection<RecordKey> keys, IReadOnlyCollection<RelatedLookup> lookups)
{
    private readonly HashSet<RecordKey> _changed = [];
    private readonly HashSet<RelatedLookup> _changedLookups = [];

    public IReadOnlyCollection<RecordKey> Keys { get; } = keys;
    public IReadOnlyCollection<RelatedLookup> Lookups { get; } = lookups;
    public Dictionary<RecordKey, Record?> Records { get; } = [];
    public Dictionary<RelatedLookup, FoundRecords> Found { get; } = [];

    public void Apply(RecordChange change)
    {
        _changed.Add(change.Key);
        foreach (var lookup in Lookups)
        {
            if (lookup.Finds(change.After) || (change.Before is { } before && lookup.Finds(before))) _changedLookups.Add(lookup);
        }
    }

    public bool IsCurrent(RecordKey key) => Records.ContainsKey(key) && !_changed.Contains(key);
    public bool IsCurrent(RelatedLookup lookup) => Found.ContainsKey(lookup) && !_changedLookups.Contains(lookup);
}
