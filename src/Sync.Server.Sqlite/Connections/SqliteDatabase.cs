using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Sync.Server.Sqlite;

/// <summary>The connections to one database file: one that writes, and readers that are kept for the next read.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly string _path;
    private readonly SqliteStoreOptions _options;
    private readonly ConcurrentBag<SqliteSession> _idleReaders = [];
    private SqliteSession? _writer;
    private volatile bool _isDisposed;

    public SqliteDatabase(string path, SqliteStoreOptions options) => (_path, _options) = (path, options);

    /// <summary>The one connection that writes, opened again after <see cref="DropWriter"/>.</summary>
    public SqliteSession Writer => _writer ??= OpenWriter();

    public bool IsWriter(SqliteSession session) => ReferenceEquals(_writer, session);

    /// <summary>A look at the file before anything of it is changed.</summary>
    public SqliteSession OpenAsFound() => SqliteSession.Open(_path, SqliteOpenMode.ReadWrite, _options.BusyTimeout);

    /// <summary>After an answer that leaves open what the connection holds.</summary>
    public void DropWriter()
    {
        _writer?.Dispose();
        _writer = null;
    }

    /// <summary>Runs reads in one snapshot.</summary>
    public T Read<T>(Func<SqliteSession, T> read)
    {
        var reader = _idleReaders.TryTake(out var idle) ? idle : OpenReader();
        var isWhole = false;
        try
        {
            reader.Prepare("BEGIN DEFERRED").Run();
            var result = read(reader);
            reader.Prepare("COMMIT").Run();
            isWhole = true;
            return result;
        }
        finally
        {
            if (isWhole && !_isDisposed && _idleReaders.Count < _options.MaxIdleReaders) _idleReaders.Add(reader);
            else reader.Dispose();
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_idleReaders.TryTake(out var reader)) reader.Dispose();
        DropWriter();
    }

    private SqliteSession OpenWriter()
    {
        var session = SqliteSession.Open(_path, SqliteOpenMode.ReadWriteCreate, _options.BusyTimeout);
        try
        {
            Prepare(session);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private void Prepare(SqliteSession session)
    {
        var journal = session.Scalar("PRAGMA journal_mode=WAL");
        if (journal != "wal")
            throw new StoreSetupException($"{_path} cannot be kept in WAL mode (SQLite answered \"{journal}\"). It must lie on a local disk that allows shared memory.");

        var (name, level) = _options.Synchronous switch
        {
            SqliteSynchronous.Full => ("FULL", "2"),
            SqliteSynchronous.NormalLosesCommitsOnPowerLoss => ("NORMAL", "1"),
            SqliteSynchronous.OffMayCorruptOnPowerLoss => ("OFF", "0"),
            _ => throw new ArgumentOutOfRangeException(nameof(SqliteStoreOptions.Synchronous), _options.Synchronous, "Not a value of SqliteSynchronous."),
        };
        session.Execute($"PRAGMA synchronous={name}; PRAGMA fullfsync={(_options.Synchronous is SqliteSynchronous.Full ? 1 : 0)}; PRAGMA foreign_keys=ON;");
        if (session.Scalar("PRAGMA synchronous") is var actual && actual != level)
            throw new StoreSetupException($"synchronous={name} was asked for on {_path} and SQLite answered {actual}: acknowledged writes would not be safe.");
        if (session.Scalar("PRAGMA foreign_keys") != "1")
            throw new StoreSetupException("This build of SQLite does not enforce foreign keys: use the one that comes with Microsoft.Data.Sqlite.");
    }

    private SqliteSession OpenReader()
    {
        var session = SqliteSession.Open(_path, SqliteOpenMode.ReadWrite, _options.BusyTimeout);
        session.Execute("PRAGMA query_only=ON;");
        return session;
    }
}
