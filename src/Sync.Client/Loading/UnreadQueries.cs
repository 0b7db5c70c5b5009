namespace Sync.Client;

/// <summary>Queries that nobody reads any more are kept current for a while, since readers often come back; so are records that no query holds.</summary>
internal sealed class UnreadQueries : IAsyncDisposable
{
    /// <summary>Most queries kept current that nobody reads.</summary>
    private const int MaxUnread = 100;

    private readonly HeartRooms _rooms;
    private readonly DiskReader _disk;
    private readonly ITimer _sweep;
    private bool _isScheduled;
    private bool _isEnded;

    public UnreadQueries(HeartRooms rooms, DiskReader disk)
    {
        (_rooms, _disk) = (rooms, disk);
        _sweep = rooms.Time.CreateTimer(_ => Sweep(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan KeepUnread => _rooms.Options.KeepUnread;

    /// <summary>A reader has left. Under the gate.</summary>
    public void Left(QueryRows rows)
    {
        rows.UnreadSince = _rooms.Now;
        Schedule();
    }

    /// <summary>There may be loose records. Under the gate.</summary>
    public void Look()
    {
        if (!_isScheduled && _rooms.Replica.OldestLoose is not null) Schedule();
    }

    public ValueTask DisposeAsync()
    {
        lock (_rooms.Gate) _isEnded = true;
        return _sweep.DisposeAsync();
    }

    private void Sweep()
    {
        var steps = new List<Step>();
        Query? dropped;
        lock (_rooms.Gate)
        {
            if (_isEnded) return;
            _isScheduled = false;
            var now = _rooms.Now;
            var until = now - KeepUnread;
            var unread = _rooms.Replica.Queries.Where(rows => rows.UnreadSince is not null).OrderBy(rows => rows.UnreadSince).ToArray();
            for (var i = 0; i < unread.Length; i++)
            {
                var rows = unread[i];
                if (rows.UnreadSince > until && unread.Length - i <= MaxUnread) break;
                _rooms.Plan.Unwatch(rows.Subscription.Id);
                steps.Add(_rooms.Replica.Close(rows, now));
            }
            steps.Add(_rooms.Replica.ForgetLoose(until, now));
            dropped = FirstToDrop();
            Schedule();
        }
        foreach (var step in steps) _rooms.Tell(step);
        if (dropped is not null) _disk.StartDropping(dropped);
        _disk.StartSaving();
        _rooms.Wake();
    }

    // One a sweep: the disk's bound is no emergency.
    private Query? FirstToDrop()
    {
        var stored = _rooms.Replica.Stored;
        if (stored.Count <= _rooms.Options.MaxStoredQueries && stored.Records <= _rooms.Options.MaxStoredRecords) return null;
        var open = _rooms.Replica.Queries.Select(rows => rows.Query).ToHashSet();
        return stored.All.Where(known => !open.Contains(known.Query)).MinBy(known => known.LastUsed)?.Query;
    }

    private void Schedule()
    {
        TimeSpan? oldest = _rooms.Replica.OldestLoose;
        var unread = 0;
        foreach (var rows in _rooms.Replica.Queries)
        {
            if (rows.UnreadSince is not { } since) continue;
            unread++;
            if (oldest is null || since < oldest) oldest = since;
        }
        if (oldest is not { } first) return;
        _isScheduled = true;
        var due = first + KeepUnread - _rooms.Now;
        _sweep.Change(due < TimeSpan.Zero || unread > MaxUnread ? TimeSpan.Zero : due, Timeout.InfiniteTimeSpan);
    }
}
