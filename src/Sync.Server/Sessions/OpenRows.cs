namespace Sync.Server;

/// <summary>The rows of a query without a limit: only their ids are kept.</summary>
internal sealed class OpenRows : HeldRows
{
    // One row, the commonest case, needs no set.
    private string? _only;
    private IdSet? _ids;

    public override int Count => _ids?.Count ?? (_only is null ? 0 : 1);

    public override bool Holds(string id) => _ids?.Contains(id) ?? _only == id;

    public override bool Put(Record record, List<RowChange> told)
    {
        told.Add(new RowChange(record.Id, record, Add(record.Id)));
        return true;
    }

    public override bool Remove(string id, List<RowChange> told)
    {
        if (!Holds(id)) return true;
        if (_ids is null) _only = null;
        else _ids.Remove(id);
        told.Add(new RowChange(id, null, false));
        return true;
    }

    public override void Replace(IReadOnlyList<Record> rows, bool mayHaveMore, List<RowChange> told)
    {
        var fresh = new IdSet(rows.Count);
        foreach (var row in rows) fresh.Add(row.Id);
        if (_ids is not null) told.AddRange(_ids.Without(fresh).Select(Gone));
        else if (_only is not null && !fresh.Contains(_only)) told.Add(Gone(_only));
        foreach (var row in rows)
        {
            if (!Holds(row.Id)) told.Add(new RowChange(row.Id, row, true));
        }
        fresh.Trim();
        _ids = fresh.Count > 1 ? fresh : null;
        _only = fresh.Count == 1 ? rows[0].Id : null;
    }

    private static RowChange Gone(string id) => new(id, null, false);

    private bool Add(string id)
    {
        if (_ids is not null) return _ids.Add(id);
        if (_only == id) return false;
        if (_only is null) _only = id;
        else
        {
            _ids = new IdSet();
            _ids.Add(_only);
            _ids.Add(id);
            _only = null;
        }
        return true;
    }
}
