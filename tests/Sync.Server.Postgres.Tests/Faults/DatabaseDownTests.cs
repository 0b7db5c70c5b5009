using System.Net;
using Npgsql;
using Sync.Client;
using Sync.Tests;

namespace Sync.Server.Postgres.Tests;

/// <summary>A node whose database is killed under it, and comes back.</summary>
[TestFixture, NonParallelizable]
public sealed class DatabaseDownTests
{
    private PostgresCluster _cluster = null!;

    [OneTimeSetUp]
    public void Start() => _cluster = PostgresCluster.Start();

    [OneTimeTearDown]
    public void End() => _cluster.End();

    [Test, CancelAfter(180_000)]
    public async Task Reads_and_writes_over_HTTP_are_told_to_come_again_and_are_served_once_it_is_back(CancellationToken patience)
    {
        await using var site = await SomeSite.StartAsync(Database);
        Assert.That((await site.CreateAsync("h1")).StatusCode, Is.EqualTo(HttpStatusCode.OK));

        _cluster.Kill();
        var write = site.CreateAsync("h2");
        using (var read = await site.ReadAsync("h-not-in-memory"))
        {
            Assert.That(read.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            Assert.That(read.Headers.RetryAfter?.Delta, Is.GreaterThan(TimeSpan.Zero));
            Assert.That(await read.Content.ReadAsStringAsync(patience), Does.Contain("\"code\":\"busy\""));
        }
        // The first may have been on its way to the database, and waits for what became of it; all behind it are told at once or wait with it.
        _cluster.StartServer();
        using (var told = await write) Assert.That(told.StatusCode, Is.EqualTo(HttpStatusCode.OK).Or.EqualTo(HttpStatusCode.ServiceUnavailable));
        await OkAsync(() => site.CreateAsync("h2"), patience);
        await OkAsync(() => site.ReadAsync("h2"), patience);
        Assert.That(await ScalarAsync("SELECT count(*) FROM sync.log WHERE tx_id = 'h2'"), Is.EqualTo(1));
    }

    [Test, CancelAfter(180_000)]
    public async Task A_write_while_it_is_down_is_answered_503_with_Retry_After(CancellationToken patience)
    {
        await using var site = await SomeSite.StartAsync(Database);
        Assert.That((await site.CreateAsync("d1")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        _cluster.Kill();
        try
        {
            using var told = await site.CreateAsync("d2").WaitAsync(patience);
            Assert.That(told.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            Assert.That(told.Headers.RetryAfter?.Delta, Is.GreaterThan(TimeSpan.Zero));
        }
        finally
        {
            _cluster.StartServer();
        }
        await OkAsync(() => site.CreateAsync("d2"), patience);
    }

    [Test, CancelAfter(180_000)]
    public async Task A_client_keeps_all_that_it_writes_and_delivers_it_once_the_database_is_back(CancellationToken patience)
    {
        await using var site = await SomeSite.StartAsync(Database);
        var client = await site.ClientAsync();
        await using var open = client.Table<Counter>().Where(c => c.Owner, "me").Live();
        await open.WhenCurrentAsync(patience);
        await (await client.Table<Counter>().CreateAsync(new Counter("k0", "me", 0), patience)).Receipt.WaitAsync(patience);

        _cluster.Kill();
        var writes = new List<WriteHandle>();
        for (var i = 1; i <= 30; i++) writes.Add(await client.Table<Counter>().CreateAsync(new Counter($"k{i}", "me", i), patience));
        Assert.That(client.Status.PendingWrites, Is.EqualTo(30));
        Assert.That(open.Items, Has.Count.EqualTo(31));
        _cluster.StartServer();

        var receipts = await Task.WhenAll(writes.Select(write => write.Receipt)).WaitAsync(patience);
        Assert.That(receipts, Has.All.Property(nameof(Receipt.IsAccepted)).True);
        Assert.That(client.Tray.Items, Is.Empty);
        Assert.That(await ScalarAsync("SELECT count(*) FROM sync.doc_counters WHERE id LIKE 'k%'"), Is.EqualTo(31));
        Assert.That(await ScalarAsync("SELECT string_agg(substr(h.id, 2), ',' ORDER BY h.revision) FROM sync.history AS h WHERE h.id LIKE 'k%'"), Is.EqualTo(string.Join(',', Enumerable.Range(0, 31))), "in the order that they were written");
    }

    private string Database => _cluster.ConnectionString;

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_cluster.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>As a polite caller does: comes again as long as it is told to.</summary>
    private static async Task OkAsync(Func<Task<HttpResponseMessage>> ask, CancellationToken patience)
    {
        while (true)
        {
            using var answer = await ask();
            if (answer.StatusCode == HttpStatusCode.OK) return;
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            patience.ThrowIfCancellationRequested();
        }
    }
}
