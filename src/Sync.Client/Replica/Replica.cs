using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Sync.Client;

/// <summary>
/// The client's heart: confirmed records, the queue, the view that comes of both, and the rows of open queries. Pure: no I/O, no clock, no callbacks.
/// Not safe for several threads; <see cref="ClientHeart"/> holds the lock. Each method that changes something is one step: a reader sees all of it or nothing.
/// </summary>
internal sealed class Replica(SyncModel model, StorageChanges storage)
{
    /// <summary>Most records kept that no subscription holds: what this device has just written.</summary>
    private const int MaxLoose = 1000;

    private readonly Dictionary<string, TableCache> _tables = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<Query, QueryRows> _queries = [];
    private readonly Dictionary<SubscriptionId, QueryRows> _subscriptions = [];
    private readonly Queue<(RecordSlot Slot, TimeSpan Since)> _loose = [];
    private readonly Replay _replay = new();

    // What the step that runs has touched so far.
    private readonly List<RecordSlot> _touched = [];
    private readonly List<RecordSlot> _outdated = [];
    private readonly List<(QueryRows Rows, RecordSlot Slot)> _regrouped = [];
    private readonly List<(QueryRows Rows, RecordSlot Slot)> _dropped = [];
    private readonly List<QueryRows> _concerned = [];
    private bool _hasQueueChanged;

    public TransactionQueue Queue { get; } = new();
    public IEnumerable<QueryRows> Queries => _queries.Values;

    /// <summary>Whether all that is subscribed to has been answered.</summary>
    public bool IsCaughtUp
    {
        get
        {
            foreach (var rows in _queries.Values)
            {
                if (!rows.Subscription.IsSettled) return false;
            }
            return true;
        }
    }

    public Record? Find(RecordKey key) => TryGet(key, out var slot) ? slot.Visible : null;

    /// <summary>As a row, so that the typed value is shared with live queries.</summary>
    public Row? FindRow(RecordKey key) => TryGet(key, out var slot) ? slot.ShowRow() : null;

    /// <summary>As operations find it: a record that was deleted is a tombstone.</summary>
    public Record? FindForWriting(RecordKey key) => TryGet(key, out var slot) ? slot.View : null;

    public List<Record> Select(Query query)
    {
        var found = new List<Record>();
        foreach (var slot in Table(query.Table).Candidates(query))
        {
            if (slot.Visible is { } record && query.Matches(record)) found.Add(record);
        }
        found.Sort(query.Compare);
        if (query.Limit is { } limit && limit < found.Count) found.RemoveRange(limit, found.Count - limit);
        return found;
    }

    /// <summary>Takes in what a storage held.</summary>
    public Step Load(StoredState state)
    {
        foreach (var stored in state.Queue)
        {
            var transaction = new PendingTransaction(stored.Place, stored.Transaction, stored.Label, new WriteHandle(stored.Transaction.TxId)) { IsSaved = true };
            Append(transaction);
        }
        Queue.LastSeq = Math.Max(Queue.LastSeq, state.LastSeq);
        return Settle();
    }

    /// <summary>Puts a transaction of this device behind all others and into the view.</summary>
    public Step Write(PendingTransaction transaction)
    {
        Append(transaction);
        storage.Queue(new StoredTransaction(transaction.Place, transaction.Transaction, transaction.Label));
        return Settle();
    }

    /// <summary>Takes a transaction back that could not be saved, so it was never written.</summary>
    public Step Withdraw(PendingTransaction transaction)
    {
        if (Queue.Find(transaction.Seq) != transaction) return Step.Nothing;
        Dequeue(transaction);
        storage.Settle(transaction.Place);
        return Settle();
    }

    public QueryRows Open(Query query, out bool isNew)
    {
        isNew = !_queries.TryGetValue(query, out var rows);
        if (rows is not null) return rows;
        var table = Table(query.Table);
        rows = new QueryRows(query, table);
        _queries.Add(query, rows);
        foreach (var slot in table.Candidates(query)) rows.Reconsider(slot);
        rows.TakeBatch();
        table.Open(rows);
        return rows;
    }

