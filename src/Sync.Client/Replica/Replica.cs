using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>
/// The client's heart: confirmed records, the queue, the view that comes of both, and the rows of open queries. Pure: no I/O, no clock, no callbacks.
/// Not safe for several threads; <see cref="ClientHeart"/> holds the lock. Each method that gives a step is one: a reader sees all of it or nothing.
/// </summary>
internal sealed class Replica
{
    private readonly CacheTables _tables;
    private readonly Turn _turn = new();
    private readonly StorageChanges _storage;
    private readonly ConfirmedRecords _confirmed;
    private readonly LooseRecords _loose;
    private readonly OpenQueries _queries = new();
    private readonly CheckpointIntake _intake;
    private readonly UndoRebase _rebase;
    private readonly UndoFollower _follower;
    private readonly UndoRunner _undoing;

    public Replica(SyncModel model, StorageChanges storage, int maxUndoEntries = 100)
    {
        _storage = storage;
        _tables = new CacheTables(model);
        _confirmed = new ConfirmedRecords(_turn, storage);
        Stored = new StoredQueries(storage);
        _loose = new LooseRecords(_confirmed, Stored);
        Queue = new TransactionQueue(_tables, _turn, storage);
        Tray = new Tray(_turn, storage);
        Disk = new DiskFill(_tables, _turn, _confirmed, _loose, Stored);
        Undo = new UndoStacks(storage, _turn, maxUndoEntries);
        _turn.Undo = _follower = new UndoFollower(Undo, _tables);
        _rebase = new UndoRebase(Undo, _tables, Queue, Stored);
        _undoing = new UndoRunner(Undo, _rebase, _follower, _tables, Queue, _turn);
        _intake = new CheckpointIntake(_tables, _turn, _confirmed, _loose, Stored, _queries, Queue, Tray, _rebase, _follower);
    }

    public TransactionQueue Queue { get; }
    public Tray Tray { get; }
    public StoredQueries Stored { get; }
    public DiskFill Disk { get; }
    public UndoStacks Undo { get; }
    public IEnumerable<QueryRows> Queries => _queries.All;

    /// <summary>Whether all that is subscribed to has been answered.</summary>
    public bool IsCaughtUp
    {
        get
        {
            foreach (var rows in _queries.All)
            {
                if (!rows.Subscription.IsSettled && !rows.IsCheck) return false;
            }
            return true;
        }
    }

    public Record? Find(RecordKey key) => _tables.TryGet(key, out var slot) ? slot.Visible : null;

    /// <summary>As a row, so that the typed value is shared with live queries.</summary>
    public Row? FindRow(RecordKey key) => _tables.TryGet(key, out var slot) ? slot.ShowRow() : null;

    /// <summary>As operations find it: a record that was deleted is a tombstone.</summary>
    public Record? FindForWriting(RecordKey key) => _tables.TryGet(key, out var slot) ? slot.View : null;

    public Record? FindConfirmed(RecordKey key) => _tables.ConfirmedOf(key);

    /// <summary>Whether it is here, or was written here: what is on disk need not be looked at.</summary>
    public bool IsInMemory(RecordKey key) => _tables.TryGet(key, out var slot) && slot.Confirmed is not null;

    public IReadOnlyList<PendingTransaction> PendingOf(RecordKey key) =>
        _tables.TryGet(key, out var slot) && slot.HasPending ? [.. slot.Pending!.Select(part => part.Transaction)] : [];

    public List<Record> Select(Query query)
    {
        var found = new List<Record>();
        foreach (var slot in _tables.Table(query.Table).Candidates(query))
        {
            if (slot.Visible is { } record && query.Matches(record)) found.Add(record);
        }
        found.Sort(query.Compare);
        if (query.Limit is { } limit && limit < found.Count) found.RemoveRange(limit, found.Count - limit);
        return found;
    }

    /// <summary>Takes in what a storage held.</summary>
    /// <param name="records">The stored records that the queue touches.</param>
    public Step Load(StoredState state, IReadOnlyList<Record> records, TimeSpan now)
    {
        _storage.IsWriter = state.IsWriter;
        Stored.Load(state);
        Tray.Load(state.Tray);
        Disk.Fill(Disk.Begin(), records, now);
        Queue.Load(state);
        Undo.Load(state.UndoSteps);
        return _turn.Settle();
    }

    /// <summary>Puts a transaction of this device behind all others and into the view.</summary>
    /// <param name="instead">The id of the rejected one that it takes the place of; null for none.</param>
    public Step Write(PendingTransaction transaction, string? instead = null)
    {
        Queue.Add(transaction);
        _confirmed.KeepFor(transaction);
        if (instead is not null) Tray.Remove(instead);
        _follower.Written(transaction);
        return _turn.Settle();
    }

