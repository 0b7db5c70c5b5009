namespace Sync.Client;

/// <summary>
/// Records of which undo keeps what others wrote, and that nothing else on this device watches, are watched by a query of their own: else nothing would tell
/// that they may no longer be read. A write that takes a record out of every open query leads here.
/// </summary>
internal sealed class UndoWatch(HeartRooms rooms, Func<Query, IRowReader, QueryRows> open, Action<QueryRows, IRowReader> leave) : IRowReader
{
    /// <summary>Most records that are watched so. What is beyond it goes when nothing holds the record any more.</summary>
    private const int MaxWatched = 100;

    private readonly Dictionary<RecordKey, QueryRows> _watched = [];

    /// <summary>Something was heard or undone. Outside the gate; called by one thread at a time.</summary>
    public void Look()
    {
        RecordKey[] added;
        RecordKey[] removed;
        lock (rooms.Gate)
        {
            var uncovered = rooms.Replica.TakeUncovered();
            if (uncovered.Count == 0 && _watched.Count == 0) return;
            removed = [.. _watched.Keys.Where(key => !rooms.Replica.UndoNeeds(key))];
            added = [.. uncovered.Where(key => !_watched.ContainsKey(key)).Take(MaxWatched - _watched.Count + removed.Length)];
        }
        foreach (var key in removed)
        {
            _watched.Remove(key, out var rows);
            leave(rows!, this);
        }
        foreach (var key in added) _watched.Add(key, open(Query.ForRecord(key), this));
    }

    public void Take(RowBatch batch) { }
    public void Tell() { }
    public void End() { }
}
