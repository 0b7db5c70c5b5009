using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sync.Client.Sqlite;

/// <summary>One connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    private SqliteSession(SqliteConnection connection) => _connection = connection;

    public static SqliteSession Open(string path, SqliteOpenMode mode, TimeSpan busyTimeout)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        try
        {
            connection.Open();
            var session = new SqliteSession(connection);
            session.WaitUpTo(busyTimeout);
            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private sqlite3 Handle => _connection.Handle!;

    /// <summary>The statement of this text, prepared once. All texts are written in this package, so there are few.</summary>
    public Statement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var known)) return known;
        var statement = new Statement(Handle, sql);
        _statements.Add(sql, statement);
        return statement;
    }

    /// <summary>Runs one or more statements that are not worth keeping.</summary>
    public void Execute(string script)
    {
        var code = raw.sqlite3_exec(Handle, script);
        if (code != raw.SQLITE_OK) throw Statement.Fault(Handle, code);
    }

    /// <summary>The first column of the first row, as text; null where there is none.</summary>
    public string? Scalar(string sql)
    {
        using var statement = new Statement(Handle, sql);
        return statement.Step() ? statement.OptionalText(0) : null;
    }

    /// <summary>How long other connections' locks are waited for.</summary>
    public void WaitUpTo(TimeSpan busyTimeout) => raw.sqlite3_busy_timeout(Handle, (int)busyTimeout.TotalMilliseconds);

    /// <summary>Goes to WAL mode and gives the mode that is.</summary>
    public string? SwitchToWal()
    {
        const int MaxAttempts = 100;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return Scalar("PRAGMA journal_mode=WAL");
            }
            catch (SqliteException busy) when (busy.SqliteErrorCode == raw.SQLITE_BUSY && attempt < MaxAttempts)
            {
                // Another connection is at the same. SQLite does not wait for it here, but it does for a transaction.
                Execute("BEGIN EXCLUSIVE; COMMIT");
            }
        }
    }

    /// <summary>Ends whatever transaction is open without its effects. False where that failed too.</summary>
    public bool TryRollback()
    {
        foreach (var statement in _statements.Values) statement.Reset();
        return raw.sqlite3_get_autocommit(Handle) != 0 || raw.sqlite3_exec(Handle, "ROLLBACK") == raw.SQLITE_OK;
    }

    public void SkipCheckpointOnClose() => raw.sqlite3_db_config(Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);

    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        _statements.Clear();
        _connection.Dispose();
    }
}