    /// <summary>Takes the topmost entry of a stack back.</summary>
    /// <param name="create">Makes a transaction of operations.</param>
    public Step TakeBack(UndoEntry entry, Func<ImmutableArray<Operation>, Transaction> create, DateTimeOffset now, out UndoWork work)
    {
        work = _undoing.Run(entry, create, now);
        foreach (var transaction in work.Written) _confirmed.KeepFor(transaction);
        return _turn.Settle();
    }

    public Step ClearUndo()
    {
        Undo.Clear();
        return _turn.Settle();
    }

    /// <summary>Records of which undo keeps what others wrote, and that no stored query covers.</summary>
    public IReadOnlyCollection<RecordKey> TakeUncovered() => _rebase.TakeUncovered();

    /// <summary>Whether undo still needs what others wrote of the record.</summary>
    public bool UndoNeeds(RecordKey key) => _rebase.Needs(key);

    /// <summary>Takes a transaction back that could not be saved, so it was never written.</summary>
    public Step Withdraw(PendingTransaction transaction)
    {
        if (Queue.Find(transaction.Transaction.TxId) != transaction) return Step.Nothing;
        Queue.Settle(transaction);
        _undoing.TakeBack(transaction.Transaction.TxId);
        return _turn.Settle();
    }

    public Step Discard(string txId)
    {
        Tray.Remove(txId);
        return _turn.Settle();
    }

    public Step MoveQueueTo(string newClientId)
    {
        Queue.MoveTo(newClientId);
        Undo.SaveAll();
        return _turn.Settle();
    }

    public Step GiveUpQueue(StoredState next, out IReadOnlyList<PendingTransaction> taken)
    {
        _storage.IsWriter = next.IsWriter;
        taken = Queue.GiveUp(next);
        Undo.Load(next.UndoSteps);
        return _turn.Settle();
    }

    public QueryRows Open(Query query, out bool isNew)
    {
        isNew = !_queries.TryGet(query, out var rows);
        if (rows is not null) return rows;
        var table = _tables.Table(query.Table);
        rows = new QueryRows(query, table);
        _queries.Add(rows);
        foreach (var slot in table.Candidates(query)) rows.Reconsider(slot);
        rows.TakeBatch();
        table.Open(rows);
        return rows;
    }

    /// <summary>Forgets a query that nobody reads. What only its subscription held leaves memory and stays on disk.</summary>
    public Step Close(QueryRows rows, TimeSpan now)
    {
        rows.IsClosed = true;
        Stored.Freeze(rows);
        rows.Table.Close(rows);
        _queries.Remove(rows);
        foreach (var slot in rows.Held.ToArray())
        {
            rows.Hold(slot, false);
            if (slot.Holders > 0) continue;
            if (slot.HasPending) _loose.Add(slot, now);
            else if (Stored.Contains(rows.Query) || slot.Confirmed is { } record && Stored.Covers(record)) _confirmed.Evict(slot);
            else _confirmed.Forget(slot, isTakenBack: false);
        }
        return _turn.Settle();
    }

    /// <summary>Gives a query its number in the session, and tells what this device holds of it already.</summary>
    public ResultClaim? Subscribe(QueryRows rows, SubscriptionId id, bool isTrusted)
    {
        _queries.Subscribe(rows, id);
        Record[] held = isTrusted ? [.. rows.Query.FirstOf(rows.Held.Select(slot => slot.Confirmed).OfType<Record>())] : [];
        return rows.Subscription.Claim = held.Length == 0 ? null : new ResultClaim(held);
    }

    /// <summary>The connection has ended: nothing is current any more, and all that was held stays.</summary>
    public Step Disconnect()
    {
        Stored.Freeze();
        _queries.UnsubscribeAll();
        foreach (var rows in _queries.All)
        {
            rows.Subscription.Lose();
            _turn.Concern(rows);
        }
        return _turn.Settle();
    }

    /// <summary>The server will not have the query. What was stored of it goes, unless it was only refused for now.</summary>
    public Step Refuse(SubscriptionId id, ApplyError error)
    {
        if (!_queries.TryGet(id, out var rows)) return Step.Nothing;
        Refuse(rows, error);
        if (error.Code is not (ErrorCodes.TooManySubscriptions or ErrorCodes.Busy)) Drop(rows);
        return _turn.Settle();
    }

    /// <summary>Keeps first rows aside until a checkpoint names their subscription as loaded.</summary>
    public void Stage(ServerMessage.Part part) => _intake.Stage(part);

