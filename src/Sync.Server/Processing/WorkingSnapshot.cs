using System.Diagnostics.CodeAnalysis;

namespace Sync.Server;

/// <summary>
/// The records over which a group is decided: the committed ones, pinned as they are first looked at, with what the group has accepted so far on top.
/// What was pinned is what the commit compares.
/// </summary>
internal sealed class WorkingSnapshot(RecordSource source) : IRelatedSource
{
    private readonly Dictionary<RecordKey, Record?> _pinned = [];
    private readonly Dictionary<RelatedLookup, FoundRecords> _pinnedLookups = [];
    private readonly Dictionary<RecordKey, Record> _changed = [];

    public bool TryGet(RecordKey key, out Record? record)
    {
        if (!TryPin(key, out record)) return false;
        if (_changed.TryGetValue(key, out var changed)) record = changed;
        return true;
    }

    public bool TryFind(RelatedLookup lookup, [NotNullWhen(true)] out IReadOnlyList<Record>? records)
    {
        records = null;
        if (!TryPin(lookup, out var found)) return false;
        foreach (var changed in _changed.Values) found = found.With(lookup, changed);
        records = found.All;
        return true;
    }

    public void Pin(Snapshot loaded)
    {
        foreach (var (key, record) in loaded.Records) _pinned.TryAdd(key, record);
        foreach (var (lookup, found) in loaded.Lookups) _pinnedLookups.TryAdd(lookup, found);
    }

    public void Accept(IEnumerable<RecordChange> changes)
    {
        foreach (var change in changes)
        {
            _pinned.TryAdd(change.Key, change.Before);
            _changed[change.Key] = change.After;
        }
    }

    public IEnumerable<RelatedLookup> Lookups => _pinnedLookups.Keys;

    /// <summary>Whether something that was looked at was changed by one of these.</summary>
    public bool IsTouchedBy(IReadOnlyList<Commit> commits) => commits.SelectMany(commit => commit.Changes).Any(change =>
        _pinned.ContainsKey(change.Key) || _pinnedLookups.Keys.Any(lookup => lookup.Finds(change.After) || (change.Before is { } before && lookup.Finds(before))));

    public IReadOnlyDictionary<RecordKey, long> Expected => _pinned.ToDictionary(pinned => pinned.Key, pinned => pinned.Value?.Version ?? 0);

    public IReadOnlyList<ExpectedLookup> ExpectedLookups =>
    [
        .. from pinned in _pinnedLookups
           where !pinned.Value.IsTooMany
           select new ExpectedLookup(pinned.Key.Table, pinned.Key.Field, pinned.Key.Value, [.. pinned.Value.All.Select(record => (record.Id, record.Version))]),
    ];

    private bool TryPin(RecordKey key, out Record? record)
    {
        if (_pinned.TryGetValue(key, out record)) return true;
        if (!source.TryGet(key, out record)) return false;
        _pinned.Add(key, record);
        return true;
    }

    private bool TryPin(RelatedLookup lookup, [NotNullWhen(true)] out FoundRecords? found)
    {
        if (_pinnedLookups.TryGetValue(lookup, out found)) return true;
        if (!source.TryFind(lookup, out found)) return false;
        _pinnedLookups.Add(lookup, found);
        return true;
    }
}
