namespace Sync.Server;

/// <summary>
/// The first rows of an ordered query. While fewer rows than the limit exist, changes alone keep it exact. A full window does not know what lies
/// behind its last row: where a row leaves it, or its last row moves back, the rows behind must be read.
/// </summary>
internal sealed class WindowRows(Query query, int limit) : HeldRows
{
    private readonly List<Record> _rows = [];
    private bool _mayHaveMore;

    public override int Count => _rows.Count;

    public override bool Holds(string id) => IndexOf(id) >= 0;

    public override bool Put(Record record, List<RowChange> told)
    {
        var at = IndexOf(record.Id);
        var wasHeld = at >= 0;
        if (wasHeld) _rows.RemoveAt(at);
        var place = PlaceOf(record);

        // Behind all that is held, with unknown rows beyond: it may belong behind those. A missing row is being read by a refill, which brings this one too.
        if (place == _rows.Count && _mayHaveMore)
        {
            if (!wasHeld) return true;
            told.Add(new RowChange(record.Id, null, false));
            return false;
        }
        if (place == limit)
        {
            _mayHaveMore = true;
            return true;
        }
        _rows.Insert(place, record);
        told.Add(new RowChange(record.Id, record, !wasHeld));
        if (_rows.Count > limit) DropLast(told);
        return true;
    }

    public override bool Remove(string id, List<RowChange> told)
    {
        var at = IndexOf(id);
        if (at < 0) return true;
        _rows.RemoveAt(at);
        told.Add(new RowChange(id, null, false));
        return !_mayHaveMore;
    }

    public override void Replace(IReadOnlyList<Record> rows, bool mayHaveMore, List<RowChange> told)
    {
        var fresh = rows.Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        var held = _rows.Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in held.Where(id => !fresh.Contains(id))) told.Add(new RowChange(gone, null, false));
        foreach (var row in rows.Where(r => !held.Contains(r.Id))) told.Add(new RowChange(row.Id, row, true));
        _rows.Clear();
        _rows.AddRange(rows);
        _mayHaveMore = mayHaveMore;
    }

    private void DropLast(List<RowChange> told)
    {
        told.Add(new RowChange(_rows[^1].Id, null, false));
        _rows.RemoveAt(_rows.Count - 1);
        _mayHaveMore = true;
    }

    private int IndexOf(string id) => _rows.FindIndex(r => r.Id == id);

    private int PlaceOf(Record record)
    {
        int low = 0, high = _rows.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (query.Compare(_rows[middle], record) <= 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
