namespace Sync.Client;

/// <summary>
/// Stored queries that nobody reads are asked for once after each connection and every ten minutes, one at a time, so that what may no longer be read leaves
/// the disk also where nobody looks. Equal ones cost one small message each way.
/// </summary>
internal sealed class StoredChecks : IAsyncDisposable
{
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    private readonly HeartRooms _rooms;
    private readonly DiskReader _disk;
    private readonly ITimer _again;
    private readonly Queue<Query> _due = [];
    private QueryRows? _checked;
    private bool _isConnected;

    public StoredChecks(HeartRooms rooms, DiskReader disk)
    {
        (_rooms, _disk) = (rooms, disk);
        _again = rooms.Time.CreateTimer(_ => Begin(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What is open is current: now is the time for the others.</summary>
    public void Begin()
    {
        lock (_rooms.Gate)
        {
            _isConnected = true;
            _due.Clear();
            foreach (var stored in _rooms.Replica.Stored.All.OrderByDescending(stored => stored.LastUsed)) _due.Enqueue(stored.Query);
        }
        _again.Change(Every, Timeout.InfiniteTimeSpan);
        Continue();
    }

    /// <summary>Something was heard: the query that is being checked may be answered.</summary>
    public void Continue()
    {
        var step = Step.Nothing;
        QueryRows? next;
        lock (_rooms.Gate)
        {
            if (!_isConnected || _checked is { IsClosed: false, IsCheck: true, Subscription.IsSettled: false }) return;
            if (_checked is null && _due.Count == 0) return;
            step = CloseChecked();
            next = OpenNext();
        }
        _rooms.Tell(step);
        if (next is not null) _disk.Start(next);
        _rooms.Wake();
    }

    /// <summary>The connection is gone.</summary>
    public void End()
    {
        Step step;
        lock (_rooms.Gate)
        {
            _isConnected = false;
            _due.Clear();
            step = CloseChecked();
        }
        _again.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _rooms.Tell(step);
    }

    public ValueTask DisposeAsync() => _again.DisposeAsync();

    private Step CloseChecked()
    {
        var rows = _checked;
        _checked = null;
        if (rows is null || rows.IsClosed || !rows.IsCheck) return Step.Nothing;
        _rooms.Plan.Unwatch(rows.Subscription.Id);
        return _rooms.Replica.Close(rows, _rooms.Now);
    }

    private QueryRows? OpenNext()
    {
        while (_due.TryDequeue(out var query))
        {
            if (!_rooms.Replica.Stored.Contains(query)) continue;
            var rows = _rooms.Replica.Open(query, out var isNew);
            if (!isNew) continue;
            (rows.IsCheck, rows.Subscription.IsReading) = (true, true);
            return _checked = rows;
        }
        return null;
    }
}
