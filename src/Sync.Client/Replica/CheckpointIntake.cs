using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>
/// Applies whole checkpoints: bodies and memberships first, then the receipts, whose transactions leave the queue in the same step. So a pending change
/// turns into the confirmed one without a moment between.
/// </summary>
internal sealed class CheckpointIntake(CacheTables tables, Turn turn, ConfirmedRecords confirmed, LooseRecords loose, StoredQueries stored, OpenQueries queries, TransactionQueue queue, Tray tray, UndoRebase undo, UndoFollower follower)
{
    private readonly List<(QueryRows Rows, RecordSlot Slot)> _dropped = [];
    private readonly Dictionary<string, PendingTransaction> _rejected = new(StringComparer.Ordinal);
    private bool _mayHaveStaged;

    /// <summary>Keeps rows aside until a checkpoint names their subscription as loaded.</summary>
    public void Stage(ServerMessage.Part part)
    {
        if (!queries.TryGet(part.Sub, out var rows)) return;
        foreach (var record in part.Records) Stage(rows, record);
    }

    /// <summary>Whether each id that comes into a subscription has a body, in the checkpoint or here.</summary>
    public bool CanApply(ServerMessage.Checkpoint checkpoint)
    {
        var bodies = new CheckpointBodies(checkpoint.Records);
        foreach (var delta in checkpoint.Subscriptions)
        {
            if (!queries.TryGet(delta.Sub, out var rows)) continue;
            foreach (var id in delta.In)
            {
                var key = new RecordKey(rows.Table.Name, id);
                if (bodies.Find(key) is null && rows.Subscription.Staged(id) is null && tables.ConfirmedOf(key) is null) return false;
            }
        }
        return true;
    }

    /// <param name="now">From when on records that no subscription holds are kept for a while.</param>
    /// <param name="date">The same by this device's clock.</param>
    public void Apply(ServerMessage.Checkpoint checkpoint, TimeSpan now, DateTimeOffset date, List<(PendingTransaction, Receipt)> receipts)
    {
        var bodies = new CheckpointBodies(checkpoint.Records);
        TakeOut(checkpoint.Receipts);
        undo.Foresee(checkpoint.Receipts);
        Restage(checkpoint);

        // What comes in first: a record that leaves one subscription and enters another is held all along.
        foreach (var delta in checkpoint.Subscriptions)
        {
            if (!queries.TryGet(delta.Sub, out var rows)) continue;
            if (rows.Subscription.IsCurrent) TakeIn(rows, delta, bodies);
            else Load(rows, delta, bodies, date);
        }
        foreach (var delta in checkpoint.Subscriptions)
        {
            if (!queries.TryGet(delta.Sub, out var rows) || !rows.Subscription.IsCurrent) continue;
            foreach (var id in delta.Out)
            {
                if (rows.Table.TryGet(id, out var slot)) Retract(rows, slot);
            }
        }
        foreach (var (rows, slot) in _dropped) Retract(rows, slot);
        _dropped.Clear();
        foreach (var delivery in checkpoint.Receipts) Take(delivery, bodies, now, date, receipts);
        stored.Reach(checkpoint.Token);
    }

    // What was rejected leaves the queue first: what others of this checkpoint did is looked at without it.
    private void TakeOut(ImmutableArray<ReceiptDelivery> receipts)
    {
        _rejected.Clear();
        foreach (var delivery in receipts)
        {
            if (delivery.Receipt.IsAccepted || queue.Find(delivery.Receipt.TxId) is not { } transaction) continue;
            queue.Settle(transaction);
            _rejected.Add(delivery.Receipt.TxId, transaction);
        }
        if (_rejected.Count == 0) return;
        turn.ReplayNow();
        foreach (var transaction in _rejected.Values) follower.Rejected(transaction);
    }

    private void TakeIn(QueryRows rows, SubscriptionDelta delta, CheckpointBodies bodies)
    {
        foreach (var id in delta.In)
        {
            var slot = rows.Table.GetOrAdd(id);
            if (bodies.Find(slot.Key) is { } body) confirmed.Take(slot, body, isStored: true);
            Keep(rows, slot);
        }
        foreach (var id in delta.Out) rows.Subscription.Unstage(id);

        // A refresh that was better sent in parts: they join what is held.
        if (!delta.IsLoaded) return;
        foreach (var record in rows.Subscription.TakeStaged()) Keep(rows, record);
    }

