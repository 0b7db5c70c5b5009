using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sync.Client.Sqlite;

/// <summary>The connections to one database file: one that writes, and readers that are kept for the next read.</summary>
internal sealed class StorageDatabase(StorageFiles files, SqliteStorageOptions options) : IDisposable
{
    /// <summary>Reader connections kept open between reads.</summary>
    public const int MaxIdleReaders = 2;

    private readonly ConcurrentBag<SqliteSession> _idleReaders = [];
    private SqliteSession? _writer;
    private volatile bool _isClosed;

    /// <summary>Whether there was a journal at the opening: somebody else has the file open, or nobody closed it.</summary>
    public bool HadJournal { get; private set; }

    /// <exception cref="StorageFormatException">The file is not one that this version can read. It was left untouched.</exception>
    public void Open()
    {
        HadJournal = new FileInfo(files.Database + "-wal") is { Exists: true, Length: > 0 };
        StorageSchema.CheckAsFound(files.Database);
        _writer = Guarded(OpenWriter);
    }

    /// <summary>Runs writes in one transaction, which is undone where they throw.</summary>
    public T Write<T>(Func<SqliteSession, T> write) => Guarded(() =>
    {
        var session = _writer ??= OpenWriter();
        var isWhole = false;
        try
        {
            session.Prepare("BEGIN IMMEDIATE").Run();
            var result = write(session);
            session.Prepare("COMMIT").Run();
            isWhole = true;
            return result;
        }
        finally
        {
            if (!isWhole) Undo(session);
        }
    });

    /// <summary>Runs reads in one snapshot.</summary>
    public T Read<T>(Func<SqliteSession, T> read) => Guarded(() =>
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
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
            if (isWhole && !_isClosed && _idleReaders.Count < MaxIdleReaders) _idleReaders.Add(reader);
            else reader.Dispose();
        }
    });

    /// <summary>Takes the journal into the file and cuts it to nothing. False where another connection is reading or writing: it is not waited for.</summary>
    public bool TryEmptyJournal() => TryAtOnce(session => session.Scalar("PRAGMA wal_checkpoint(TRUNCATE)") == "0");

    /// <summary>Writes the whole file anew, so that no page has bytes of what is no longer there. False where another connection writes or the disk has no room.</summary>
    public bool TryRewrite() => TryAtOnce(session =>
    {
        session.Execute("VACUUM");
        return true;
    });

    /// <summary>Closes without putting the file in order, as the end of a process does.</summary>
    public void Abandon()
    {
        _writer?.SkipCheckpointOnClose();
        Dispose();
    }

    public void Dispose()
    {
        _isClosed = true;
        while (_idleReaders.TryTake(out var reader)) reader.Dispose();
        _writer?.Dispose();
        _writer = null;
    }

    // Nothing hangs on it: a fault that stays is told by the next read or write.
    private bool TryAtOnce(Func<SqliteSession, bool> work)
    {
        if (_writer is not { } session) return false;
        session.WaitUpTo(TimeSpan.Zero);
        try
        {
            return work(session);
        }
        catch (SqliteException)
        {
            return false;
        }
        finally
        {
            session.WaitUpTo(options.BusyTimeout);
        }
    }

    // What a connection holds after a fault is not known, so the next write gets a new one.
    private void Undo(SqliteSession session)
    {
        if (session.TryRollback()) return;
        session.Dispose();
        _writer = null;
    }

    private T Guarded<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            throw StorageSchema.Damaged(files.Database, fault);
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode == raw.SQLITE_FULL)
        {
            throw new StorageFullException($"There is no room left on the disk of {files.Database}.", fault);
        }
    }

    private SqliteSession OpenWriter()
    {
        var session = SqliteSession.Open(files.Database, SqliteOpenMode.ReadWriteCreate, options.BusyTimeout);
        try
        {
            Prepare(session);
            StorageSchema.Migrate(session);
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
        var journal = session.SwitchToWal();
        if (journal != "wal") throw new IOException($"{files.Database} cannot be kept in WAL mode (SQLite answered \"{journal}\"). The folder must lie on a local disk that allows shared memory.");

        var (name, level) = options.Durability switch
        {
            SqliteDurability.Full => ("FULL", "2"),
            SqliteDurability.LosesNewestOnPowerLoss => ("NORMAL", "1"),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Durability, "Not a value of SqliteDurability."),
        };
        session.Execute($"PRAGMA synchronous={name}");
        var actual = session.Scalar("PRAGMA synchronous");
        if (actual != level) throw new IOException($"{files.Database}: synchronous={name} ({level}) was asked for and SQLite answered {actual}: writes that have returned would not be safe.");
        session.Execute("PRAGMA secure_delete=ON");
        if (session.Scalar("PRAGMA secure_delete") != "1") throw new IOException($"{files.Database}: secure_delete=ON was asked for and is not: what is removed could be read from the file.");
    }

    private SqliteSession OpenReader()
    {
        var session = SqliteSession.Open(files.Database, SqliteOpenMode.ReadWrite, options.BusyTimeout);
        session.Execute("PRAGMA query_only=ON");
        return session;
    }
}
