namespace Sync.Server;

/// <summary>The rows of a query without a limit: only their ids are kept.</summary>
internal sealed class OpenRows : HeldRows
{
    // One row, the commonest case, needs no set.
    private string? _only;
    private HashSet<string>? _ids;

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
        var fresh = rows.Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in Ids().Where(id => !fresh.Contains(id)).ToArray()) Remove(gone, told);
        foreach (var row in rows)
        {
            if (Add(row.Id)) told.Add(new RowChange(row.Id, row, true));
        }
    }

    private bool Add(string id)
    {
        if (_ids is not null) return _ids.Add(id);
        if (_only == id) return false;
        if (_only is null) _only = id;
        else (_ids, _only) = (new HashSet<string>(StringComparer.Ordinal) { _only, id }, null);
        return true;
    }

    private IEnumerable<string> Ids() => _ids ?? (_only is null ? [] : (IEnumerable<string>)[_only]);
}
