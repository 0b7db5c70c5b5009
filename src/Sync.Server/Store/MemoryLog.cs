namespace Sync.Server;

/// <summary>The newest log entries, a bounded number of them.</summary>
internal sealed class MemoryLog(int maxEntries)
{
    private readonly Queue<LogEntry> _entries = new();

    public Revision Head { get; private set; }

    public void Append(LogEntry entry)
    {
        _entries.Enqueue(entry);
        Head = entry.Revision;
        if (_entries.Count > maxEntries) _entries.Dequeue();
    }

    public LogPage Read(Revision after, int maxCount)
    {
        var oldest = _entries.TryPeek(out var first) ? first.Revision : Head.Next;
        var skip = Math.Max(0, after.Value - oldest.Value + 1);
        return new LogPage([.. _entries.Skip((int)Math.Min(skip, int.MaxValue)).Take(maxCount)], Head, IsTrimmed: after.Next < oldest);
    }

    public RecordHistory ReadHistory(RecordKey key, Revision? before, int maxCount)
    {
        var found = _entries.Reverse().Where(entry => (before is null || entry.Revision < before) && entry.Changes.Any(change => change.Key == key)).Take(maxCount + 1).ToList();
        return new RecordHistory(Head, [.. found.Take(maxCount).Select(entry => RecordHistoryEntry.Of(entry, key))], HasMore: found.Count > maxCount);
    }
}
