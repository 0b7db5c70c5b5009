using System.Collections.Immutable;

namespace Sync;

/// <summary>A record beside its hash, at the place of its id among the buckets.</summary>
internal readonly record struct HashedRow(ulong Place, RecordHash Hash, Record Record);

/// <summary>The records of one result as both ends compare them: hashed once, and sorted by bucket when that is first asked for.</summary>
internal sealed class HashedRows
{
    private readonly HashedRow[] _rows;
    private bool _isSorted;

    public HashedRows(IReadOnlyCollection<Record> records)
    {
        _rows = new HashedRow[records.Count];
        var i = 0;
        foreach (var record in records)
        {
            _rows[i] = new HashedRow(BucketPath.PlaceOf(record.Id), RecordHash.Of(record), record);
            Digest = Digest.Add(_rows[i++].Hash);
        }
    }

    public Digest Digest { get; }
    public int Count => _rows.Length;

    public ReadOnlySpan<HashedRow> In(BucketPath path)
    {
        var (first, last) = path.Places;
        var start = FirstFrom(first);
        return Sorted().AsSpan(start, (last == ulong.MaxValue ? _rows.Length : FirstFrom(last + 1)) - start);
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
        var rows = Sorted();
        for (var i = FirstFrom(place); i < rows.Length && rows[i].Place == place; i++)
        {
            if (rows[i].Record.Id == id) return rows[i];
        }
        return null;
    }

    /// <summary>Sorts now what would else be sorted when it is first looked into. Until it is sorted it is for one thread.</summary>
    public HashedRow[] Sorted()
    {
        if (_isSorted) return _rows;
        Array.Sort(Array.ConvertAll(_rows, static row => row.Place), _rows);
        _isSorted = true;
        return _rows;
    }

    private int FirstFrom(ulong place)
    {
        var rows = Sorted();
        int low = 0, high = rows.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (rows[middle].Place < place) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
