namespace Sync.Server;

/// <summary>Results of lookups, kept current by the changes. Not safe to share.</summary>
internal sealed class CachedLookups(int capacity)
{
    private readonly RecentlyUsed<RelatedLookup, FoundRecords> _found = new(capacity);

    /// <summary>The fields by which any lookup was ever made, by table: at most the model's indexes.</summary>
    private readonly Dictionary<string, HashSet<FieldPath>> _fields = new(StringComparer.Ordinal);

    public bool TryGet(RelatedLookup lookup, out FoundRecords? found) => _found.TryGet(lookup, out found);

    public void Put(RelatedLookup lookup, FoundRecords found)
    {
        if (!_fields.TryGetValue(lookup.Table, out var fields)) _fields[lookup.Table] = fields = [];
        fields.Add(lookup.Field);
        _found.Put(lookup, found);
    }

    public void Remove(RelatedLookup lookup) => _found.Remove(lookup);

    public void Clear() => _found.Clear();

    public void Apply(RecordChange change)
    {
        if (!_fields.TryGetValue(change.Key.Table, out var fields)) return;
        foreach (var field in fields)
        {
            foreach (var value in ValuesOf(change, field).Distinct())
            {
                var lookup = new RelatedLookup(change.Key.Table, field, value);
                if (!_found.TryGet(lookup, out var found)) continue;
                if (found.IsTooMany) _found.Remove(lookup);
                else _found.Put(lookup, found.With(lookup, change.After));
            }
        }
    }

    private static IEnumerable<CanonicalJson> ValuesOf(RecordChange change, FieldPath field)
    {
        var after = LookupRule.ValuesOf(change.After, field);
        return change.Before is { } before ? LookupRule.ValuesOf(before, field).Concat(after) : after;
    }
}
