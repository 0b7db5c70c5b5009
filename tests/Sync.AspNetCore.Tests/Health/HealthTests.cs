using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Sync.AspNetCore.Tests.Http;
using Sync.AspNetCore.Tests.Site;
using Sync.AspNetCore.Tests.Tenants;
using Sync.Server;
using Sync.Server.Sqlite;
using static Sync.AspNetCore.Tests.Http.HttpCalls;

namespace Sync.AspNetCore.Tests.Health;

public sealed class HealthTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sync-health-");

    [OneTimeTearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [Test]
    public async Task A_server_that_works_is_healthy_and_one_that_goes_away_is_not()
    {
        await using var site = await StartAsync(SomeStore(), _ => { });
        var before = await EntryAsync(site);
        await site.StopAsync();
        var after = await EntryAsync(site);

        Assert.That(before.Status, Is.EqualTo(HealthStatus.Healthy));
        Assert.That((after.Status, after.Description), Is.EqualTo((HealthStatus.Unhealthy, "The server is going away.")));
    }

    [Test]
    public async Task A_server_that_was_not_started_is_unhealthy()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddSyncServer(Board.Model).UseInMemory();
        services.AddHealthChecks().AddSync();
        var report = await services.BuildServiceProvider().GetRequiredService<HealthCheckService>().CheckHealthAsync();

        Assert.That(report.Status, Is.EqualTo(HealthStatus.Unhealthy));
        Assert.That(report.Entries["sync"].Description, Is.EqualTo("The server is not started."));
    }

    [Test]
    public async Task A_commit_that_does_not_end_is_unhealthy_and_named()
    {
        var store = SomeStore();
        await using var site = await (await StartAsync(store, o => o.MaxBusy = TimeSpan.FromTicks(1))).WithDemoAsync();
        store.HoldCommits();
        var writing = site.WriteAsync("alice", Tx(Set("task-1", "title", "\"x\"")));
        await store.IsHeld.Task.Ends();
        var entry = await EntryAsync(site);
        store.Release();
        await writing;

        Assert.That(entry.Status, Is.EqualTo(HealthStatus.Unhealthy));
        Assert.That(entry.Description, Does.Contain("a rule, or the store, comes to no end").And.Not.Contain("did not answer"));
    }

    [Test]
    public async Task A_store_that_does_not_answer_is_unhealthy_and_named()
    {
        var store = SomeStore();
        SyncHealthOptions options = null!;
        await using var site = await StartAsync(store, o => options = o);
        options.MaxStoreTime = TimeSpan.FromMilliseconds(50);
        store.HoldReads();
        var entry = await EntryAsync(site);
        options.MaxStoreTime = Patience.Limit;
        store.Release();

        Assert.That(entry.Status, Is.EqualTo(HealthStatus.Unhealthy));
        Assert.That(entry.Description, Is.EqualTo("The store did not answer a small read within 0.05 s, or failed."));
        Assert.That((await EntryAsync(site)).Status, Is.EqualTo(HealthStatus.Healthy));
    }

    [Test]
    public async Task Tenants_of_whom_one_stores_silence_is_told_are_degraded_and_unhealthy_when_all_are_silent()
    {
        SyncHealthOptions options = null!;
        await using var houses = await Houses.StartAsync(services => services.AddHealthChecks().AddSync(o => options = o));
        options.MaxStoreTime = Patience.Limit;
        Assert.That((await EntryAsync(houses.Site)).Status, Is.EqualTo(HealthStatus.Healthy), "none is open yet");
        await houses.WithDemoAsync();
        var whole = await EntryAsync(houses.Site);
        options.MaxStoreTime = TimeSpan.FromSeconds(1);
        houses.Stores["acme"].HoldReads();
        var half = await EntryAsync(houses.Site);
        houses.Stores["blue"].HoldReads();
        var none = await EntryAsync(houses.Site);
        foreach (var store in houses.Stores.Values) store.Release();

        Assert.That((whole.Status, half.Status, none.Status), Is.EqualTo((HealthStatus.Healthy, HealthStatus.Degraded, HealthStatus.Unhealthy)));
        Assert.That(half.Description, Does.StartWith("Of 2 open tenants the stores of 1 did not answer").And.Not.Contain("acme"));
    }

    private HeldStore SomeStore() => new(SqliteStore.Create(Path.Combine(_folder.FullName, $"{Guid.NewGuid()}.db")));

    private static Task<TestSite> StartAsync(HeldStore store, Action<SyncHealthOptions> configure) => TestSite.StartBoardAsync(server =>
    {
        server.Services.AddHealthChecks().AddSync(configure);
        return server.UseStore(_ => store);
    });

    private static async Task<HealthReportEntry> EntryAsync(TestSite site) =>
        (await site.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Patience.Token)).Entries["sync"];
}
