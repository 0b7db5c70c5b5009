using Microsoft.Extensions.DependencyInjection;
using Sync.Server.Sqlite;
using Sync.Testing;
using static Sync.Testing.Ops;

namespace Sync.Server.Tests;

/// <summary>A whole server over an app's own tables.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
public sealed class SqliteServerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Caller App = Caller.App("test");

    private readonly TemporaryFile _file = new();
    private int _lastTx;

    public SqliteServerTests() => _file.Execute(SqliteHome.AppTables);

    public void Dispose() => _file.Dispose();

    [Test]
    public async Task Sixty_parallel_writes_to_one_record_all_land_each_with_its_own_version()
    {
        await using var server = await StartAsync();
        await WriteAsync(server, Create(Book("b"), """{"title":"T"}"""));
        var results = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => WriteAsync(server, Set(Book("b"), "pages", $"{i}")))));
        Assert.That(results.Select(r => r.Receipt!.Versions[0].After).Order(), Is.EqualTo(Enumerable.Range(2, 60)));
        Assert.That(_file.Scalar("SELECT version FROM Books"), Is.EqualTo(61));
        Assert.That(_file.Scalar("SELECT count(*) FROM sync_receipts"), Is.EqualTo(61));
    }

    [Test]
    public async Task What_the_change_feed_told_is_what_a_fresh_store_loads_byte_for_byte()
    {
        var told = new Dictionary<RecordKey, Record>();
        await using (var server = await StartAsync())
        {
            await WriteAsync(server, Create(Shelf("s"), """{"name":"N"}"""), Create(Book("on"), """{"title":"On","shelfId":"s","weight":0.1}"""), Create(Book("lent"), """{"title":"Lent","lentTo":"s","tags":["a"]}"""));
            await WriteAsync(server, Set(Book("lent"), "changedAt", "\"2026-01-02T03:04:05+01:00\""), Set(Book("on"), "weight", "0.30000000000000004"));
            await WriteAsync(server, Delete(Shelf("s")));
            await WriteAsync(server, Create(Thing("t"), """{"value":[1.0,null]}"""));

            using var patience = new CancellationTokenSource(Patience);
            await foreach (var entry in server.Changes(Revision.None, patience.Token))
            {
                foreach (var change in entry.Changes) told[change.Key] = change.After;
                if (entry.Revision.Value == 4) break;
            }
        }

        await using var fresh = await SomeStore.OpenAsync(_file);
        Assert.That(told, Has.Count.EqualTo(4));
        foreach (var (key, record) in told) Expect.SameRecord(record, await fresh.FindAsync(key, default), "what a fresh store loads");
        Assert.That((told[Shelf("s")].IsDeleted, told[Book("on")].IsDeleted), Is.EqualTo((true, true)), "the cascade was told");
        Assert.That(told[Book("lent")].Get(FieldPath.Of("lentTo")).IsMissing, Is.True, "the emptied reference was told");
        Assert.That(told[Book("lent")].Get(FieldPath.Of("status")).AsString(), Is.EqualTo("in"), "the default was told");
    }

    [Test]
    public async Task A_broken_constraint_rejects_its_transaction_and_no_other()
    {
        await using var server = await StartAsync();
        await WriteAsync(server, Create(Shelf("a"), """{"name":"taken"}"""));
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => WriteAsync(server, Create(Shelf($"s{i}"), i == 7 ? """{"name":"taken"}""" : $$"""{"name":"{{i}}"}""")))));
        var rejected = results.Single(r => !r.IsAccepted);
        Assert.That((rejected.Receipt!.Code, rejected.Receipt.Status), Is.EqualTo((ErrorCodes.Constraint, 409)));
        Assert.That(_file.Scalar("SELECT count(*) FROM shelves"), Is.EqualTo(20));
    }

    [Test]
    public async Task A_value_that_its_column_cannot_hold_is_a_rejection()
    {
        await using var server = await StartAsync();
        var result = await WriteAsync(server, Create(Book("b"), """{"title":"T","pages":9223372036854775808}"""));
        Assert.That(result.IsAccepted, Is.False);
        Assert.That(_file.Scalar("SELECT count(*) FROM Books"), Is.Zero);
    }

    [Test]
    public async Task The_same_transaction_after_a_restart_gets_the_stored_outcome()
    {
        var transaction = new Transaction { TxId = "once", Operations = [Create(Book("b"), """{"title":"T"}""")] };
        Receipt first;
        await using (var server = await StartAsync()) first = (await server.WriteAsync(App, transaction)).Receipt!;
        await using var again = await StartAsync();
        var second = (await again.WriteAsync(App, transaction)).Receipt!;
        Assert.That(ProtocolCodec.ToJson(second), Is.EqualTo(ProtocolCodec.ToJson(first)));
        Assert.That(_file.Scalar("SELECT version FROM Books"), Is.EqualTo(1));
    }

    [Test]
    public void A_database_that_does_not_fit_stops_the_start()
    {
        _file.Execute("ALTER TABLE shelves DROP COLUMN version");
        Assert.That(async () => await (await StartAsync()).DisposeAsync(), Throws.TypeOf<StoreSetupException>().With.Message.Contains("ALTER TABLE"));
    }

    private async Task<SyncServer> StartAsync()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddSyncServer(ConformanceModel.Model).UseSqlite(_file.Path);
        var server = services.BuildServiceProvider().GetRequiredService<SyncServer>();
        await server.StartAsync(CancellationToken.None);
        return server;
    }

    private async Task<WriteResult> WriteAsync(SyncServer server, params Operation[] operations) =>
        await server.WriteAsync(App, new Transaction { TxId = $"tx-{Interlocked.Increment(ref _lastTx)}", Operations = [.. operations] });
}