    private void Load(QueryRows rows, SubscriptionDelta delta, CheckpointBodies bodies, DateTimeOffset date)
    {
        var subscription = rows.Subscription;
        foreach (var id in delta.Out) subscription.Unstage(id);
        foreach (var id in delta.In)
        {
            var key = new RecordKey(rows.Table.Name, id);
            if ((bodies.Find(key) ?? tables.ConfirmedOf(key)) is { } body) Stage(rows, body);
        }
        if (!delta.IsLoaded) return;

        var loaded = subscription.Finish(delta.IsKept);
        turn.Concern(rows);
        foreach (var slot in rows.Members)
        {
            if (!loaded.ContainsKey(slot.Id)) _dropped.Add((rows, slot));
        }
        foreach (var record in loaded.Values) Keep(rows, record);
        stored.Follow(rows, date);
    }

    // Parts come beside the stream: a body that the stream brings meanwhile is newer than the one kept aside.
    private void Restage(ServerMessage.Checkpoint checkpoint)
    {
        if (!_mayHaveStaged) return;
        _mayHaveStaged = false;
        foreach (var rows in queries.Subscribed)
        {
            if (!rows.Subscription.HasStaged) continue;
            _mayHaveStaged = true;
            foreach (var record in checkpoint.Records)
            {
                if (record.Table == rows.Table.Name && rows.Subscription.Staged(record.Id) is not null) rows.Subscription.Stage(record);
            }
        }
    }

    private void Stage(QueryRows rows, Record record)
    {
        rows.Subscription.Stage(record);
        _mayHaveStaged = true;
    }

    private void Take(ReceiptDelivery delivery, CheckpointBodies bodies, TimeSpan now, DateTimeOffset date, List<(PendingTransaction, Receipt)> receipts)
    {
        var receipt = delivery.Receipt;
        if ((queue.Find(receipt.TxId) ?? _rejected.GetValueOrDefault(receipt.TxId)) is not { } transaction) return;
        foreach (var key in delivery.Held)
        {
            if (bodies.Find(key) is { } body) TakeLoosely(body, now);
        }
        foreach (var key in delivery.Gone)
        {
            if (tables.TryGet(key, out var slot)) confirmed.Forget(slot, isTakenBack: true);
            else confirmed.ForgetOnDisk(key, isTakenBack: true);
        }
        undo.Settle(transaction, receipt);
        if (receipt.IsAccepted) queue.Settle(transaction, receipt);
        foreach (var part in transaction.Parts)
        {
            Unstore(part.Slot);
            if (part.Slot.Confirmed is { } body && undo.IsOwn(body)) turn.Own(part.Slot);
        }
        if (!receipt.IsAccepted)
            tray.Add(new StoredRejection(transaction.Transaction, transaction.Label, receipt.Code ?? ErrorCodes.Internal, receipt.Message ?? "", receipt.Status, date));
        receipts.Add((transaction, receipt));
    }

    private void TakeLoosely(Record body, TimeSpan now)
    {
        var slot = tables.SlotOf(body.Key);
        confirmed.Take(slot, body, isStored: slot.HasPending || slot.Holders > 0 || stored.Covers(body));
        if (slot.Holders == 0) loose.Add(slot, now);
    }

    // It was on disk for the sake of what was pending.
    private void Unstore(RecordSlot slot)
    {
        if (slot is { IsStored: true, Holders: 0, HasPending: false, Confirmed: { } record } && !stored.Covers(record)) confirmed.Unstore(slot);
    }

    private void Keep(QueryRows rows, Record record)
    {
        var slot = rows.Table.GetOrAdd(record.Id);
        confirmed.Take(slot, record, isStored: true);
        Keep(rows, slot);
    }

    private void Keep(QueryRows rows, RecordSlot slot)
    {
        rows.Hold(slot, true);
        turn.Regroup(rows, slot);
    }

    // What the server takes back is out of date or may not be read: no copy of it stays, whatever stored query might seem to cover it.
    private void Retract(QueryRows rows, RecordSlot slot)
    {
        var wasHeld = rows.IsHolding(slot);
        rows.Hold(slot, false);
        turn.Regroup(rows, slot);
        if (wasHeld && slot.Holders == 0) confirmed.Forget(slot, isTakenBack: true);
    }
}
