using Microsoft.Extensions.DependencyInjection;
using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Wiring;

/// <summary>What a health check finds.</summary>
public sealed class CheckTests
{
    private static readonly TimeSpan MaxBusy = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxStoreTime = TimeSpan.FromSeconds(3);

    [Test]
    public async Task A_server_that_does_its_work_has_no_faults()
    {
        await using var world = await World.StartAsync();
        Assert.That(await world.Server.CheckAsync(MaxBusy, MaxStoreTime), Is.EqualTo(ServerFaults.None));
    }

    [Test]
    public async Task A_server_that_was_not_started_says_so()
    {
        var services = new ServiceCollection();
        services.AddSyncServer(Model).UseInMemory();
        await using var server = services.BuildServiceProvider().GetRequiredService<SyncServer>();
        Assert.That(await server.CheckAsync(MaxBusy, MaxStoreTime), Is.EqualTo(ServerFaults.NotStarted));
    }

    [Test]
    public async Task A_commit_that_does_not_end_is_told_once_it_takes_too_long()
    {
        await using var world = await World.StartAsync();
        var commit = world.Store.HoldNextCommit();
        var writing = world.WriteAsync(Alice, SetTitle("j1", "x"));
        world.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.That(await world.Server.CheckAsync(MaxBusy, MaxStoreTime), Is.EqualTo(ServerFaults.None));

        world.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.That(await world.Server.CheckAsync(MaxBusy, MaxStoreTime), Is.EqualTo(ServerFaults.Stuck));
        commit.SetResult();
        await writing;
        Assert.That(await world.Server.CheckAsync(MaxBusy, MaxStoreTime), Is.EqualTo(ServerFaults.None));
    }

    [Test]
    public async Task A_store_that_fails_a_read_is_told()
    {
        await using var world = await World.StartAsync();
        world.Store.OnReadLog.Enqueue(new IOException("the password of the database"));
        Assert.That(await world.Server.CheckAsync(MaxBusy, MaxStoreTime), Is.EqualTo(ServerFaults.StoreSilent));
        Assert.That(await world.Server.CheckAsync(MaxBusy, MaxStoreTime), Is.EqualTo(ServerFaults.None));
    }

    [Test]
    public async Task A_store_that_does_not_answer_is_asked_once_and_told_when_its_time_is_over()
    {
        await using var world = await World.StartAsync();
        var answer = new TaskCompletionSource();
        world.Store.OnLogRead = () => answer.Task;
        var before = world.Store.LogReads;
        var (first, second) = (world.Server.CheckAsync(MaxBusy, MaxStoreTime).AsTask(), world.Server.CheckAsync(MaxBusy, MaxStoreTime).AsTask());
        Assert.That(first.IsCompleted, Is.False);
        world.Time.Advance(TimeSpan.FromSeconds(4));

        Assert.That((await first, await second), Is.EqualTo((ServerFaults.StoreSilent, ServerFaults.StoreSilent)));
        Assert.That(world.Store.LogReads - before, Is.EqualTo(1));
        answer.SetResult();
        Assert.That(await world.Server.CheckAsync(MaxBusy, MaxStoreTime), Is.EqualTo(ServerFaults.None));
    }

    [Test]
    public async Task A_server_that_is_going_away_says_so()
    {
        await using var world = await World.StartAsync();
        await world.Server.EndAllSessionsAsync();
        Assert.That(await world.Server.CheckAsync(MaxBusy, MaxStoreTime), Is.EqualTo(ServerFaults.Stopping));
    }
}
