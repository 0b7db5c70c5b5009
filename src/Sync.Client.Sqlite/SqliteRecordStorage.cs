namespace Sync.Client.Sqlite;

/// <summary>
/// One user's storage as one running client has it open. A commit waits for the disk and a query may walk over all records, so both run on threads of the
/// pool and whoever called, a screen perhaps, is free. All that writes takes turns under one lock; each read has a connection of its own.
/// </summary>
internal sealed class SqliteRecordStorage : IRecordStorage
{
    private readonly Lock _writing = new();
    private readonly StorageDatabase _database;
    private readonly Ownership _ownership;
    private readonly Erasing _erasing;
    private bool _isClosed;

    public SqliteRecordStorage(StorageFiles files, StorageDatabase database, TimeProvider time) =>
        (_database, _ownership, _erasing) = (database, new Ownership(files), new Erasing(database, _writing, time));

    internal StorageDatabase Database => _database;

    public ValueTask<StoredState> LoadAsync(string newClientId, CancellationToken cancellationToken) => OnPool(() => Load(newClientId), cancellationToken);

    public ValueTask WriteAsync(StorageBatch batch, CancellationToken cancellationToken) => OnPool(() => Write(batch), cancellationToken);

    public ValueTask<bool> TryBecomeWriterAsync(CancellationToken cancellationToken) => OnPool(() => Write(_ownership.TryBecomeWriter), cancellationToken);

    public ValueTask DeleteAsync(CancellationToken cancellationToken) => OnPool(Delete, cancellationToken);

    public ValueTask<IReadOnlyList<Record>> FindAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken) =>
        keys.Count == 0 ? new([]) : ReadAsync(session => RecordReads.Find(session, keys), cancellationToken);

    public ValueTask<IReadOnlyList<Record>> QueryAsync(Query query, CancellationToken cancellationToken) =>
        ReadAsync(session => RecordReads.Query(session, query, cancellationToken), cancellationToken);

    public ValueTask DisposeAsync() => OnPool(() => Close(_erasing.End, _database.Dispose), CancellationToken.None);

    /// <summary>Ends as a process does that is killed: what the system frees is free, nothing is put in order.</summary>
    internal void Abandon() => Close(_erasing.Dispose, _database.Abandon);

    private void Close(Action endErasing, Action closeDatabase)
    {
        lock (_writing)
        {
            if (_isClosed) return;
            _isClosed = true;
            endErasing();
            closeDatabase();
            _ownership.Release();
        }
    }

    private StoredState Load(string newClientId)
    {
        lock (_writing)
        {
            _ownership.Release();
            return Write(session => Loading.Run(session, _ownership, newClientId));
        }
    }

    private void Delete()
    {
        lock (_writing)
        {
            Write(session => Deletion.Run(session, _ownership));
            _erasing.Pay();
        }
    }

    private void Write(StorageBatch batch)
    {
        lock (_writing)
        {
            Write(session => BatchWrite.Run(session, _ownership, batch));
            if (!batch.Removes.IsEmpty || !batch.Unsubscribed.IsEmpty || !batch.DealtWith.IsEmpty || !batch.ForgottenUndoSteps.IsEmpty) _erasing.Owe();
        }
    }

    private void Write(Action<SqliteSession> write) => Write(session =>
    {
        write(session);
        return true;
    });

    private T Write<T>(Func<SqliteSession, T> write)
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            try
            {
                var result = _database.Write(write);
                _ownership.Keep();
                return result;
            }
            catch
            {
                _ownership.Undo();
                throw;
            }
        }
    }

    private ValueTask<IReadOnlyList<Record>> ReadAsync(Func<SqliteSession, IReadOnlyList<Record>> read, CancellationToken cancellationToken) => OnPool(() => _database.Read(read), cancellationToken);

    private static ValueTask<T> OnPool<T>(Func<T> work, CancellationToken cancellationToken) => new(Task.Run(work, cancellationToken));

    private static ValueTask OnPool(Action work, CancellationToken cancellationToken) => new(Task.Run(work, cancellationToken));
}
