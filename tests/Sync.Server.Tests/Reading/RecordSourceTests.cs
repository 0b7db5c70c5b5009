using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Reading;

public sealed class RecordSourceTests
{
    private static readonly RecordKey J1 = new("jobs", "j1");

    [Test]
    public async Task A_load_that_a_commit_overtakes_does_not_bring_back_the_old_value()
    {
        await using var warm = await World.StartAsync();
        await using var world = await World.StartAsync(o => o.MaxCachedRecords = 1, warm.Store);
        await world.FindAsync("jobs", "j2");
        var gate = new TaskCompletionSource();
        world.Store.OnLoad = keys => keys.Contains(J1) ? gate.Task : Task.CompletedTask;
        var load = world.Source.LoadAsync([J1], default).AsTask();
        world.Store.OnLoad = _ => Task.CompletedTask;
        await world.WriteAsync(Alice, SetTitle("j1", "newer"));
        await world.WriteAsync(Alice, SetTitle("j2", "pushes the other out of the cache"));
        gate.SetResult();

        Assert.That((await load).Records[J1].Version, Is.EqualTo(2));
    }

    [Test]
    public async Task A_load_that_is_newer_than_the_loop_has_told_waits_for_it()
    {
        await using var world = await World.StartAsync();
        await using var other = await world.StartAnotherAsync();
        await other.WriteAsync(Bob, new Transaction { TxId = "theirs", Operations = [SetTitle("j1", "theirs")] });

        var loaded = await world.Source.LoadAsync([new RecordKey("jobs", "cold")], default);

        Assert.That(loaded.Revision, Is.EqualTo(new Revision(2)));
        Assert.That(world.Source.TryGet(J1, out var record) && record!.Version == 2);
    }

    [Test]
    public async Task What_never_was_is_known_until_it_is_made()
    {
        await using var world = await World.StartAsync();
        var key = new RecordKey("jobs", "new");
        await world.Source.LoadAsync([key], default);
        Assert.That(world.Source.TryGet(key, out var before) && before is null);

        await world.WriteAsync(Alice, Create("jobs", "new", """{"workspaceId":"demo","title":"x"}"""));
        Assert.That(world.Source.TryGet(key, out var after) && after is { Version: 1 });
    }

    [Test]
    public async Task The_cache_has_a_bound()
    {
        await using var world = await World.StartAsync(o => o.MaxCachedRecords = 2);
        Assert.That(new[] { "j1", "j2", "hidden" }.Count(id => world.Source.TryGet(new RecordKey("jobs", id), out _)), Is.LessThanOrEqualTo(2));
        Assert.That((await world.Source.LoadAsync([J1, new RecordKey("jobs", "j2"), new RecordKey("jobs", "hidden")], default)).Records, Has.Count.EqualTo(3));
        Assert.That((await world.WriteAsync(Alice, SetTitle("j1", "a"), SetTitle("j2", "b"))).IsAccepted);
    }

    [Test]
    public async Task A_wait_for_a_revision_ends_when_it_is_given_up()
    {
        await using var world = await World.StartAsync();
        using var giveUp = new CancellationTokenSource();
        var wait = world.Source.ReachAsync(new Revision(50), giveUp.Token).AsTask();
        await giveUp.CancelAsync();

        Assert.ThrowsAsync<TaskCanceledException>(() => wait);
    }
}
