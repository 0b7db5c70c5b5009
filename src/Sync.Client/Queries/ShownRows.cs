namespace Sync.Client;

/// <summary>
/// The rows that one reader shows, typed. Those that its type can't read or its filter leaves out keep their place in the list, unseen, so that steps
/// over all rows turn into changes over the seen ones.
/// </summary>
internal sealed class ShownRows<T>(TableModel<T> table, Func<T, bool>? filter, ClientLog log) where T : class
{
    private readonly ChunkedList<Entry> _rows = new(static entry => entry.Shown is not null);
    private bool _hasReportedUnreadable;

    public int Count => _rows.CountedCount;

    public IEnumerable<T> Rows => _rows.Where(entry => entry.Shown is not null).Select(entry => entry.Shown!);

    public T[] ToArray()
    {
        var rows = new T[Count];
        var at = 0;
        foreach (var entry in _rows)
        {
            if (entry.Shown is { } shown) rows[at++] = shown;
        }
        return rows;
    }

    /// <summary>Reads the typed value of a row; null where it is not to be seen. Runs the app's code: not under a lock.</summary>
    public T? Read(Row row)
    {
        if (row.Read(table) is not { } typed)
        {
            if (!_hasReportedUnreadable) log.Unreadable(table.Name, typeof(T).Name, row.Id);
            _hasReportedUnreadable = true;
            return null;
        }
        if (filter is null) return typed;
        try
        {
            return filter(typed) ? typed : null;
        }
        catch (Exception fault) // The app's filter may throw anything: a row that it chokes on is not shown, and the others are.
        {
            log.ListenerThrew(fault);
            return null;
        }
    }

    public void Fill(Row row, T? typed) => _rows.Insert(_rows.Count, new Entry(row, typed));

    /// <summary>Applies a step and adds what it changes of the seen rows.</summary>
    /// <param name="typed">What <see cref="Read"/> made of the step's row.</param>
    public void Apply(RowStep step, T? typed, List<RowChange<T>> changes)
    {
        switch (step.Kind)
        {
            case RowStepKind.Added:
                _rows.Insert(step.Index, new Entry(step.Row, typed));
                if (typed is not null) changes.Add(new RowChange<T>.Added(step.Row.Id, SeenBefore(step.Index), typed));
                break;
            case RowStepKind.Removed:
                if (_rows.RemoveAt(step.Index).Shown is { } removed) changes.Add(new RowChange<T>.Removed(step.Row.Id, SeenBefore(step.Index), removed));
                break;
            case RowStepKind.Moved:
                var entry = _rows.RemoveAt(step.Index);
                var from = SeenBefore(step.Index);
                _rows.Insert(step.To, entry);
                var to = SeenBefore(step.To);
                if (entry.Shown is { } moved && from != to) changes.Add(new RowChange<T>.Moved(step.Row.Id, from, to, moved));
                break;
            case RowStepKind.Replaced:
                var before = _rows.Replace(step.Index, new Entry(step.Row, typed)).Shown;
                if (Replacement(step.Row.Id, SeenBefore(step.Index), before, typed) is { } change) changes.Add(change);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step.Kind, "Not a step.");
        }
    }

    /// <summary>Becomes these rows, by as few changes as keep the longest run of rows in place.</summary>
    public void Become(Row[] rows, T?[] typed, List<RowChange<T>> changes)
    {
        var kept = KeptRows.Of([.. _rows.Select(entry => entry.Row.Id)], Array.ConvertAll(rows, row => row.Id));
        for (var index = _rows.Count - 1; index >= 0; index--)
        {
            var row = _rows[index].Row;
            if (!kept.Contains(row.Id)) Apply(RowStep.Removed(index, row), null, changes);
        }
        for (var index = 0; index < rows.Length; index++)
        {
            if (!kept.Contains(rows[index].Id)) Apply(RowStep.Added(index, rows[index]), typed[index], changes);
            else if (!ReferenceEquals(_rows[index].Row, rows[index])) Apply(RowStep.Replaced(index, rows[index]), typed[index], changes);
        }
    }

    /// <summary>Takes all rows out, last first.</summary>
    public void Clear(List<RowChange<T>> changes)
    {
        while (_rows.Count > 0)
        {
            var last = _rows.RemoveAt(_rows.Count - 1);
            if (last.Shown is { } shown) changes.Add(new RowChange<T>.Removed(last.Row.Id, _rows.CountedCount, shown));
        }
    }

    private int SeenBefore(int index) => _rows.CountedCount == _rows.Count ? index : _rows.CountedBefore(index);

    private static RowChange<T>? Replacement(string id, int index, T? before, T? after) => (before, after) switch
    {
        (null, null) => null,
        (null, { } added) => new RowChange<T>.Added(id, index, added),
        ({ } removed, null) => new RowChange<T>.Removed(id, index, removed),
        ({ } old, { } replaced) => new RowChange<T>.Replaced(id, index, replaced, old),
    };

    private readonly record struct Entry(Row Row, T? Shown);
}