    /// <summary>Forgets a query that nobody reads, and what only its subscription held.</summary>
    public Step Close(QueryRows rows, TimeSpan now)
    {
        rows.IsClosed = true;
        rows.Table.Close(rows);
        _queries.Remove(rows.Query);
        _subscriptions.Remove(rows.Subscription.Id);
        foreach (var slot in rows.Held.ToArray())
        {
            rows.Hold(slot, false);
            if (slot.Holders > 0) continue;
            if (slot.HasPending) _loose.Enqueue((slot, now));
            else Confirm(slot, null);
        }
        return Settle();
    }

    public void Subscribe(QueryRows rows, SubscriptionId id)
    {
        rows.Subscription.Id = id;
        _subscriptions.Add(id, rows);
    }

    /// <summary>The connection has ended: nothing is current any more, and all that was held stays.</summary>
    public Step Disconnect()
    {
        _subscriptions.Clear();
        foreach (var rows in _queries.Values)
        {
            rows.Subscription.Lose();
            _concerned.Add(rows);
        }
        return Settle();
    }

    public Step Refuse(SubscriptionId id, ApplyError error)
    {
        if (!_subscriptions.TryGetValue(id, out var rows)) return Step.Nothing;
        rows.Subscription.Refuse(error);
        _concerned.Add(rows);
        return Settle();
    }

    /// <summary>Keeps first rows aside until a checkpoint names their subscription as loaded.</summary>
    public void Stage(ServerMessage.Part part)
    {
        if (!_subscriptions.TryGetValue(part.Sub, out var rows) || rows.Subscription.IsCurrent) return;
        foreach (var record in part.Records) rows.Subscription.Stage(record);
    }

    /// <summary>Whether each id that comes into a subscription has a body, in the checkpoint or here.</summary>
    public bool CanApply(ServerMessage.Checkpoint checkpoint)
    {
        var bodies = new CheckpointBodies(checkpoint.Records);
        foreach (var delta in checkpoint.Subscriptions)
        {
            if (!_subscriptions.TryGetValue(delta.Sub, out var rows)) continue;
            foreach (var id in delta.In)
            {
                var key = new RecordKey(rows.Table.Name, id);
                if (bodies.Find(key) is not null || rows.Subscription.Staged?.ContainsKey(id) == true) continue;
                if (!TryGet(key, out var slot) || slot.Confirmed is null) return false;
            }
        }
        return true;
    }

    /// <summary>
    /// Applies a whole checkpoint: bodies and memberships first, then the receipts, whose transactions leave the queue in the same step.
    /// So a pending change turns into the confirmed one without a moment between.
    /// </summary>
    /// <param name="now">From when on records that no subscription holds are kept for a while.</param>
    public Step Apply(ServerMessage.Checkpoint checkpoint, TimeSpan now)
    {
        var bodies = new CheckpointBodies(checkpoint.Records);
        Restage(checkpoint);

        // What comes in first: a record that leaves one subscription and enters another is held all along.
        foreach (var delta in checkpoint.Subscriptions)
        {
            if (!_subscriptions.TryGetValue(delta.Sub, out var rows)) continue;
            if (rows.Subscription.IsCurrent) TakeIn(rows, delta, bodies);
            else Load(rows, delta, bodies);
        }
        foreach (var delta in checkpoint.Subscriptions)
        {
            if (!_subscriptions.TryGetValue(delta.Sub, out var rows) || !rows.Subscription.IsCurrent) continue;
            foreach (var id in delta.Out)
            {
                if (rows.Table.TryGet(id, out var slot)) Retract(rows, slot);
            }
        }
        foreach (var (rows, slot) in _dropped) Retract(rows, slot);
        _dropped.Clear();

        var receipts = new List<(PendingTransaction, Receipt)>();
        foreach (var delivery in checkpoint.Receipts)
        {
            if (Queue.Find(delivery.Seq) is not { } transaction || transaction.Transaction.TxId != delivery.Receipt.TxId) continue;
            foreach (var key in delivery.Held)
            {
                if (bodies.Find(key) is { } body) ConfirmLoosely(body, now);
            }
            foreach (var key in delivery.Gone)
            {
                if (TryGet(key, out var slot)) Confirm(slot, null);
            }
            Dequeue(transaction);
            storage.Settle(transaction.Place);
            receipts.Add((transaction, delivery.Receipt));
        }

        var step = Settle();
        step.Receipts.AddRange(receipts);
        return step;
    }

