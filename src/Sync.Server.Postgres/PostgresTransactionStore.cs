using Npgsql;

namespace Sync.Server.Postgres;

internal sealed class PostgresTransactionStore : ITransactionStore
{
    public PostgresTransactionStore(string connectionString, PostgresStoreOptions options) => throw new NotImplementedException();
    public PostgresTransactionStore(NpgsqlDataSource dataSource, PostgresStoreOptions options) => throw new NotImplementedException();
    public ValueTask<StoreInfo> OpenAsync(SyncModel model, CancellationToken cancellationToken) => throw new NotImplementedException();
    public ValueTask<StoreSnapshot> LoadAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken) => throw new NotImplementedException();
    public ValueTask<StoreQueryResult> QueryAsync(StoreQuery query, CancellationToken cancellationToken) => throw new NotImplementedException();
    public ValueTask<IReadOnlyList<StoredReceipt>> FindReceiptsAsync(IReadOnlyCollection<TransactionId> ids, CancellationToken cancellationToken) => throw new NotImplementedException();
    public ValueTask<ClientPosition?> FindClientAsync(string clientId, CancellationToken cancellationToken) => throw new NotImplementedException();
    public ValueTask<CommitAnswer> CommitAsync(CommitBatch batch, CancellationToken cancellationToken) => throw new NotImplementedException();
    public ValueTask<LogPage> ReadLogAsync(Revision after, int maxEntries, CancellationToken cancellationToken) => throw new NotImplementedException();
    public ValueTask<RecordHistory> ReadHistoryAsync(RecordKey key, Revision? before, int maxEntries, CancellationToken cancellationToken) => throw new NotImplementedException();
    public NormalizeResult Normalize(RecordKey key, CanonicalJson fields, DateTimeOffset now) => throw new NotImplementedException();
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
