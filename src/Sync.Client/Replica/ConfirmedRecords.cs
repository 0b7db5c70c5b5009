namespace Sync.Client;

/// <summary>
/// What the server confirmed, in memory and on disk: the one place where both change. A record leaves the disk when the server takes it back, and only
/// memory when nobody reads it any more.
/// </summary>
internal sealed class ConfirmedRecords(Turn turn, StorageChanges storage)
{
    private readonly List<DiskRead> _reads = [];

    /// <param name="isStored">Whether a stored subscription covers it; what none covers stays in memory.</param>
    public void Take(RecordSlot slot, Record record, bool isStored)
    {
        Note(slot.Key);
        if (Replay.IsSame(slot.Confirmed, record))
        {
            if (isStored && !slot.IsStored) Store(slot);
            return;
        }
        slot.Confirmed = record;
        turn.Foreign(slot);
        turn.Touch(slot, isOutdated: true);
        if (isStored) Store(slot);
        else if (slot.IsStored) Unstore(slot);
    }

    /// <summary>A write of this device is pending on it: after a restart it needs what it builds on, whether or not a stored query covers that.</summary>
    public void KeepFor(PendingTransaction transaction)
    {
        foreach (var part in transaction.Parts)
        {
            if (part.Slot is { Confirmed: not null, IsStored: false }) Store(part.Slot);
        }
    }

    /// <summary>It is no longer ours: out of view, memory and disk.</summary>
    /// <param name="isTakenBack">Whether the server said so; else nothing here needs it any more.</param>
    public void Forget(RecordSlot slot, bool isTakenBack)
    {
        turn.Forgotten(slot.Key, isTakenBack);
        Note(slot.Key);
        Unstore(slot);
        Evict(slot);
    }

    /// <summary>It is not on this device any more, whether or not it is in memory.</summary>
    public void ForgetOnDisk(RecordKey key, bool isTakenBack)
    {
        turn.Forgotten(key, isTakenBack);
        Note(key);
        storage.Put(key, null);
    }

    /// <summary>Nobody reads it: it leaves memory and stays on disk.</summary>
    public void Evict(RecordSlot slot)
    {
        Note(slot.Key);
        if (slot.Confirmed is null) return;
        slot.Confirmed = null;
        slot.IsStored = false;
        turn.Touch(slot, isOutdated: true);
    }

    /// <summary>Begins to read from disk. What changes from here on is newer than what the read will bring.</summary>
    public DiskRead BeginRead()
    {
        var read = new DiskRead();
        _reads.Add(read);
        return read;
    }

    public void EndRead(DiskRead read) => _reads.Remove(read);

    /// <summary>A record that was read from disk. False where something newer is known.</summary>
    public bool TryFill(DiskRead read, RecordSlot slot, Record record)
    {
        if (slot.Confirmed is not null || read.Changed.Contains(slot.Key)) return false;
        slot.Confirmed = record;
        slot.IsStored = true;
        turn.Foreign(slot);
        turn.Touch(slot, isOutdated: true);
        return true;
    }

    /// <summary>Writes it to disk, also where that is thought to have it.</summary>
    public void Store(RecordSlot slot)
    {
        storage.Put(slot.Key, slot.Confirmed);
        slot.IsStored = true;
    }

    /// <summary>It leaves the disk and stays in memory.</summary>
    public void Unstore(RecordSlot slot)
    {
        storage.Put(slot.Key, null);
        slot.IsStored = false;
    }

    private void Note(RecordKey key)
    {
        foreach (var read in _reads) read.Changed.Add(key);
    }
}

/// <summary>A read from disk that is under way, and what has changed since it began.</summary>
internal sealed class DiskRead
{
    public HashSet<RecordKey> Changed { get; } = [];
}