    /// <summary>Forgets records that no subscription holds and that have been kept long enough.</summary>
    /// <param name="until">Those that are loose since then or longer.</param>
    public Step ForgetLoose(TimeSpan until, TimeSpan now)
    {
        for (var left = _loose.Count; left > 0 && _loose.TryPeek(out var oldest) && oldest.Since <= until; left--) ForgetOldestLoose(now);
        return Settle();
    }

    /// <summary>Since when the longest kept of them is loose; null where there is none.</summary>
    public TimeSpan? OldestLoose => _loose.TryPeek(out var oldest) ? oldest.Since : null;

    /// <summary>Forgets all confirmed records. What is subscribed to has to be asked for again.</summary>
    public Step Clear()
    {
        foreach (var rows in _queries.Values)
        {
            foreach (var slot in rows.Held.ToArray())
            {
                rows.Hold(slot, false);
                _regrouped.Add((rows, slot));
            }
            rows.Subscription.Lose();
            rows.Subscription.HasLoaded = false;
            _concerned.Add(rows);
        }
        _subscriptions.Clear();
        _loose.Clear();
        foreach (var table in _tables.Values)
        {
            foreach (var slot in table.Slots) Confirm(slot, null);
        }
        return Settle();
    }

    private void Append(PendingTransaction transaction)
    {
        transaction.Parts = PartsOf(transaction);
        Replay.Append(transaction);
        Queue.Add(transaction);
        _hasQueueChanged = true;
        foreach (var part in transaction.Parts) Touch(part.Slot, isOutdated: false);
    }

    private ImmutableArray<PendingPart> PartsOf(PendingTransaction transaction)
    {
        var operations = transaction.Transaction.Operations;
        if (operations is [var only]) return [new PendingPart(transaction, SlotOf(only.Key), operations)];
        return [.. operations.GroupBy(operation => operation.Key).Select(group => new PendingPart(transaction, SlotOf(group.Key), [.. group]))];
    }

    private void Dequeue(PendingTransaction transaction)
    {
        Queue.Remove(transaction);
        _hasQueueChanged = true;
        foreach (var part in transaction.Parts)
        {
            part.Slot.Pending!.Remove(part);
            Touch(part.Slot, isOutdated: true);
        }
    }

    private void TakeIn(QueryRows rows, SubscriptionDelta delta, CheckpointBodies bodies)
    {
        foreach (var id in delta.In)
        {
            var slot = rows.Table.GetOrAdd(id);
            if (bodies.Find(slot.Key) is { } body) Confirm(slot, body);
            Keep(rows, slot);
        }
    }

    private void Load(QueryRows rows, SubscriptionDelta delta, CheckpointBodies bodies)
    {
        var subscription = rows.Subscription;
        foreach (var id in delta.Out) subscription.Unstage(id);
        foreach (var id in delta.In)
        {
            var key = new RecordKey(rows.Table.Name, id);
            if ((bodies.Find(key) ?? ConfirmedOf(key)) is { } body) subscription.Stage(body);
        }
        if (!delta.IsLoaded) return;

        var loaded = subscription.Finish();
        _concerned.Add(rows);
        foreach (var slot in rows.Members)
        {
            if (!loaded.ContainsKey(slot.Id)) _dropped.Add((rows, slot));
        }
        foreach (var record in loaded.Values)
        {
            var slot = rows.Table.GetOrAdd(record.Id);
            Confirm(slot, record);
            Keep(rows, slot);
        }
    }

    // Parts come beside the stream: a body that the stream brings meanwhile is newer than the one kept aside.
    private void Restage(ServerMessage.Checkpoint checkpoint)
    {
        foreach (var rows in _subscriptions.Values)
        {
            if (rows.Subscription.Staged is not { } staged) continue;
            foreach (var record in checkpoint.Records)
            {
                if (record.Table == rows.Table.Name && staged.ContainsKey(record.Id)) staged[record.Id] = record;
            }
        }
    }

