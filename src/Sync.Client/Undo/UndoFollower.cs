namespace Sync.Client;

/// <summary>Keeps what can be undone true to what this device writes besides, and to what it may hold no longer.</summary>
internal sealed class UndoFollower(UndoStacks stacks, CacheTables tables)
{
    // What this device would have seen, had the rejected transactions of a checkpoint come alone.
    private readonly Dictionary<RecordKey, Record> _midway = [];

    /// <summary>A write of this device is in the view. One that is not to be undone still counts as this device's, where it writes on what one before it wrote.</summary>
    public void Written(PendingTransaction transaction)
    {
        if (transaction.IsUndoable)
        {
            if (Inversion.Of(transaction) is { IsEmpty: false } parts) stacks.Add(transaction, parts);
            return;
        }
        if (stacks.IsEmpty) return;
        foreach (var change in Inversion.Of(transaction).OfType<UndoPart.Field>())
            stacks.Revise(change.Key, part => part is UndoPart.Field field && field.Path == change.Path && field.Mine == change.Before ? field with { Mine = change.Mine } : part);
    }

    /// <summary>A rejected transaction has left the queue, and the rest is replayed without it.</summary>
    public void Rejected(PendingTransaction transaction)
    {
        if (stacks.IsEmpty) return;
        foreach (var slot in transaction.Parts.Select(part => part.Slot))
        {
            if ((_midway.GetValueOrDefault(slot.Key) ?? slot.View) is not { } before || Replay.Last(slot) is not { } after) continue;
            Follow(before, after);
            _midway[slot.Key] = after;
        }
    }

    /// <summary>The step has ended.</summary>
    public void EndTurn() => _midway.Clear();

    /// <summary>This device sees the record in another way. As long as that is by its own doing, a record that it made is as it made it.</summary>
    public void Seen(RecordSlot slot, Record? before, bool isOwn)
    {
        if (_midway.Remove(slot.Key, out var midway)) before = midway;
        if (stacks.IsEmpty) return;
        if (slot.Confirmed is not null && slot.Visible is not null) stacks.NoteBack(slot.Key);
        if (isOwn && before is not null && slot.View is { } after) Follow(before, after);
    }

    /// <summary>This device has changed a record that was as it had left it, and so it is again.</summary>
    public void Follow(Record before, Record after) =>
        stacks.Revise(after.Key, part => part is UndoPart.Appeared appeared && appeared.Mine == before.Fields ? appeared with { Mine = after.Fields } : part);

    /// <summary>The record has left this device.</summary>
    /// <param name="isTakenBack">Whether the server took it; else only what others wrote of it has to go, since nothing would tell of a loss of access any more.</param>
    public void Lose(RecordKey key, bool isTakenBack)
    {
        if (stacks.IsEmpty || stacks.IsDeletedHere(key) || tables.ConfirmedOf(key) is not null) return;
        stacks.Revise(key, part => isTakenBack || part.HoldsOthersContent ? new UndoPart.Lost(part.Key, part.Index, part.Path) : part);
    }
}
