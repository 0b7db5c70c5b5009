using Sync.Server;

namespace Sync.AspNetCore.Tests.Site;

/// <summary>A store whose commits, and reads of the log, can be held on their way.</summary>
internal sealed class HeldStore(ITransactionStore inner) : ITransactionStore
{
    private TaskCompletionSource _commits = Done();
    private TaskCompletionSource _reads = Done();

    /// <summary>Completes when a commit is being held.</summary>
    public TaskCompletionSource IsHeld { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void HoldCommits() => _commits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    public void HoldReads() => _reads = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release()
    {
        _commits.TrySetResult();
        _reads.TrySetResult();
    }

    public async ValueTask<CommitAnswer> CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        if (!_commits.Task.IsCompleted) IsHeld.TrySetResult();
        await _commits.Task;
        return await inner.CommitAsync(batch, cancellationToken);
    }

    public async ValueTask<LogPage> ReadLogAsync(Revision after, int maxEntries, CancellationToken cancellationToken)
    {
        await _reads.Task;
        return await inner.ReadLogAsync(after, maxEntries, cancellationToken);
    }

    public ValueTask<StoreInfo> OpenAsync(SyncModel model, CancellationToken cancellationToken) => inner.OpenAsync(model, cancellationToken);
    public ValueTask<StoreSnapshot> LoadAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken) => inner.LoadAsync(keys, cancellationToken);
    public ValueTask<StoreQueryResult> QueryAsync(StoreQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);
    public ValueTask<IReadOnlyList<StoredReceipt>> FindReceiptsAsync(IReadOnlyCollection<TransactionId> ids, CancellationToken cancellationToken) => inner.FindReceiptsAsync(ids, cancellationToken);
    public ValueTask<ClientPosition?> FindClientAsync(string clientId, CancellationToken cancellationToken) => inner.FindClientAsync(clientId, cancellationToken);
    public ValueTask<RecordHistory> ReadHistoryAsync(RecordKey key, Revision? before, int maxEntries, CancellationToken cancellationToken) => inner.ReadHistoryAsync(key, before, maxEntries, cancellationToken);
    public NormalizeResult Normalize(RecordKey key, CanonicalJson fields, DateTimeOffset now) => inner.Normalize(key, fields, now);
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
