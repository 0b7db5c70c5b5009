using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Sync.Tests;

namespace Sync.Server.Postgres.Tests.EfCore;

/// <summary>An app whose tables belong to EF Core: it goes on using them as ever, and clients follow.</summary>
[TestFixture]
public sealed class EfCoreTests
{
    private static readonly Guid Id = Guid.Parse("0197f3a0-0000-7000-8000-000000000001");

    private PostgresDatabase _database = null!;
    private NpgsqlDataSource _source = null!;
    private ServiceProvider _services = null!;

    private SyncServer Server => _services.GetRequiredService<SyncServer>();

    [SetUp]
    public async Task Begin()
    {
        _database = PostgresDatabase.Rent();
        _source = NpgsqlDataSource.Create(_database.ConnectionString);
        await using (var context = NewContext())
        {
            var migrator = context.GetService<IMigrator>();
            await migrator.MigrateAsync("20260201000000_Version");
            AddSync.Script = await PostgresTriggers.ScriptAsync(_source, ShopSite.Model);
            await migrator.MigrateAsync();
        }

        _services = new ServiceCollection().AddLogging().AddSyncServer(ShopSite.Model).UsePostgres(_source).AddPermissions<Order, OrderPermissions>().Services.BuildServiceProvider();
        await Server.StartAsync(CancellationToken.None);
    }

    [TearDown]
    public async Task End()
    {
        await _services.DisposeAsync();
        await _source.DisposeAsync();
        _database.Dispose();
    }

    [Test, CancelAfter(60_000)]
    public async Task What_SaveChanges_saves_reaches_clients_in_one_piece(CancellationToken patience)
    {
        await using var told = Server.Changes(Revision.None, patience).GetAsyncEnumerator(patience);
        await using var context = NewContext();
        context.Orders.AddRange(NewOrder(Id, "ann"), NewOrder(Guid.Parse("0197f3a0-0000-7000-8000-000000000002"), "ben"));
        await context.SaveChangesAsync(patience);
        Assert.That(await told.MoveNextAsync(), Is.True);
        Assert.That(told.Current.Changes.Select(c => c.After.Fields["customer"].AsString()), Is.EquivalentTo(new[] { "ann", "ben" }));
        Assert.That(told.Current.Changes[0].After.Fields.ToString(), Does.Not.Contain("internal"));

        (await context.Orders.SingleAsync(o => o.Id == Id, patience)).Total = 12.5m;
        await context.SaveChangesAsync(patience);
        Assert.That(await told.MoveNextAsync(), Is.True);
        Assert.That((await Server.Table<Order>().GetAsync(Caller.App("test"), $"{Id}", patience))?.Total, Is.EqualTo(12.5m));
    }

    [Test, CancelAfter(60_000)]
    public async Task What_a_client_writes_a_fresh_query_finds(CancellationToken patience)
    {
        var written = await Server.WriteAsync(Caller.User("ann"), tx => tx.Table<Order>().Create(new Order($"{Id}", "ann", 3.25m, DateTimeOffset.UnixEpoch, ["new"])), patience);
        Assert.That(written.IsAccepted, Is.True, written.Receipt?.Message);
        await using var context = NewContext();
        var found = await context.Orders.SingleAsync(patience);
        Assert.That((found.Customer, found.Total, found.Tags.Single(), found.Version), Is.EqualTo(("ann", 3.25m, "new", 1L)));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_concurrency_token_on_the_version_notices_a_clients_write(CancellationToken patience)
    {
        await using var context = NewContext();
        context.Orders.Add(NewOrder(Id, "ann"));
        await context.SaveChangesAsync(patience);
        var loaded = await context.Orders.SingleAsync(patience);

        Assert.That((await Server.WriteAsync(Caller.User("ann"), tx => tx.Table<Order>().Set($"{Id}", o => o.Customer, "anna"), patience)).IsAccepted, Is.True);
        loaded.InternalNote = "call back";
        Assert.That(async () => await context.SaveChangesAsync(patience), Throws.InstanceOf<DbUpdateConcurrencyException>());

        await context.Entry(loaded).ReloadAsync(patience);
        Assert.That((loaded.Customer, loaded.Version), Is.EqualTo(("anna", 2L)));
        loaded.InternalNote = "call back";
        await context.SaveChangesAsync(patience);
        Assert.That(loaded.Version, Is.EqualTo(3L), "read back from what the trigger set");
    }

    private static OrderEntity NewOrder(Guid id, string customer) => new() { Id = id, Customer = customer, PlacedAt = DateTimeOffset.UnixEpoch, InternalNote = "internal" };

    private ShopContext NewContext() => new(new DbContextOptionsBuilder<ShopContext>().UseNpgsql(_source).ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning)).Options);
}
