using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sync.Server.Sqlite;

/// <summary>One connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    public const int MaxStatements = 512;

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
            raw.sqlite3_busy_timeout(session.Handle, (int)busyTimeout.TotalMilliseconds);
            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public bool IsInTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>The texts of the statements at hand.</summary>
    public IReadOnlyCollection<string> PreparedTexts => _statements.Keys;

    /// <summary>How many references to missing rows the running transaction has made and not mended.</summary>
    public int BrokenReferences
    {
        get
        {
            raw.sqlite3_db_status(Handle, raw.SQLITE_DBSTATUS_DEFERRED_FKS, out var current, out _, 0);
            return current;
        }
    }

    private sqlite3 Handle => _connection.Handle!;

    /// <summary>The statement of this text, prepared once. Text that is made of values would fill the cache: bind them.</summary>
    public Statement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var known)) return known;
        if (_statements.Count >= MaxStatements) DropStatements();
        var statement = new Statement(Handle, sql);
        _statements.Add(sql, statement);
        return statement;
    }

    /// <summary>A statement that is not worth keeping; the caller disposes of it.</summary>
    public Statement PrepareOnce(string sql) => new(Handle, sql);

    /// <summary>Runs one or more statements that are not worth keeping.</summary>
    public void Execute(string script)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = script;
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row, as text; null where there is none.</summary>
    public string? Scalar(string sql)
    {
        using var statement = new Statement(Handle, sql);
        return statement.Step() && !statement.IsNull(0) ? statement.Text(0) : null;
    }

    /// <summary>Ends whatever transaction is open without its effects. A fault of the rollback itself leaves nothing written either.</summary>
    public void Rollback()
    {
        foreach (var statement in _statements.Values) statement.Reset();
        if (IsInTransaction) Prepare("ROLLBACK").Run();
    }

    public void Dispose()
    {
        DropStatements();
        _connection.Dispose();
    }

    private void DropStatements()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        _statements.Clear();
    }
}
