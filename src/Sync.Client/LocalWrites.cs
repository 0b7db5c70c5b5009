namespace Sync.Client;

/// <summary>The transactions of this device on their way into view and storage, and the partition of the queue that they are kept in.</summary>
internal sealed class LocalWrites(HeartRooms rooms, Func<string> newClientId, Action seatMayHaveChanged)
{
    /// <summary>Under the gate.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Takes a partition of the storage and all that is stored but the records of queries, which come when somebody asks.</summary>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        var (state, records) = await TakePartitionAsync(cancellationToken).ConfigureAwait(false);
        lock (rooms.Gate) rooms.Replica.Load(state, records, rooms.Now);
        await rooms.Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DiscardAsync(string txId)
    {
        Step step;
        lock (rooms.Gate) step = rooms.Replica.Discard(txId);
        rooms.Tell(step);
        await rooms.Writer.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Puts a transaction into the queue and the view at once, and returns when it is saved.</summary>
    /// <param name="instead">The id of the rejected one that it takes the place of, in the same batch; null for none.</param>
    public async ValueTask<WriteHandle> WriteAsync(WriteOptions options, Transaction transaction, string? instead, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pending = new PendingTransaction(transaction, options.Label) { IsUndoable = options.IsUndoable };
        Step step;
        lock (rooms.Gate)
        {
            CheckRoom();
            step = rooms.Replica.Write(pending, instead);
        }
        rooms.Tell(step);
        await SaveAsync([pending], cancellationToken).ConfigureAwait(false);
        return pending.Handle;
    }

    /// <summary>Whether another transaction may be written now. Under the gate.</summary>
    public void CheckRoom()
    {
        ObjectDisposedException.ThrowIf(HasEnded, typeof(SyncClient));
        if (rooms.Replica.Queue.Count >= rooms.Options.MaxPendingWrites)
            throw new InvalidOperationException($"{rooms.Options.MaxPendingWrites} writes wait for the server already. Wait until some are sent, or raise {nameof(SyncClientOptions.MaxPendingWrites)}.");
    }

    /// <summary>Returns when all that has changed is saved, these transactions included.</summary>
    /// <exception cref="StorageException">One could not be saved; it has been taken back.</exception>
    public async ValueTask SaveAsync(IReadOnlyList<PendingTransaction> written, CancellationToken cancellationToken)
    {
        SyncDiagnostics.Writes.Add(written.Count);
        do
        {
            await rooms.Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (written.Select(pending => pending.StorageFault).FirstOrDefault(fault => fault is not null) is { } fault) throw new StorageException(fault);
        }
        while (!written.All(pending => pending.IsSaved));
    }

    /// <summary>A batch is durable.</summary>
    public void Saved(StorageBatch batch)
    {
        lock (rooms.Gate)
        {
            foreach (var queued in batch.Queued)
            {
                if (rooms.Replica.Queue.Find(queued.Transaction.TxId) is { } pending) pending.NoteSaved(queued.Place);
            }
        }
        if (!batch.Queued.IsEmpty) rooms.Wake();
    }

    /// <summary>A batch is not durable: what was new in it is taken back, unless it can go elsewhere.</summary>
    public async ValueTask NotSavedAsync(StorageBatch batch, Exception fault)
    {
        rooms.Log.StorageFailed(fault);
        if (fault is StorageTakenOverException && await TryGoOnElsewhereAsync().ConfigureAwait(false)) return;
        foreach (var queued in batch.Queued)
        {
            Step step;
            lock (rooms.Gate)
            {
                if (rooms.Replica.Queue.Find(queued.Transaction.TxId) is not { } pending) continue;
                if (pending.IsSaved)
                {
                    rooms.Replica.Queue.SaveAgain(pending);
                    continue;
                }
                pending.StorageFault = fault;
                step = rooms.Replica.Withdraw(pending);
            }
            rooms.Tell(step);
        }
    }

    private async ValueTask<bool> TryGoOnElsewhereAsync()
    {
        rooms.Log.TakenOver();
        IReadOnlyList<PendingTransaction> taken;
        Step step;
        try
        {
            var (state, _) = await TakePartitionAsync(CancellationToken.None).ConfigureAwait(false);
            lock (rooms.Gate)
            {
                step = rooms.Replica.GiveUpQueue(state, out taken);
                rooms.Plan.PushAgain();
            }
        }
        catch (Exception fault) // A storage is an adapter's: it may throw anything. Then what could not be saved is taken back.
        {
            rooms.Log.StorageFailed(fault);
            return false;
        }
        rooms.Tell(step);
        foreach (var transaction in taken) transaction.Handle.Abandon();
        seatMayHaveChanged();
        return true;
    }

    private async ValueTask<(StoredState State, IReadOnlyList<Record> Touched)> TakePartitionAsync(CancellationToken cancellationToken)
    {
        var state = await rooms.Storage.LoadAsync(newClientId(), cancellationToken).ConfigureAwait(false);
        RecordKey[] keys = [.. state.Queue.SelectMany(stored => stored.Transaction.Operations).Select(operation => operation.Key).Distinct()];
        return (state, keys.Length == 0 ? [] : await rooms.Storage.FindAsync(keys, cancellationToken).ConfigureAwait(false));
    }
}
