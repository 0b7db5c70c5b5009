namespace Sync.Server.Sqlite;

/// <summary>
/// A server's data in one SQLite file, for one process. Reads run on the caller's thread, each on a connection of its own; a commit waits for the disk, so it runs on a
/// thread of the pool and the loop that asked for it is free.
/// </summary>
internal sealed class SqliteTransactionStore : ITransactionStore
{
    private readonly string _path;
    private readonly SqliteStoreOptions _options;
    private readonly SqliteDatabase _database;
    private StoreFileLock? _lock;
    private StoreTables? _tables;
    private StoreReader? _reader;
    private Committer? _committer;
    private Task<CommitAnswer> _lastCommit = Task.FromResult<CommitAnswer>(new CommitAnswer.Committed(Revision.None));

    public SqliteTransactionStore(string path, SqliteStoreOptions options)
    {
        _path = FullPathOf(path);
        _options = options;
        _database = new SqliteDatabase(_path, options);
    }

    internal SqliteDatabase Database => _database;

    internal Committer Committer => _committer ?? throw NotOpen();

    private StoreReader Reader => _reader ?? throw NotOpen();

    public ValueTask<StoreInfo> OpenAsync(SyncModel model, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _options.Validate();
        _lock = StoreFileLock.Take(_path);
        try
        {
            return ValueTask.FromResult(Open(model));
        }
        catch
        {
            Close();
            throw;
        }
    }

    public ValueTask<StoreSnapshot> LoadAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken) => Reads(r => r.Load(keys), cancellationToken);

    public ValueTask<StoreQueryResult> QueryAsync(StoreQuery query, CancellationToken cancellationToken) => Reads(r => r.Query(query), cancellationToken);

    public ValueTask<IReadOnlyList<StoredReceipt>> FindReceiptsAsync(IReadOnlyCollection<TransactionId> ids, CancellationToken cancellationToken) =>
        Reads(r => r.FindReceipts(ids), cancellationToken);

    public ValueTask<ClientPosition?> FindClientAsync(string clientId, CancellationToken cancellationToken) => Reads(r => r.FindClient(clientId), cancellationToken);

    public ValueTask<CommitAnswer> CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_lastCommit.IsCompleted) throw new InvalidOperationException("A commit is running: commits come one at a time.");
        var committer = Committer;
        return new(_lastCommit = Task.Run(() => committer.Commit(batch), CancellationToken.None));
    }

    public ValueTask<LogPage> ReadLogAsync(Revision after, int maxEntries, CancellationToken cancellationToken) => Reads(r => r.ReadLog(after, maxEntries), cancellationToken);

    public ValueTask<RecordHistory> ReadHistoryAsync(RecordKey key, Revision? before, int maxEntries, CancellationToken cancellationToken) =>
        Reads(r => r.ReadHistory(key, before, maxEntries), cancellationToken);

    public NormalizeResult Normalize(RecordKey key, CanonicalJson fields, DateTimeOffset now) => (_tables ?? throw NotOpen())[key.Table].Normalize(key, fields, now);

    /// <summary>Waits for the commit that is running, if there is one.</summary>
    public async ValueTask DisposeAsync()
    {
        await ((Task)_lastCommit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Close();
    }

    private StoreInfo Open(SyncModel model)
    {
        if (File.Exists(_path))
        {
            using var found = _database.OpenAsFound();
            StoreSchema.CheckAsFound(found, _path);
        }

        var session = _database.Writer;
        StoreSchema.Migrate(session);
        session.Prepare("BEGIN IMMEDIATE").Run();
        try
        {
            _tables = StoreTables.Open(session, model, _options, _path);
            session.Prepare("COMMIT").Run();
        }
        finally
        {
            session.Rollback();
        }

        _reader = new StoreReader(_database, _tables);
        _committer = new Committer(_database, _tables, _options);
        return new StoreInfo(LogTable.Head(session), StoreSchema.ReadTokenKey(session), _tables.Cascades);
    }

    private ValueTask<T> Reads<T>(Func<StoreReader, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(read(Reader));
    }

    private void Close()
    {
        _database.Dispose();
        _lock?.Dispose();
        _lock = null;
    }

    /// <summary>Two names of one file must meet at one lock.</summary>
    private static string FullPathOf(string path)
    {
        if (path.Contains(":memory:", StringComparison.Ordinal) || path.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"UseSqlite takes the path of a file, not \"{path}\". For a store in memory: UseInMemory().", nameof(path));
        var full = Path.GetFullPath(path);
        var file = new FileInfo(full);
        return file.LinkTarget is null ? full : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    private static InvalidOperationException NotOpen() => new("The store is not open: call OpenAsync first.");
}
