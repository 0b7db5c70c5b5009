using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sync.Benchmarks;

/// <summary>The least that a device on SQLite must do: a row inserted and committed, all rows of a table read. Prepared statements on SQLite's own calls, WAL.</summary>
internal sealed class RawStorage : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly sqlite3_stmt _begin;
    private readonly sqlite3_stmt _insert;
    private readonly sqlite3_stmt _commit;
    private long _count;

    public RawStorage(string path, string synchronous)
    {
        _connection = new SqliteConnection($"Data Source={path};Pooling=False");
        _connection.Open();
        Run("pragma journal_mode=wal");
        Run($"pragma synchronous={synchronous}");
        Run("create table if not exists queue (seq integer primary key, content blob not null)");
        (_begin, _insert, _commit) = (Prepare("begin immediate"), Prepare("insert into queue (seq, content) values (?1, ?2)"), Prepare("commit"));
    }

    public void Insert(byte[] content)
    {
        Step(_begin);
        raw.sqlite3_bind_int64(_insert, 1, ++_count);
        raw.sqlite3_bind_blob(_insert, 2, content);
        Step(_insert);
        Step(_commit);
    }

    /// <summary>Every record of a table, each as an id, a version and bytes of its own.</summary>
    public static List<(string Id, long Version, byte[] Fields)> ReadRecords(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "select id, version, fields from records where record_table = 'tasks'";
        using var reader = command.ExecuteReader();
        var records = new List<(string, long, byte[])>();
        while (reader.Read()) records.Add((reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)));
        return records;
    }

    public void Dispose()
    {
        foreach (var statement in (sqlite3_stmt[])[_begin, _insert, _commit]) statement.Dispose();
        _connection.Dispose();
    }

    private sqlite3_stmt Prepare(string sql)
    {
        raw.sqlite3_prepare_v2(_connection.Handle!, sql, out var statement);
        return statement;
    }

    private static void Step(sqlite3_stmt statement)
    {
        if (raw.sqlite3_step(statement) != raw.SQLITE_DONE) throw new InvalidOperationException("SQLite did not do it.");
        raw.sqlite3_reset(statement);
    }

    private void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
