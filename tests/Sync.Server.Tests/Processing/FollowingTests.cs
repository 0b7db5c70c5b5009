using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Processing;

/// <summary>What other nodes commit arrives here by hints, and where these are lost by looking.</summary>
public sealed class FollowingTests
{
    private static readonly TimeSpan LogPoll = new SyncServerOptions().LogPoll;

    private World _world = null!;
    private SyncServer _other = null!;
    private int _written;

    private TestStore Store => _world.Store;

    [SetUp]
    public async Task StartAsync()
    {
        _world = await World.StartAsync(store: new TestStore { IsShared = true });
        _other = await _world.StartAnotherAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _other.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Test]
    public async Task A_hint_brings_at_once_what_others_have_committed()
    {
        await WriteElsewhereAsync();
        var known = _world.Source.Head;
        Store.Hint(0);

        Assert.That((known, _world.Source.Head), Is.EqualTo((new Revision(1), new Revision(2))));
    }

    [Test]
    public async Task Without_any_hint_it_is_looked_for_now_and_then()
    {
        await WriteElsewhereAsync();
        _world.Time.Advance(LogPoll);

        Assert.That(_world.Source.Head, Is.EqualTo(new Revision(2)));
    }

    [Test]
    public async Task A_look_that_fails_is_made_again_at_the_next_time()
    {
        await WriteElsewhereAsync();
        for (var i = 0; i < 3; i++) Store.OnReadLog.Enqueue(new IOException("no"));
        Store.Hint(0);
        _world.Time.Advance(LogPoll);
        var known = _world.Source.Head;
        _world.Time.Advance(LogPoll);

        Assert.That((known, _world.Source.Head), Is.EqualTo((new Revision(1), new Revision(2))));
        Assert.That((await _world.WriteAsync(Alice, SetTitle("j1", "x"))).IsAccepted);
    }

    [Test]
    public async Task A_flood_of_hints_is_one_look_and_takes_no_transactions_room()
    {
        await using var world = await World.StartAsync(o => o.MaxQueuedTransactions = 2, store: new TestStore { IsShared = true });
        var gate = world.Store.HoldNextCommit();
        var hold = world.WriteAsync(Alice, SetTitle("j1", "hold")).AsTask();
        for (var i = 0; i < 100; i++) world.Store.Hint(0);
        Task<WriteResult>[] waiting = [.. Enumerable.Range(0, 2).Select(i => world.WriteAsync(Alice, SetTitle("j1", $"{i}")).AsTask())];
        var reads = world.Store.LogReads;
        gate.SetResult();
        await Task.WhenAll([hold, .. waiting]).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That(waiting.Select(w => w.Result.Refusal?.Message), Is.All.Null);
        Assert.That(world.Store.LogReads, Is.EqualTo(reads + 1));
    }

    [Test]
    public async Task A_hint_while_the_log_is_read_has_it_read_again()
    {
        var isFirst = true;
        Store.OnLogRead = async () =>
        {
            if (!isFirst) return;
            isFirst = false;
            await WriteElsewhereAsync();
            Store.Hint(0);
        };
        Store.Hint(0);

        Assert.That(_world.Source.Head, Is.EqualTo(new Revision(2)));
    }

    [Test]
    public async Task A_store_of_ones_own_is_not_looked_at()
    {
        await using var world = await World.StartAsync();
        var reads = world.Store.LogReads;
        world.Time.Advance(LogPoll * 10);

        Assert.That(world.Store.LogReads, Is.EqualTo(reads));
    }

    [Test]
    public async Task A_transaction_that_was_decided_on_another_node_is_answered_with_what_it_made()
    {
        var transaction = _world.Tx(SetTitle("j1", "there"));
        await _world.WriteAsync(Alice, SetTitle("j1", "cached here"));
        Store.Hint(1);
        await _other.WriteAsync(Alice, transaction);
        var again = await _world.Server.WriteAsync(Alice, transaction);

        Assert.That(again.Records["jobs", "j1"]!.Fields["title"].AsString(), Is.EqualTo("there"));
    }

    private async Task WriteElsewhereAsync()
    {
        var result = await _other.WriteAsync(Bob, new Transaction { TxId = $"elsewhere-{++_written}", Operations = [SetTitle("j1", "elsewhere")] });
        Assert.That(result.IsAccepted);
    }
}
