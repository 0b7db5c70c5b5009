using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>
/// Records of the view and open queries by the value of one field; a list stands under each of its elements and under itself, a missing field under null.
/// One look-up serves both, so that an open query that a change does not touch costs nothing.
/// </summary>
internal sealed class FieldIndex(FieldPath path)
{
    private readonly Dictionary<CanonicalJson, Bucket> _buckets = [];

    public FieldPath Path { get; } = path;

    public void Open(QueryRows rows, ImmutableArray<CanonicalJson> values)
    {
        foreach (var value in values) GetOrAdd(value).Queries.Add(rows);
    }

    public void Close(QueryRows rows, ImmutableArray<CanonicalJson> values)
    {
        foreach (var value in values)
        {
            if (!_buckets.TryGetValue(KeyOf(value), out var bucket)) continue;
            bucket.Queries.Remove(rows);
            RemoveIfEmpty(value, bucket);
        }
    }

    public IEnumerable<RecordSlot> Find(ImmutableArray<CanonicalJson> values)
    {
        if (values.Length == 1) return Slots(values[0]);
        return values.SelectMany(Slots).Distinct();
    }

    public void Changed(RecordSlot slot, Record? before, Record? after, List<QueryRows>? concerned)
    {
        var (from, to) = (before is null ? default : KeyOf(before.Get(Path)), after is null ? default : KeyOf(after.Get(Path)));
        if (from == to)
        {
            if (concerned is not null) Collect(to, concerned);
            return;
        }
        if (concerned is not null)
        {
            Collect(from, concerned);
            Collect(to, concerned);
        }
        foreach (var value in ValuesOf(from))
        {
            if (!_buckets.TryGetValue(value, out var bucket)) continue;
            bucket.Slots.Remove(slot);
            RemoveIfEmpty(value, bucket);
        }
        foreach (var value in ValuesOf(to)) GetOrAdd(value).Slots.Add(slot);
    }

    private HashSet<RecordSlot> Slots(CanonicalJson value) => _buckets.TryGetValue(KeyOf(value), out var bucket) ? bucket.Slots : [];

    private void Collect(CanonicalJson key, List<QueryRows> concerned)
    {
        if (key.Kind != JsonKind.List)
        {
            if (!key.IsMissing && _buckets.TryGetValue(key, out var bucket)) concerned.AddRange(bucket.Queries);
            return;
        }
        foreach (var value in ValuesOf(key))
        {
            if (_buckets.TryGetValue(value, out var bucket)) concerned.AddRange(bucket.Queries);
        }
    }

    /// <summary>Missing stands for "no record" here, so a missing field counts as null, which it equals.</summary>
    private static CanonicalJson KeyOf(CanonicalJson value) => value.IsMissing ? CanonicalJson.Null : value;

    private static IEnumerable<CanonicalJson> ValuesOf(CanonicalJson key) => key.Kind switch
    {
        JsonKind.Missing => [],
        JsonKind.List => key.Elements.Append(key).Distinct(),
        _ => [key],
    };

    private Bucket GetOrAdd(CanonicalJson value)
    {
        var key = KeyOf(value);
        if (_buckets.TryGetValue(key, out var bucket)) return bucket;

        // A copy: a slice would keep alive the whole record that it was cut from.
        bucket = new Bucket();
        _buckets.Add(CanonicalJson.FromCanonicalBytes(key.Utf8.ToArray()), bucket);
        return bucket;
    }

    private void RemoveIfEmpty(CanonicalJson value, Bucket bucket)
    {
        if (bucket.Slots.Count == 0 && bucket.Queries.Count == 0) _buckets.Remove(KeyOf(value));
    }

    private sealed class Bucket
    {
        public HashSet<RecordSlot> Slots { get; } = [];
        public List<QueryRows> Queries { get; } = [];
    }
}
