using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Tenants;

public sealed class SyncTenantsTests
{
    [Test]
    public async Task Each_tenant_has_its_own_store_and_they_share_nothing()
    {
        await using var houses = new Houses();
        using var acme = await houses.Tenants.EnterAsync("acme");
        using var blue = await houses.Tenants.EnterAsync("blue");

        await WriteAsync(acme!, "same", "Acme's");
        await WriteAsync(blue!, "same", "Blue's");

        Assert.That(await TitleAsync(acme!, "same"), Is.EqualTo("Acme's"));
        Assert.That(await TitleAsync(blue!, "same"), Is.EqualTo("Blue's"));
    }

    [Test]
    public async Task A_tenant_that_there_is_not_is_null_and_is_asked_for_again_the_next_time()
    {
        await using var houses = new Houses();
        Assert.That(await houses.Tenants.EnterAsync("nobody"), Is.Null);

        houses.Add("nobody");
        using var lease = await houses.Tenants.EnterAsync("nobody");
        Assert.That(lease, Is.Not.Null);
    }

    [Test]
    public async Task Those_who_come_first_at_the_same_time_share_one_start()
    {
        await using var houses = new Houses();
        houses.Hold = new TaskCompletionSource();
        var entering = Enumerable.Range(0, 20).Select(_ => houses.Tenants.EnterAsync("acme").AsTask()).ToArray();
        houses.Hold.SetResult();
        var leases = await Task.WhenAll(entering);

        Assert.That(houses.Asked, Is.EqualTo((string[])["acme"]));
        Assert.That(leases.Select(lease => lease!.Server).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task Who_gives_up_waiting_for_a_start_does_not_end_it_for_the_others()
    {
        await using var houses = new Houses();
        houses.Hold = new TaskCompletionSource();
        using var impatient = new CancellationTokenSource();
        var first = houses.Tenants.EnterAsync("acme", impatient.Token).AsTask();
        var second = houses.Tenants.EnterAsync("acme").AsTask();
        await impatient.CancelAsync();
        Assert.ThrowsAsync<TaskCanceledException>(() => first);

        houses.Hold.SetResult();
        using var lease = await second;
        Assert.That(houses.Asked, Has.Count.EqualTo(1));
        Assert.That(await WriteAsync(lease!, "a", "A"), Is.True);
    }

    [Test]
    public async Task A_start_that_fails_is_told_to_all_who_wait_and_tried_again_by_the_next()
    {
        await using var houses = new Houses();
        houses.Fault = new StoreSetupException("no such column");
        var fault = Assert.ThrowsAsync<TenantUnavailableException>(async () => await houses.Tenants.EnterAsync("acme"));
        Assert.That(fault!.RetryAfter, Is.EqualTo(TimeSpan.FromSeconds(1)));
        Assert.That(fault.Message, Does.Not.Contain("column"));

        houses.Fault = null;
        using var lease = await houses.Tenants.EnterAsync("acme");
        Assert.That(lease, Is.Not.Null);
        Assert.That(houses.Asked, Has.Count.EqualTo(2));
        Assert.That(houses.Closed, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_store_that_nobody_needs_for_a_while_is_closed_and_opened_again_when_it_is_needed()
    {
        await using var houses = new Houses();
        var first = await houses.Tenants.EnterAsync("acme");
        await WriteAsync(first!, "kept", "Kept");
        using var held = await houses.Tenants.EnterAsync("blue");
        first!.Dispose();
        first.Dispose();

        houses.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.That(houses.Closed, Is.Empty);
        houses.Time.Advance(TimeSpan.FromMinutes(4));
        await houses.IsClosedAsync("acme");
        Assert.That(houses.Closed, Is.EqualTo((string[])["acme"]));

        using var again = await houses.Tenants.EnterAsync("acme");
        Assert.That(await TitleAsync(again!, "kept"), Is.EqualTo("Kept"));
        Assert.That(again!.Server, Is.Not.SameAs(first.Server));
    }

    [Test]
    public async Task Who_comes_while_a_store_is_closing_waits_for_the_next_one()
    {
        await using var houses = new Houses();
        (await houses.Tenants.EnterAsync("acme"))!.Dispose();
        houses.HoldClose = new TaskCompletionSource();
        houses.Time.Advance(TimeSpan.FromMinutes(8));
        var entering = houses.Tenants.EnterAsync("acme").AsTask();

        Assert.That(houses.Asked, Has.Count.EqualTo(1), "one database is never open twice");
        houses.HoldClose.SetResult();
        using var lease = await entering;
        Assert.That(houses.Asked, Has.Count.EqualTo(2));
        Assert.That(await WriteAsync(lease!, "a", "A"), Is.True);
    }

    [Test]
    public async Task Where_no_more_may_be_open_the_one_idle_longest_makes_room()
    {
        await using var houses = new Houses(o => o.MaxOpenStores = 2);
        var acme = await houses.Tenants.EnterAsync("acme");
        (await houses.Tenants.EnterAsync("blue"))!.Dispose();
        houses.Time.Advance(TimeSpan.FromSeconds(1));
        acme!.Dispose();
        using var corp = await houses.Tenants.EnterAsync("corp");

        Assert.That(corp, Is.Not.Null);
        Assert.That(houses.Closed, Is.EqualTo((string[])["blue"]));
    }

    [Test]
    public async Task Where_all_that_may_be_open_are_in_use_the_next_is_told_to_come_again()
    {
        await using var houses = new Houses(o => o.MaxOpenStores = 2);
        using var acme = await houses.Tenants.EnterAsync("acme");
        var blue = await houses.Tenants.EnterAsync("blue");
        Assert.ThrowsAsync<TenantUnavailableException>(async () => await houses.Tenants.EnterAsync("corp"));
        Assert.That(await houses.Tenants.EnterAsync("nobody"), Is.Null);

        blue!.Dispose();
        using var corp = await houses.Tenants.EnterAsync("corp");
        Assert.That(corp, Is.Not.Null);
    }

    [Test]
    public async Task At_the_end_all_stores_are_closed_and_nobody_is_let_in()
    {
        var houses = new Houses();
        using var acme = await houses.Tenants.EnterAsync("acme");
        (await houses.Tenants.EnterAsync("blue"))!.Dispose();
        await houses.DisposeAsync();

        Assert.That(houses.Closed, Is.EquivalentTo((string[])["acme", "blue"]));
        Assert.ThrowsAsync<TenantUnavailableException>(async () => await houses.Tenants.EnterAsync("acme"));
    }

    [Test]
    public void The_one_server_is_not_to_be_had_where_there_is_one_for_each_tenant()
    {
        var services = new ServiceCollection();
        services.AddSyncServer(Model).UseStores(new Houses());
        Assert.That(() => services.BuildServiceProvider().GetRequiredService<SyncServer>(), Throws.InvalidOperationException.With.Message.Contains("SyncTenants"));
    }

    [Test]
    public void A_store_beside_the_stores_is_refused()
    {
        var services = new ServiceCollection();
        services.AddSyncServer(Model).UseStores<Houses>().UseInMemory();
        Assert.That(() => services.BuildServiceProvider().GetRequiredService<SyncTenants>(), Throws.InvalidOperationException.With.Message.Contains("2 stores"));
    }

    private static async Task<bool> WriteAsync(TenantLease lease, string id, string title) =>
        (await lease.Server.WriteAsync(App, tx => tx.Table<Orphan>().Create(new Orphan(id, title)))).IsAccepted;

    private static async Task<string?> TitleAsync(TenantLease lease, string id) => (await lease.Server.Table<Orphan>().GetAsync(App, id))?.Text;

    /// <summary>A database in memory for each of three tenants, which outlives the stores over it.</summary>
    private sealed class Houses : IStoreResolver, IAsyncDisposable
    {
        private readonly Dictionary<string, InMemoryStore> _databases = [];

        public Houses() : this(_ => { }) { }

        public Houses(Action<SyncServerOptions> configure)
        {
            foreach (var name in (string[])["acme", "blue", "corp"]) Add(name);
            var services = new ServiceCollection().AddSingleton<TimeProvider>(Time);
            services.AddSyncServer(Model, configure).UseStores(this);
            Tenants = services.BuildServiceProvider().GetRequiredService<SyncTenants>();
        }

        public FakeTimeProvider Time { get; } = new();
        public SyncTenants Tenants { get; }
        public TaskCompletionSource? Hold { get; set; }
        public TaskCompletionSource? HoldClose { get; set; }
        public Exception? Fault { get; set; }
        public List<string> Asked { get; } = [];
        public List<string> Closed { get; } = [];

        public void Add(string name) => _databases[name] = new InMemoryStore(new Random(1).NextBytes);

        public async ValueTask<ITransactionStore?> ResolveAsync(string tenant, CancellationToken cancellationToken)
        {
            if (!_databases.TryGetValue(tenant, out var database)) return null;
            Asked.Add(tenant);
            if (Hold is not null) await Hold.Task;
            return new TestStore(inner: database) { OnOpen = Fault, OnClose = () => CloseAsync(tenant) };
        }

        public async Task IsClosedAsync(string tenant)
        {
            // Closing begins on the timer's stack; whoever comes next waits for its end.
            while (Tenants.Open().Any(open => open.Tenant == tenant)) await Task.Yield();
        }

        public ValueTask DisposeAsync() => Tenants.DisposeAsync();

        private async Task CloseAsync(string tenant)
        {
            if (HoldClose is not null) await HoldClose.Task;
            lock (Closed) Closed.Add(tenant);
        }
    }
}
