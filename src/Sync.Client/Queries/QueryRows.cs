namespace Sync.Client;

/// <summary>
/// The rows of one query over the view, kept by changes, and shared by all its readers. Once the server has said what belongs to the query, that is
/// what its subscription holds and what this device's own pending writes make match; before, whatever the cache has that matches.
/// With a limit, all of these are kept in order and the first ones are shown.
/// </summary>
internal sealed class QueryRows
{
    private readonly Dictionary<RecordSlot, QueryRow> _members = [];
    private readonly ChunkedList<QueryRow> _sorted = new();
    private readonly List<RowStep> _steps = [];
    private readonly RowOrder _order;
    private readonly Comparison<QueryRow> _compare;
    private readonly int _limit;
    private (Freshness, ApplyError?) _told;

    public QueryRows(Query query, TableCache table)
    {
        (Query, Table) = (query, table);
        _order = new RowOrder(query);
        _compare = _order.Compare;
        _limit = query.Limit ?? int.MaxValue;
    }

    public Query Query { get; }
    public TableCache Table { get; }
    public QuerySubscription Subscription { get; } = new();
    public List<IRowReader> Readers { get; } = [];

    /// <summary>When the last reader left; null while there is one.</summary>
    public TimeSpan? UnreadSince { get; set; }

    /// <summary>Whether it was opened by the client itself, to see whether what is stored of it is still right.</summary>
    public bool IsCheck { get; set; }

    /// <summary>Whether it was forgotten; nobody asks for it any more.</summary>
    public bool IsClosed { get; set; }

    public int Count => Math.Min(_sorted.Count, _limit);
    public IEnumerable<Row> Rows => _sorted.Take(Count).Select(member => member.Row!);
    public IEnumerable<RecordSlot> Members => _members.Keys;
    public IEnumerable<RecordSlot> Held => _members.Values.Where(member => member.IsHeld).Select(member => member.Slot);

    public Freshness Freshness =>
        Subscription.IsCurrent ? Freshness.Current : Subscription.HasLoaded || _sorted.Count > 0 ? Freshness.Stale : Freshness.Unknown;

    public int HeldCount { get; private set; }

    public bool IsHolding(RecordSlot slot) => _members.TryGetValue(slot, out var member) && member.IsHeld;

    /// <summary>Says that the subscription holds the record, or does not. <see cref="Reconsider"/> must follow.</summary>
    public void Hold(RecordSlot slot, bool isHeld)
    {
        if (IsHolding(slot) == isHeld) return;
        GetOrAdd(slot).IsHeld = isHeld;
        slot.Holders += isHeld ? 1 : -1;
        HeldCount += isHeld ? 1 : -1;
    }

    /// <summary>Brings the record's place up to date with its view. Costs a few comparisons; nothing where nothing changed.</summary>
    public void Reconsider(RecordSlot slot)
    {
        _members.TryGetValue(slot, out var member);
        var row = Belongs(slot, member) ? slot.ShowRow() : null;
        if (row is null)
        {
            if (member?.Row is not null) Remove(member);
            if (member is { IsHeld: false }) _members.Remove(slot);
        }
        else if (member?.Row is null)
        {
            Add(member ?? GetOrAdd(slot), row);
        }
        else if (!ReferenceEquals(member.Row, row))
        {
            Change(member, row);
        }
    }

    /// <summary>What has changed since the last call; null where nothing has.</summary>
    public RowBatch? TakeBatch()
    {
        var (freshness, error) = (Freshness, Subscription.Error);
        if (_steps.Count == 0 && (freshness, error) == _told) return null;
        var batch = new RowBatch([.. _steps], freshness, error);
        _steps.Clear();
        _told = (freshness, error);
        return batch;
    }

    private bool Belongs(RecordSlot slot, QueryRow? member)
    {
        if (Subscription.HasLoaded && member is not { IsHeld: true } && !slot.HasPending) return false;
        return slot.Visible is { } visible && Query.Matches(visible);
    }

    private QueryRow GetOrAdd(RecordSlot slot)
    {
        if (!_members.TryGetValue(slot, out var member)) _members.Add(slot, member = new QueryRow(slot));
        return member;
    }

    private void Add(QueryRow member, Row row)
    {
        Show(member, row, _order.KeysOf(row.Record));
        var index = _sorted.LowerBound(member, _compare);
        if (index < _limit)
        {
            if (_sorted.Count >= _limit) _steps.Add(RowStep.Removed(_limit - 1, _sorted[_limit - 1].Row!));
            _steps.Add(RowStep.Added(index, row));
        }
        _sorted.Insert(index, member);
    }

    private void Show(QueryRow member, Row row, CanonicalJson[] keys) => member.Show(row, keys, _order.PrefixOf(row.Record, keys));

    private void Remove(QueryRow member)
    {
        var index = _sorted.LowerBound(member, _compare);
        _sorted.RemoveAt(index);
        if (index < _limit)
        {
            _steps.Add(RowStep.Removed(index, member.Row!));
            if (_sorted.Count >= _limit) _steps.Add(RowStep.Added(_limit - 1, _sorted[_limit - 1].Row!));
        }
        member.Hide();
    }

    private void Change(QueryRow member, Row row)
    {
        var keys = _order.KeysOf(row.Record);
        var from = _sorted.LowerBound(member, _compare);
        if (keys.AsSpan().SequenceEqual(member.SortKeys))
        {
            Show(member, row, keys);
            if (from < _limit) _steps.Add(RowStep.Replaced(from, row));
            return;
        }
        var before = member.Row!;
        _sorted.RemoveAt(from);
        Show(member, row, keys);
        var to = _sorted.LowerBound(member, _compare);
        if (from < _limit && to < _limit)
        {
            if (from != to) _steps.Add(RowStep.Moved(from, to, before));
            _steps.Add(RowStep.Replaced(to, row));
        }
        else if (from < _limit)
        {
            _steps.Add(RowStep.Removed(from, before));
            _steps.Add(RowStep.Added(_limit - 1, _sorted[_limit - 1].Row!));
        }
        else if (to < _limit)
        {
            _steps.Add(RowStep.Removed(_limit - 1, _sorted[_limit - 1].Row!));
            _steps.Add(RowStep.Added(to, row));
        }
        _sorted.Insert(to, member);
    }
}

/// <summary>Somebody who is told a query's changes.</summary>
internal interface IRowReader
{
    /// <summary>Called under the client's lock: keeps the batch and returns.</summary>
    void Take(RowBatch batch);

    /// <summary>Called once the lock is released: tells the app what was taken.</summary>
    void Tell();

    /// <summary>The client has ended, or its user has signed out. Called outside the lock.</summary>
    void End();
}
