using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Processing;

/// <summary>A client goes from node to node: what one of them knows of it may be old.</summary>
public sealed class MovingClientTests
{
    private World _world = null!;
    private SyncServer _other = null!;

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
    public async Task One_that_comes_back_is_known_as_far_as_it_got_elsewhere()
    {
        Assert.That((await PushAsync(_world.Server, 1)).IsAccepted);
        Assert.That((await PushAsync(_other, 5)).IsAccepted);

        Assert.That((await PushAsync(_world.Server, 4)).Refusal!.Code, Is.EqualTo(ErrorCodes.TxExpired), "its receipt is no longer there");
        Assert.That((await PushAsync(_world.Server, 6)).IsAccepted);
        Assert.That(await _world.Store.FindClientAsync("c1", default), Is.EqualTo(new ClientPosition("c1", "alice", 6)));
    }

    [Test]
    public async Task What_both_nodes_decide_at_once_takes_effect_once_and_has_one_receipt()
    {
        var transaction = _world.Tx(SetTitle("j1", "once"));
        var gate = _world.Store.HoldNextCommit();
        var here = PushAsync(_world.Server, 1, transaction);
        var there = PushAsync(_other, 1, transaction);
        gate.SetResult();
        await Task.WhenAll(here, there).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That(here.Result.Receipt, Is.EqualTo(there.Result.Receipt));
        Assert.That((here.Result.IsAccepted, (await _other.GetRecordsAsync(App, [new("jobs", "j1")]))["jobs", "j1"]!.Version), Is.EqualTo((true, 2L)));
    }

    [Test]
    public async Task What_another_node_decides_while_it_is_asked_for_is_found_and_not_taken_for_expired()
    {
        var transaction = _world.Tx(SetTitle("j1", "there"));
        WriteResult? there = null;
        _world.Store.OnClientRead.Enqueue(async () => there = await PushAsync(_other, 1, transaction));
        var here = await PushAsync(_world.Server, 1, transaction);

        Assert.That((here.Refusal, here.Receipt), Is.EqualTo(((Refusal?)null, there!.Receipt)));
    }

    [Test]
    public async Task A_client_id_that_another_user_took_elsewhere_stays_theirs()
    {
        WriteResult? bobs = null;
        _world.Store.OnClientRead.Enqueue(async () =>
            bobs = await _other.Rooms.Processor.SubmitAsync(Bob, new Transaction { TxId = "bobs", Operations = [SetTitle("j2", "x")] }, new("c1", 1), default));
        var alices = await PushAsync(_world.Server, 2);

        Assert.That((bobs!.IsAccepted, alices.Refusal?.Code), Is.EqualTo((true, ErrorCodes.NotAllowed)));
    }

    private Task<WriteResult> PushAsync(SyncServer node, long seq, Transaction? transaction = null) =>
        node.Rooms.Processor.SubmitAsync(Alice, transaction ?? _world.Tx(SetTitle("j1", $"{seq}")), new("c1", seq, node), default).AsTask();
}
