using System.Diagnostics;
using Npgsql;

namespace Sync.Benchmarks;

/// <summary>The least that Npgsql can do with the same table: a row changed and committed, a row changed and another connection told, all rows read.</summary>
internal sealed class RawPostgres(NpgsqlDataSource source, int records)
{
    public const string Table = """
        CREATE TABLE tasks (
            id text PRIMARY KEY, version bigint NOT NULL DEFAULT 1, workspace_id text NOT NULL, title text NOT NULL, description text, status text NOT NULL, assignee_id text, due_date date,
            order_index int NOT NULL, created_by text NOT NULL, created_at timestamptz
        );
        CREATE INDEX tasks_workspace ON tasks (workspace_id);
        CREATE INDEX tasks_status ON tasks (status);
        """;

    private int _count;

    /// <summary>One row a commit, <c>UPDATE … WHERE id AND version</c>, on so many connections.</summary>
    public int Write(int connections, int transactions)
    {
        async Task WriterAsync(int writer)
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var update = new NpgsqlCommand("UPDATE tasks SET title = $1, version = $2 WHERE id = $3 AND version = $4", connection);
            for (var i = 0; i < 4; i++) update.Parameters.Add(new NpgsqlParameter());
            var versions = new Dictionary<int, long>();
            for (var i = 0; i < transactions / connections; i++)
            {
                // Each connection has records of its own, so that none loses.
                var record = writer + (connections * (i % Math.Max(1, records / connections)));
                if (!versions.TryGetValue(record, out var version)) version = await VersionAsync(connection, record);
                update.Parameters[0].Value = $"Title {Interlocked.Increment(ref _count)}";
                (update.Parameters[1].Value, update.Parameters[2].Value, update.Parameters[3].Value) = (version + 1, SampleRecords.Id(record), version);
                if (await update.ExecuteNonQueryAsync() != 1) throw new InvalidOperationException($"Record {record} had another version than {version}.");
                versions[record] = version + 1;
            }
        }

        Task.WhenAll(Enumerable.Range(0, connections).Select(writer => Task.Run(() => WriterAsync(writer)))).GetAwaiter().GetResult();
        return transactions / connections * connections;
    }

    /// <summary>A row changed, a notice sent behind it, and the row read on the connection that heard the notice.</summary>
    public async Task RoundAsync(Percentiles into, int writes)
    {
        await using var writer = await source.OpenConnectionAsync();
        await using var notifier = await source.OpenConnectionAsync();
        await using var listener = await source.OpenConnectionAsync();
        await ExecuteAsync(listener, "LISTEN raw");
        for (var i = 0; i < writes; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await ExecuteAsync(writer, "UPDATE tasks SET title = title || '', version = version + 1 WHERE id = '" + SampleRecords.Id(7) + "'");
            await ExecuteAsync(notifier, "SELECT pg_notify('raw', '')");
            await listener.WaitAsync();
            await ExecuteAsync(listener, "SELECT * FROM tasks WHERE id = '" + SampleRecords.Id(7) + "'");
            into.Add(start);
        }
    }

    public int ReadAll()
    {
        using var connection = source.OpenConnection();
        using var select = new NpgsqlCommand("SELECT id, version, workspace_id, title, description, status, assignee_id, due_date, order_index, created_by, created_at FROM tasks", connection);
        using var rows = select.ExecuteReader();
        var values = new object[11];
        var read = new List<object[]>();
        while (rows.Read())
        {
            rows.GetValues(values);
            read.Add([.. values]);
        }
        return read.Count;
    }

    private static async Task<long> VersionAsync(NpgsqlConnection connection, int record)
    {
        await using var select = new NpgsqlCommand("SELECT version FROM tasks WHERE id = $1", connection) { Parameters = { new NpgsqlParameter { Value = SampleRecords.Id(record) } } };
        return (long)(await select.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
