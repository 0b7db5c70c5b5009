namespace Sync.Server;

/// <summary>A guess at what a client held of a result some changes ago: the rows that did not change, and of the others their images from before. Costs what changed, not what is held.</summary>
internal sealed class HeldThen
{
    private readonly HashedRows _now;

    // By id, where it is not as it is now: the image from before, or null where the client did not hold it.
    private readonly SortedDictionary<string, Record?> _other = new(StringComparer.Ordinal);

    public HeldThen(HashedRows now, IEnumerable<string> changed, IEnumerable<Record> befores)
    {
        (_now, Digest) = (now, now.Digest);
        foreach (var id in changed) Put(id, null);
        foreach (var record in befores) Put(record.Id, record);
    }

    public Digest Digest { get; private set; }

    /// <summary>Only the first rows of an order were held.</summary>
    public void CutTo(int limit, Query query, IReadOnlyList<Record> now)
    {
        var then = now.Where(r => !_other.ContainsKey(r.Id)).Concat(_other.Values.OfType<Record>()).Order(Comparer<Record>.Create(query.Compare));
        foreach (var record in then.Skip(limit).ToArray()) Put(record.Id, null);
    }

    /// <summary>What makes the result as it is now of what was held.</summary>
    public IReadOnlyList<RowChange> Difference()
    {
        var difference = new List<RowChange>();
        foreach (var (id, then) in _other)
        {
            if (_now.Find(id) is not { } row)
            {
                if (then is not null) difference.Add(new RowChange(id, null, IsNew: false));
            }
            else if (then is null || RecordHash.Of(then) != row.Hash) difference.Add(new RowChange(id, row.Record, IsNew: then is null));
        }
        return difference;
    }

    private void Put(string id, Record? record)
    {
        var former = _other.TryGetValue(id, out var other) ? other is null ? null : RecordHash.Of(other) : _now.Find(id)?.Hash;
        if (former is { } hash) Digest = Digest.Remove(hash);
        if (record is not null) Digest = Digest.Add(record);
        _other[id] = record;
    }
}
