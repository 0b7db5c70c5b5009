namespace Sync.Server.Tests.Sessions;

/// <summary>A store whose answers to queries, or reads of the log, can be held on their way: what is read is old when it arrives.</summary>
internal sealed class SlowStore(ITransactionStore inner) : ITransactionStore
{
    private TaskCompletionSource? _held;

    public int EntriesRead { get; private set; }

    /// <summary>Reads of the log are held instead of queries.</summary>
    public bool HoldsLog { get; init; }

    public void Hold() => _held = new TaskCompletionSource();

    public void Release(bool andHoldTheNext = false)
    {
        var held = _held;
        _held = andHoldTheNext ? new TaskCompletionSource() : null;
        held?.SetResult();
    }

    public async ValueTask<StoreQueryResult> QueryAsync(StoreQuery query, CancellationToken cancellationToken)
    {
        var result = await inner.QueryAsync(query, cancellationToken);
        if (!HoldsLog && _held is { } held) await held.Task;
        return result;
    }

    public async ValueTask<LogPage> ReadLogAsync(Revision after, int maxEntries, CancellationToken cancellationToken)
    {
        var page = await inner.ReadLogAsync(after, maxEntries, cancellationToken);
        EntriesRead += page.Entries.Count;
        if (HoldsLog && _held is { } held) await held.Task;
        return page;
    }

    public ValueTask<StoreInfo> OpenAsync(SyncModel model, CancellationToken cancellationToken) => inner.OpenAsync(model, cancellationToken);
    public ValueTask<StoreSnapshot> LoadAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken) => inner.LoadAsync(keys, cancellationToken);
    public ValueTask<IReadOnlyList<StoredReceipt>> FindReceiptsAsync(IReadOnlyCollection<TransactionId> ids, CancellationToken cancellationToken) => inner.FindReceiptsAsync(ids, cancellationToken);
    public ValueTask<ClientPosition?> FindClientAsync(string clientId, CancellationToken cancellationToken) => inner.FindClientAsync(clientId, cancellationToken);
    public ValueTask<CommitAnswer> CommitAsync(CommitBatch batch, CancellationToken cancellationToken) => inner.CommitAsync(batch, cancellationToken);
    public ValueTask<RecordHistory> ReadHistoryAsync(RecordKey key, Revision? before, int maxEntries, CancellationToken cancellationToken) => inner.ReadHistoryAsync(key, before, maxEntries, cancellationToken);
    public NormalizeResult Normalize(RecordKey key, CanonicalJson fields, DateTimeOffset now) => inner.Normalize(key, fields, now);
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