    public IEnumerable<ClientMessage.Inventory> Answer(ServerMessage.Compare compare) =>
        _queries.TryGet(compare.Sub, out var rows) && rows.Subscription.Claim is { } claim ? [claim.Answer(compare)] : [];

    public bool CanApply(ServerMessage.Checkpoint checkpoint) => _intake.CanApply(checkpoint);

    /// <param name="now">From when on records that no subscription holds are kept for a while.</param>
    /// <param name="date">The same by this device's clock.</param>
    public Step Apply(ServerMessage.Checkpoint checkpoint, TimeSpan now, DateTimeOffset date)
    {
        var receipts = new List<(PendingTransaction, Receipt)>();
        _intake.Apply(checkpoint, now, date, receipts);
        var differing = Differing(checkpoint);
        foreach (var (rows, _) in differing) Repair(rows);
        var step = _turn.Settle();
        step.Receipts.AddRange(receipts);
        foreach (var (transaction, _) in receipts) _undoing.Settled(transaction.Transaction.TxId);
        step.Differing.AddRange(differing);
        return step;
    }

    /// <summary>Forgets records that no subscription holds and that have been kept long enough.</summary>
    /// <param name="until">Those that are loose since then or longer.</param>
    public Step ForgetLoose(TimeSpan until, TimeSpan now)
    {
        _loose.Forget(until, now);
        return _turn.Settle();
    }

    /// <summary>Since when the longest kept of them is loose; null where there is none.</summary>
    public TimeSpan? OldestLoose => _loose.Oldest;

    /// <summary>Forgets all confirmed records in memory. What is subscribed to has to be asked for again.</summary>
    public Step Clear()
    {
        foreach (var rows in _queries.All)
        {
            Release(rows);
            rows.Subscription.Lose();
            rows.Subscription.HasLoaded = false;
            _turn.Concern(rows);
        }
        _queries.UnsubscribeAll();
        _loose.Clear();
        foreach (var stored in Stored.All.ToArray()) Stored.Drop(stored.Query);
        foreach (var slot in _tables.All.SelectMany(table => table.Slots)) _confirmed.Forget(slot, isTakenBack: false);
        return _turn.Settle();
    }

    /// <summary>This client keeps the disk from here on: what it has in memory goes there.</summary>
    public void StoreAll(DateTimeOffset date)
    {
        _storage.IsWriter = true;
        foreach (var rows in _queries.All.Where(rows => rows.Subscription.IsCurrent)) Stored.Follow(rows, date);
        Stored.StoreAll();
        foreach (var slot in _tables.All.SelectMany(table => table.Slots))
        {
            if (slot is { Holders: > 0, Confirmed: not null }) _confirmed.Store(slot);
        }
    }

    private List<(QueryRows, SubscriptionId)> Differing(ServerMessage.Checkpoint checkpoint)
    {
        var differing = new List<(QueryRows, SubscriptionId)>();
        foreach (var delta in checkpoint.Subscriptions)
        {
            if (delta.Digest is not { } theirs || !_queries.TryGet(delta.Sub, out var rows) || !rows.Subscription.IsCurrent) continue;
            if (Digest.Of(rows.Held.Select(slot => slot.Confirmed).OfType<Record>()) != theirs) differing.Add((rows, delta.Sub));
            else rows.Subscription.Repairs = 0;
        }
        return differing;
    }

    // It is asked for again, saying what is held, which repairs it and nothing else. What does not come right so is a bug that must not become a loop.
    private void Repair(QueryRows rows)
    {
        if (++rows.Subscription.Repairs > QuerySubscription.MaxRepairs)
        {
            Refuse(rows, new ApplyError(ErrorCodes.RepairLoop, $"The query's records differed from the server's {rows.Subscription.Repairs} times in a row, so it was given up. Open it anew to try again."));
            return;
        }
        _queries.Unsubscribe(rows);
        Stored.Freeze(rows);
        rows.Subscription.Lose();
        _turn.Concern(rows);
    }

    private void Refuse(QueryRows rows, ApplyError error)
    {
        _queries.Unsubscribe(rows);
        rows.Subscription.Refuse(error);
        _turn.Concern(rows);
    }

    private void Drop(QueryRows rows)
    {
        Stored.Drop(rows.Query);
        rows.Subscription.HasLoaded = false;
        foreach (var slot in Release(rows))
        {
            if (slot.Holders == 0 && slot.Confirmed is { } record && !Stored.Covers(record)) _confirmed.Forget(slot, isTakenBack: false);
        }
    }

    private RecordSlot[] Release(QueryRows rows)
    {
        RecordSlot[] held = [.. rows.Held];
        foreach (var slot in held)
        {
            rows.Hold(slot, false);
            _turn.Regroup(rows, slot);
        }
        return held;
    }
}
