namespace Sync.Client;

/// <summary>Records in memory that no open subscription holds: what this device has just written or read from disk. They are kept for a while.</summary>
internal sealed class LooseRecords(ConfirmedRecords confirmed, StoredQueries stored)
{
    /// <summary>Most of them.</summary>
    private const int MaxLoose = 1000;

    private readonly Queue<(RecordSlot Slot, TimeSpan Since)> _loose = [];

    /// <summary>Since when the longest kept of them is loose; null where there is none.</summary>
    public TimeSpan? Oldest => _loose.TryPeek(out var oldest) ? oldest.Since : null;

    public void Add(RecordSlot slot, TimeSpan now)
    {
        _loose.Enqueue((slot, now));
        if (_loose.Count > MaxLoose) ForgetOldest(now);
    }

    /// <param name="until">Those that are loose since then or longer go.</param>
    public void Forget(TimeSpan until, TimeSpan now)
    {
        for (var left = _loose.Count; left > 0 && _loose.TryPeek(out var oldest) && oldest.Since <= until; left--) ForgetOldest(now);
    }

    public void Clear() => _loose.Clear();

    // A record that a pending write still touches stays until that is answered.
    private void ForgetOldest(TimeSpan now)
    {
        var (slot, _) = _loose.Dequeue();
        if (slot.Holders > 0) return;
        if (slot.HasPending) _loose.Enqueue((slot, now));
        else if (slot.Confirmed is { } record && stored.Covers(record)) confirmed.Evict(slot);
        else if (slot.Confirmed is not null) confirmed.Forget(slot, isTakenBack: false);
    }
}
