using System.Net;
using Npgsql;
using Sync.Tests;

namespace Sync.Server.Postgres.Tests;

/// <summary>An app that shares its pool with Sync and leaves it nothing.</summary>
public sealed class PoolTests
{
    private const int Most = 4;

    [Test, CancelAfter(120_000)]
    public async Task Where_no_connection_is_left_callers_are_told_to_come_again_and_it_recovers(CancellationToken patience)
    {
        using var database = PostgresDatabase.Rent();
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = Most, Timeout = 1 }.ConnectionString);
        await using var site = await SomeSite.StartAsync(source);
        using (var first = await site.CreateAsync("p1")) Assert.That(first.StatusCode, Is.EqualTo(HttpStatusCode.OK));

        var taken = new List<NpgsqlConnection>();
        try
        {
            while (true) taken.Add(await source.OpenConnectionAsync(patience));
        }
        catch (NpgsqlException)
        {
            // That was the last one.
        }
        Assert.That(taken, Is.Not.Empty);

        using (var write = await site.CreateAsync("p2"))
        using (var read = await site.ReadAsync("not-in-memory"))
        {
            Assert.That((write.StatusCode, read.StatusCode), Is.EqualTo((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable)));
            Assert.That(write.Headers.RetryAfter, Is.Not.Null);
            Assert.That(read.Headers.RetryAfter, Is.Not.Null);
        }

        foreach (var connection in taken) await connection.DisposeAsync();
        using var again = await site.CreateAsync("p2");
        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(database.Scalar("SELECT count(*) FROM sync.log WHERE tx_id = 'p2'"), Is.EqualTo(1));
    }
}