    private void Keep(QueryRows rows, RecordSlot slot)
    {
        rows.Hold(slot, true);
        _regrouped.Add((rows, slot));
    }

    private void Retract(QueryRows rows, RecordSlot slot)
    {
        var wasHeld = rows.IsHolding(slot);
        rows.Hold(slot, false);
        _regrouped.Add((rows, slot));
        if (wasHeld && slot.Holders == 0) Confirm(slot, null);
    }

    private void ConfirmLoosely(Record body, TimeSpan now)
    {
        var slot = Table(body.Table).GetOrAdd(body.Id);
        Confirm(slot, body);
        if (slot.Holders > 0) return;
        _loose.Enqueue((slot, now));
        if (_loose.Count > MaxLoose) ForgetOldestLoose(now);
    }

    // A record that a pending write still touches stays until that is answered.
    private void ForgetOldestLoose(TimeSpan now)
    {
        var (slot, _) = _loose.Dequeue();
        if (slot.Holders > 0) return;
        if (slot.HasPending) _loose.Enqueue((slot, now));
        else Confirm(slot, null);
    }

    private void Confirm(RecordSlot slot, Record? record)
    {
        if (Replay.IsSame(slot.Confirmed, record)) return;
        slot.Confirmed = record;
        storage.Put(slot.Key, record);
        Touch(slot, isOutdated: true);
    }

    private void Touch(RecordSlot slot, bool isOutdated)
    {
        if (isOutdated) _outdated.Add(slot);
        if (slot.IsTouched) return;
        slot.IsTouched = true;
        _touched.Add(slot);
    }

    /// <summary>Ends the step: replays what is outdated, then brings the rows of the queries concerned up to date, each record once.</summary>
    private Step Settle()
    {
        var step = new Step { HasQueueChanged = _hasQueueChanged };
        _hasQueueChanged = false;
        _replay.Run(_outdated, _touched);
        foreach (var slot in _touched)
        {
            var (before, wasVisible) = (slot.View, slot.Visible);
            var after = Replay.Last(slot);
            slot.IsTouched = false;
            if (!Replay.IsSame(before, after))
            {
                slot.View = after;
                step.Changed.Add(slot.Key);
            }
            var first = _concerned.Count;
            slot.Table.Changed(slot, wasVisible, slot.Visible, _concerned);
            for (var i = first; i < _concerned.Count; i++) _concerned[i].Reconsider(slot);
        }
        foreach (var (rows, slot) in _regrouped)
        {
            rows.Reconsider(slot);
            _concerned.Add(rows);
        }
        foreach (var slot in _touched) RemoveIfEmpty(slot);
        foreach (var (_, slot) in _regrouped) RemoveIfEmpty(slot);
        foreach (var rows in _concerned)
        {
            if (rows.TakeBatch() is not { } batch) continue;
            foreach (var reader in rows.Readers)
            {
                reader.Take(batch);
                step.Readers.Add(reader);
            }
        }
        _touched.Clear();
        _outdated.Clear();
        _regrouped.Clear();
        _concerned.Clear();
        return step;
    }

    private static void RemoveIfEmpty(RecordSlot slot)
    {
        if (slot.IsEmpty) slot.Table.Remove(slot);
    }

    private RecordSlot SlotOf(RecordKey key) => Table(key.Table).GetOrAdd(key.Id);

    private Record? ConfirmedOf(RecordKey key) => TryGet(key, out var slot) ? slot.Confirmed : null;

    private bool TryGet(RecordKey key, [NotNullWhen(true)] out RecordSlot? slot)
    {
        slot = null;
        return _tables.TryGetValue(key.Table, out var table) && table.TryGet(key.Id, out slot);
    }

    private TableCache Table(string name)
    {
        if (!_tables.TryGetValue(name, out var table)) _tables.Add(name, table = new TableCache(name, model.Find(name)));
        return table;
    }
}
