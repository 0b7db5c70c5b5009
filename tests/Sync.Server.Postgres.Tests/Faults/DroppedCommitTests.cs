using Npgsql;
using Sync.Tests;

namespace Sync.Server.Postgres.Tests;

/// <summary>A connection that goes while it commits: whether the database came to it or not, each transaction ends in one receipt, and is carried out once.</summary>
public sealed class DroppedCommitTests
{
    private const long OrderLock = 7239175043;

    [Test, CancelAfter(120_000)]
    public async Task A_commit_whose_connection_is_cut_ends_in_the_one_right_receipt([Values] Cut cut, [Values(1, 3)] int times, CancellationToken patience)
    {
        using var database = PostgresDatabase.Rent();
        var direct = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        using var proxy = new CuttingProxy(direct.Port);
        // Unprepared, so that the proxy can read what goes by.
        await using var node = await SomeNode.StartAsync(new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Port = proxy.Port, MaxAutoPrepare = 0 }.ConnectionString);
        await node.CreateAsync("before");

        proxy.Arm(cut, times);
        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => node.CreateAsync($"c{i}"))).WaitAsync(patience);

        Assert.That(proxy.Cuts, Is.GreaterThanOrEqualTo(1));
        Assert.That(results, Has.All.Property(nameof(WriteResult.IsAccepted)).True);
        Assert.That(database.Scalar("SELECT count(*) FROM sync.log WHERE revision > 1"), Is.EqualTo(10));
        Assert.That(database.Scalar("SELECT count(*) FROM sync.doc_counters WHERE version = 1"), Is.EqualTo(11));
        Assert.That(database.Scalar("SELECT revision FROM sync.head"), Is.EqualTo(11));
        Assert.That((await node.SetAsync("c0", 1)).Receipt?.Versions.Single().After, Is.EqualTo(2));
    }

    [Test, CancelAfter(120_000)]
    public async Task A_session_that_is_ended_while_its_commit_waits_for_its_turn_ends_in_the_one_right_receipt(CancellationToken patience)
    {
        using var database = PostgresDatabase.Rent();
        await using var node = await SomeNode.StartAsync(database, store: o => o.MaxOrderWait = TimeSpan.FromMinutes(2));
        await node.CreateAsync("before");

        await using var other = new NpgsqlConnection(database.ConnectionString);
        await other.OpenAsync(patience);
        await ExecuteAsync(other, $"SELECT pg_advisory_lock({OrderLock})");
        var write = node.CreateAsync("a");
        for (var ended = 0; ended < 3; ended++)
        {
            while (await ScalarAsync(other, "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") is 0L) patience.ThrowIfCancellationRequested();
        }
        await ExecuteAsync(other, $"SELECT pg_advisory_unlock({OrderLock})");

        Assert.That((await write.WaitAsync(patience)).IsAccepted, Is.True);
        Assert.That(database.Scalar("SELECT count(*) FROM sync.log"), Is.EqualTo(2));
        Assert.That(database.Scalar("SELECT count(*) FROM sync.receipts"), Is.EqualTo(2));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql) => await ScalarAsync(connection, sql);

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
