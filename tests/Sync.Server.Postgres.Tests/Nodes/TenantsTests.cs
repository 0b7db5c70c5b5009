using Microsoft.Extensions.DependencyInjection;
using Sync.Tests;

namespace Sync.Server.Postgres.Tests;

/// <summary>One node, two tenants, two databases.</summary>
public sealed class TenantsTests : IStoreResolver
{
    private PostgresDatabase _acme = null!;
    private PostgresDatabase _blue = null!;
    private ServiceProvider _services = null!;

    private SyncTenants Tenants => _services.GetRequiredService<SyncTenants>();

    public ValueTask<ITransactionStore?> ResolveAsync(string tenant, CancellationToken cancellationToken) => new(tenant switch
    {
        "acme" => PostgresStore.Create(_acme.ConnectionString),
        "blue" => PostgresStore.Create(_blue.ConnectionString),
        _ => null,
    });

    [SetUp]
    public void Start()
    {
        (_acme, _blue) = (PostgresDatabase.Rent(), PostgresDatabase.Rent());
        var services = new ServiceCollection();
        services.AddSyncServer(SomeNode.Model).UseStores(this).AddPermissions(new SignedInPermissions<Counter>());
        _services = services.BuildServiceProvider();
    }

    [TearDown]
    public async Task Stop()
    {
        await _services.DisposeAsync();
        _acme.Dispose();
        _blue.Dispose();
    }

    [Test, CancelAfter(60_000)]
    public async Task What_is_written_in_one_tenants_database_is_in_no_other(CancellationToken patience)
    {
        using var acme = await Tenants.EnterAsync("acme", patience);
        using var blue = await Tenants.EnterAsync("blue", patience);
        await CreateAsync(acme!, 1);
        await CreateAsync(blue!, 2);
        await CreateAsync(blue!, 3);
        await using var told = acme!.Server.Changes(Revision.None, patience).GetAsyncEnumerator(patience);
        Assert.That(await told.MoveNextAsync());

        Assert.That(told.Current.Changes.Single().After.Id, Is.EqualTo("1"));
        Assert.That(_acme.Scalar("SELECT count(*) FROM sync.doc_counters"), Is.EqualTo(1));
        Assert.That(_blue.Scalar("SELECT count(*) FROM sync.doc_counters"), Is.EqualTo(2));
        Assert.That(await Tenants.EnterAsync("nobody", patience), Is.Null);
    }

    private static async Task CreateAsync(TenantLease tenant, int id)
    {
        var result = await tenant.Server.WriteAsync(Caller.App("test"), tx => tx.Table<Counter>().Create(new Counter($"{id}", "x", id)));
        Assert.That(result.IsAccepted);
    }
}
