using Microsoft.Data.Sqlite;

namespace Sync.Benchmarks;

/// <summary>The least that a server on SQLite must do for a write: one record and one log row, in a commit of one or of many. WAL, synchronous=FULL.</summary>
internal sealed class RawSqlite : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _update;
    private readonly SqliteCommand _log;
    private long _count;

    public RawSqlite(string path, int records)
    {
        _connection = new SqliteConnection($"Data Source={path};Pooling=False");
        _connection.Open();
        Execute("pragma journal_mode=wal");
        Execute("pragma synchronous=full");
        Execute("create table tasks (id text primary key, version integer not null, fields blob not null)");
        Execute("create table log (revision integer primary key, operations blob not null)");
        _update = Command("update tasks set version = version + 1, fields = $value where id = $id");
        _log = Command("insert into log (operations) values ($value)");
        using var transaction = _connection.BeginTransaction();
        var insert = Command("insert into tasks (id, version, fields) values ($id, 1, $value)");
        insert.Transaction = transaction;
        for (var i = 0; i < records; i++) Bind(insert, SampleRecords.Id(i), SampleRecords.Canonical(i).Fields.Utf8.ToArray()).ExecuteNonQuery();
        transaction.Commit();
    }

    /// <summary>Writes this many transactions, this many to a commit.</summary>
    public int Write(int transactions, int perCommit, int records)
    {
        var fields = SampleRecords.Canonical(1).Fields.Utf8.ToArray();
        for (var done = 0; done < transactions; done += perCommit)
        {
            using var transaction = _connection.BeginTransaction();
            (_update.Transaction, _log.Transaction) = (transaction, transaction);
            for (var i = 0; i < perCommit; i++)
            {
                Bind(_update, SampleRecords.Id((int)(_count++ % records)), fields).ExecuteNonQuery();
                Bind(_log, null, fields).ExecuteNonQuery();
            }
            transaction.Commit();
        }
        return transactions;
    }

    public void Dispose() => _connection.Dispose();

    private SqliteCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        if (sql.Contains("$id", StringComparison.Ordinal)) command.Parameters.Add("$id", SqliteType.Text);
        command.Parameters.Add("$value", SqliteType.Blob);
        return command;
    }

    private static SqliteCommand Bind(SqliteCommand command, string? id, byte[] value)
    {
        if (id is not null) command.Parameters["$id"].Value = id;
        command.Parameters["$value"].Value = value;
        return command;
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
