using System.Security.Cryptography;

namespace Sync.Server.Postgres;

/// <summary>A server's data in a PostgreSQL database, which any number of nodes share.</summary>
internal sealed class PostgresTransactionStore : ITransactionStore
{
    private const int NodeBytes = 8;

    private readonly Database _database;
    private readonly PostgresStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly string _node;
    private readonly Notifier _notifier;
    private StoreTables? _tables;
    private StoreReader? _reader;
    private Committer? _committer;
    private Trimming? _trimming;
    private Listener? _listener;

    public PostgresTransactionStore(Database database, PostgresStoreOptions options, TimeProvider time)
    {
        (_database, _options, _time) = (database, options, time);
        _node = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NodeBytes));
        _notifier = new Notifier(database, _node);
    }

    private StoreReader Reader => _reader ?? throw NotOpen();

    public async ValueTask<StoreInfo> OpenAsync(SyncModel model, CancellationToken cancellationToken)
    {
        _options.Validate();
        var connection = await _database.WriterAsync(cancellationToken).ConfigureAwait(false);
        await ServerSettings.CheckAsync(connection, _options.Durability, cancellationToken).ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await StoreSchema.MigrateAsync(connection, cancellationToken).ConfigureAwait(false);
            _tables = await StoreTables.OpenAsync(connection, model, _options, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        _reader = new StoreReader(_database, _tables, _options);
        _trimming = new Trimming(_database, _options);
        _committer = new Committer(_database, _tables, _trimming, _notifier, _options);
        var head = new Revision((long)(await connection.ScalarAsync("SELECT revision FROM sync.head", cancellationToken).ConfigureAwait(false))!);
        return new StoreInfo(head, await StoreSchema.ReadTokenKeyAsync(connection, cancellationToken).ConfigureAwait(false), _tables.Cascades, IsShared: true);
    }

    public ValueTask<StoreSnapshot> LoadAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken) => Reader.LoadAsync(keys, cancellationToken);

    public ValueTask<StoreQueryResult> QueryAsync(StoreQuery query, CancellationToken cancellationToken) => Reader.QueryAsync(query, cancellationToken);

    public ValueTask<IReadOnlyList<StoredReceipt>> FindReceiptsAsync(IReadOnlyCollection<TransactionId> ids, CancellationToken cancellationToken) => Reader.FindReceiptsAsync(ids, cancellationToken);

    public ValueTask<ClientPosition?> FindClientAsync(string clientId, CancellationToken cancellationToken) => Reader.FindClientAsync(clientId, cancellationToken);

    public ValueTask<LogPage> ReadLogAsync(Revision after, int maxEntries, CancellationToken cancellationToken) => Reader.ReadLogAsync(after, maxEntries, cancellationToken);

    public ValueTask<RecordHistory> ReadHistoryAsync(RecordKey key, Revision? before, int maxEntries, CancellationToken cancellationToken) =>
        Reader.ReadHistoryAsync(key, before, maxEntries, cancellationToken);

    public NormalizeResult Normalize(RecordKey key, CanonicalJson fields, DateTimeOffset now) => (_tables ?? throw NotOpen())[key.Table].Normalize(key, fields, now);

    public async ValueTask<CommitAnswer> CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await (_committer ?? throw NotOpen()).CommitAsync(batch, null).ConfigureAwait(false);
    }

    public async ValueTask<ICommitTurn?> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var committer = _committer ?? throw NotOpen();
        var connection = await _database.WriterAsync(cancellationToken).ConfigureAwait(false);
        var head = Revision.None;
        var pipeline = new Pipeline(connection, _options.StatementTimeout);
        CommitAttempt.Begin(pipeline, _tables!, _options, row => head = new Revision(row.GetInt64(0)));
        try
        {
            await pipeline.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch // Whatever befell it goes on to the caller; only a turn half taken must not be left held.
        {
            await _database.DropWriterAsync().ConfigureAwait(false);
            throw;
        }
        return new OpenTurn(connection, head, committer, _database);
    }

    public void Watch(Action mayHaveGrown) => _listener = new Listener(_database, _node, mayHaveGrown, _time);

    /// <summary>Waits for the commit that is running, in a turn or not, if there is one.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_committer is { } committer) await committer.Last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_listener is { } listener) await listener.DisposeAsync().ConfigureAwait(false);
        await _notifier.DisposeAsync().ConfigureAwait(false);
        if (_trimming is { } trimming) await trimming.EndAsync().ConfigureAwait(false);
        await _database.DisposeAsync().ConfigureAwait(false);
    }

    private static InvalidOperationException NotOpen() => new("The store is not open: call OpenAsync first.");
}
