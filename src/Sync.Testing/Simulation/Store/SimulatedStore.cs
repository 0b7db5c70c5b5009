using Sync.Server;

namespace Sync.Testing;

/// <summary>
/// The store as one server process sees it: every call takes its time, may fail as armed, and may be the last that the process makes. What a dead process
/// waits for never comes.
/// </summary>
internal sealed class SimulatedStore(SimulatedDatabase database, StoreFaults faults, IStoreWatcher watcher, SimulatedClock clock, Random random, int maxDelayMs, bool isShared) : ITransactionStore
{
    private Action _mayHaveGrown = () => { };
    private bool _isDead;

    public long? LastTrouble { get; private set; }

    public void Die()
    {
        _isDead = true;
        database.Turns.EndOnceNoticed(this);
    }

    /// <summary>The database says that somebody may have committed.</summary>
    public void Hint()
    {
        if (!_isDead) _mayHaveGrown();
    }

    public ValueTask<StoreInfo> OpenAsync(SyncModel model, CancellationToken cancellationToken) =>
        CallAsync("open", async () => await database.Store.OpenAsync(model, CancellationToken.None).ConfigureAwait(false) with { IsShared = isShared });

    public void Watch(Action mayHaveGrown) => _mayHaveGrown = mayHaveGrown;

    public ValueTask<StoreSnapshot> LoadAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken) =>
        CallAsync("load", () => database.Store.LoadAsync(keys, CancellationToken.None));

    public ValueTask<StoreQueryResult> QueryAsync(StoreQuery query, CancellationToken cancellationToken) =>
        CallAsync("query", () => database.Store.QueryAsync(query, CancellationToken.None));

    public ValueTask<IReadOnlyList<StoredReceipt>> FindReceiptsAsync(IReadOnlyCollection<TransactionId> ids, CancellationToken cancellationToken) =>
        CallAsync("receipts", () => database.Store.FindReceiptsAsync(ids, CancellationToken.None));

    public ValueTask<ClientPosition?> FindClientAsync(string clientId, CancellationToken cancellationToken) =>
        CallAsync("client", () => database.Store.FindClientAsync(clientId, CancellationToken.None));

    public ValueTask<LogPage> ReadLogAsync(Revision after, int maxEntries, CancellationToken cancellationToken) =>
        CallAsync("log", () => database.Store.ReadLogAsync(after, maxEntries, CancellationToken.None));

    public ValueTask<RecordHistory> ReadHistoryAsync(RecordKey key, Revision? before, int maxEntries, CancellationToken cancellationToken) =>
        CallAsync("history", () => database.Store.ReadHistoryAsync(key, before, maxEntries, CancellationToken.None));

    public ValueTask<CommitAnswer> CommitAsync(CommitBatch batch, CancellationToken cancellationToken) => CallAsync("commit", () => CommitAsync(batch), isCommit: true);

    public async ValueTask<ICommitTurn?> TakeTurnAsync(CancellationToken cancellationToken) => isShared ? await CallAsync("turn", TakeTurnAsync).ConfigureAwait(false) : null;

    public ValueTask<CommitAnswer> CommitInTurnAsync(CommitBatch batch) => CallAsync("commit in turn", () => CommitAndEndAsync(batch), isCommit: true);

    public async ValueTask GiveBackAsync()
    {
        try
        {
            await CallAsync("give back", () => new ValueTask<int>(0)).ConfigureAwait(false);
            database.Turns.End(this);
        }
        catch (SimulatedFaultException)
        {
            database.Turns.EndOnceNoticed(this);
            throw;
        }
    }

    public NormalizeResult Normalize(RecordKey key, CanonicalJson fields, DateTimeOffset now) => database.Store.Normalize(key, fields, now);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<T> CallAsync<T>(string what, Func<ValueTask<T>> call, bool isCommit = false)
    {
        await StayAliveAsync().ConfigureAwait(false);
        var (diesBefore, diesAfter) = faults.CountCall();
        if (diesBefore) watcher.ServerDies($"before {what}");
        await StayAliveAsync().ConfigureAwait(false);
        await clock.DelayAsync(Delay()).ConfigureAwait(false);
        await StayAliveAsync().ConfigureAwait(false);
        watcher.StoreCalled(what);
        if (!isCommit && faults.Take(isCommit: false) is not null)
        {
            LastTrouble = clock.Now;
            throw new SimulatedFaultException($"The store failed in {what}.");
        }
        var result = await call().ConfigureAwait(false);
        if (diesAfter) watcher.ServerDies($"after {what}");
        await clock.DelayAsync(Delay()).ConfigureAwait(false);
        await StayAliveAsync().ConfigureAwait(false);
        return result;
    }

    private async ValueTask<ICommitTurn> TakeTurnAsync()
    {
        if (!await database.Turns.TakeAsync(this).ConfigureAwait(false)) throw new SimulatedFaultException("The turn could not be had in time.");
        watcher.TurnTaken();
        return new SimulatedTurn(this, new Revision(database.Ledger.Head));
    }

    private async ValueTask<CommitAnswer> CommitAsync(CommitBatch batch)
    {
        while (faults.TakeForeignWrite() is { } operations) await watcher.WriteForeignAsync(operations).ConfigureAwait(false);
        if (!await database.Turns.TakeAsync(this).ConfigureAwait(false)) return new CommitAnswer.Unavailable("others commit");
        return await CommitAndEndAsync(batch).ConfigureAwait(false);
    }

    private async ValueTask<CommitAnswer> CommitAndEndAsync(CommitBatch batch)
    {
        try
        {
            return await CommitAsHolderAsync(batch).ConfigureAwait(false);
        }
        finally
        {
            database.Turns.End(this);
        }
    }

    private async ValueTask<CommitAnswer> CommitAsHolderAsync(CommitBatch batch)
    {
        var fault = faults.Take(isCommit: true);
        watcher.StoreFailed(fault);
        if (fault is not null) LastTrouble = clock.Now;
        switch (fault)
        {
            case StoreFault.Unavailable: return new CommitAnswer.Unavailable("simulated");
            case StoreFault.LostBefore: return new CommitAnswer.Unknown("simulated");
            case StoreFault.Throws: throw new SimulatedFaultException("The store failed in commit.");
        }
        var answer = await watcher.CommitAsync(batch).ConfigureAwait(false);
        return fault switch
        {
            StoreFault.LostAfter => new CommitAnswer.Unknown("simulated"),
            StoreFault.ThrowsAfter => throw new SimulatedFaultException("The store failed behind a commit."),
            _ => answer,
        };
    }

    private TimeSpan Delay() => maxDelayMs == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(random.Next(maxDelayMs));

    private Task StayAliveAsync() => _isDead ? new TaskCompletionSource().Task : Task.CompletedTask;
}

/// <summary>Who hears of the store's calls, and carries out what is about more than one process.</summary>
internal interface IStoreWatcher
{
    void StoreCalled(string what);
    void TurnTaken();
    void StoreFailed(StoreFault? fault);
    void ServerDies(string when);

    /// <summary>Commits to the database, with all checks.</summary>
    ValueTask<CommitAnswer> CommitAsync(CommitBatch batch);

    /// <summary>Another node of the same database commits.</summary>
    ValueTask WriteForeignAsync(string[] operations);
}
