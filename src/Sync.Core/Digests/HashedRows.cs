using System.Collections.Immutable;

namespace Sync;

/// <summary>A record beside its hash, at the place of its id among the buckets.</summary>
internal readonly record struct HashedRow(ulong Place, RecordHash Hash, Record Record);

/// <summary>The records of one result as both ends compare them: hashed once, sorted by bucket. Does not change.</summary>
internal sealed class HashedRows
{
    private readonly HashedRow[] _rows;

    public HashedRows(IReadOnlyCollection<Record> records)
    {
        _rows = new HashedRow[records.Count];
        var i = 0;
        foreach (var record in records)
        {
            _rows[i] = new HashedRow(BucketPath.PlaceOf(record.Id), RecordHash.Of(record), record);
            Digest = Digest.Add(_rows[i++].Hash);
        }
        Array.Sort(_rows, static (a, b) => a.Place != b.Place ? a.Place.CompareTo(b.Place) : string.CompareOrdinal(a.Record.Id, b.Record.Id));
    }

    public Digest Digest { get; }
    public int Count => _rows.Length;

    public ReadOnlySpan<HashedRow> In(BucketPath path)
    {
        var (first, last) = path.Places;
        var start = FirstFrom(first);
        return _rows.AsSpan(start, (last == ulong.MaxValue ? _rows.Length : FirstFrom(last + 1)) - start);
    }

    /// <summary>One digest for each of the 64 children of a bucket.</summary>
    public ImmutableArray<Digest> DigestsOfChildren(BucketPath path)
    {
        var digests = new Digest[BucketPath.Children];
        foreach (var row in In(path))
        {
            ref var digest = ref digests[path.ChildAt(row.Place)];
            digest = digest.Add(row.Hash);
        }
        return ImmutableArray.Create(digests);
    }

    public HashedRow? Find(string id)
    {
        var place = BucketPath.PlaceOf(id);
        for (var i = FirstFrom(place); i < _rows.Length && _rows[i].Place == place; i++)
        {
            if (_rows[i].Record.Id == id) return _rows[i];
        }
        return null;
    }

    private int FirstFrom(ulong place)
    {
        int low = 0, high = _rows.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_rows[middle].Place < place) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
