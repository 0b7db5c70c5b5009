using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Processing;

/// <summary>Transactions that a client numbers: each once, in order, whatever happens between.</summary>
public sealed class ClientOrderTests
{
    private readonly object _connection = new();
    private World _world = null!;

    [SetUp]
    public async Task StartAsync() => _world = await World.StartAsync();

    [TearDown]
    public ValueTask StopAsync() => _world.DisposeAsync();

    [Test]
    public async Task Gaps_are_fine_and_what_is_at_or_below_the_last_place_without_a_receipt_is_expired()
    {
        Assert.That((await PushAsync(3)).IsAccepted);
        Assert.That((await PushAsync(7)).IsAccepted);
        Assert.That((await PushAsync(7)).Refusal!.Code, Is.EqualTo(ErrorCodes.TxExpired));
        Assert.That((await PushAsync(5)).Refusal!.Code, Is.EqualTo(ErrorCodes.TxExpired));
        Assert.That((await PushAsync(8)).IsAccepted);
        Assert.That(await _world.Store.FindClientAsync("c1", default), Is.EqualTo(new ClientPosition("c1", "alice", 8)));
    }

    [Test]
    public async Task A_place_that_comes_again_with_its_transaction_gets_the_stored_receipt()
    {
        var transaction = _world.Tx(SetTitle("j1", "x"));
        await _world.Processor.SubmitAsync(Alice, transaction, new("c1", 1, _connection), default);
        await PushAsync(2);
        var again = await _world.Processor.SubmitAsync(Alice, transaction, new("c1", 1, new object()), default);

        Assert.That(again.Receipt!.Versions.Single().After, Is.EqualTo(2));
    }

    [Test]
    public async Task A_decided_rejection_takes_its_place()
    {
        var rejected = await _world.Processor.SubmitAsync(Alice, _world.Tx(SetTitle("none", "x")), new("c1", 1, _connection), default);
        Assert.That(rejected.Receipt!.Code, Is.EqualTo(ErrorCodes.NotFound));
        Assert.That((await PushAsync(1)).Refusal!.Code, Is.EqualTo(ErrorCodes.TxExpired));
    }

    [Test]
    public async Task A_client_id_is_bound_to_its_author()
    {
        await PushAsync(1);
        var foreign = await _world.Processor.SubmitAsync(Bob, _world.Tx(SetTitle("j1", "x")), new("c1", 2, _connection), default);

        Assert.That(foreign.Refusal!.Code, Is.EqualTo(ErrorCodes.NotAllowed));
    }

    [Test]
    public async Task Positions_outlive_a_restart()
    {
        await PushAsync(4);
        await using var again = await World.StartAsync(store: _world.Store);
        var expired = await again.Processor.SubmitAsync(Alice, new Transaction { TxId = "other", Operations = [SetTitle("j1", "x")] }, new("c1", 4), default);

        Assert.That(expired.Refusal!.Code, Is.EqualTo(ErrorCodes.TxExpired));
    }

    [Test]
    public async Task What_is_behind_a_transient_refusal_waits_for_it_to_come_again()
    {
        var gate = _world.Store.HoldNextCommit();
        var hold = _world.WriteAsync(Bob, SetTitle("j2", "hold")).AsTask();
        var first = PushAsync(1, "a");
        var second = PushAsync(2, "b");
        _world.Store.AnswerNextCommit(new CommitAnswer.Unavailable("locked"));
        gate.SetResult();
        await Task.WhenAll(hold, first, second);
        var third = await PushAsync(3, "c");
        var firstAgain = await PushAsync(1, "a");
        var secondAgain = await PushAsync(2, "b");

        Assert.That(new[] { first.Result, second.Result, third }.Select(r => r.Refusal?.Code), Is.All.EqualTo(ErrorCodes.Busy));
        Assert.That(firstAgain.IsAccepted && secondAgain.IsAccepted);
        Assert.That((await PushAsync(3, "c")).IsAccepted);
    }

    [Test]
    public async Task What_is_behind_a_refusal_for_a_full_queue_waits_too()
    {
        await using var world = await World.StartAsync(o => o.MaxQueuedTransactions = 1);
        var gate = world.Store.HoldNextCommit();
        var hold = world.WriteAsync(Bob, SetTitle("j2", "hold")).AsTask();
        Task<WriteResult> Push(long seq) => world.Processor.SubmitAsync(Alice, world.Tx(SetTitle("j1", "x")), new("c1", seq, _connection), default).AsTask();
        var first = Push(1);
        var second = Push(2);
        gate.SetResult();
        await Task.WhenAll(hold, first, second);

        Assert.That((first.Result.IsAccepted, second.Result.Refusal?.Code), Is.EqualTo((true, ErrorCodes.Busy)));
        Assert.That((await Push(3)).Refusal!.Code, Is.EqualTo(ErrorCodes.Busy));
        Assert.That((await Push(2)).IsAccepted && (await Push(3)).IsAccepted);
    }

    [Test]
    public async Task What_is_left_of_a_refused_connection_does_not_overtake_what_comes_again_on_the_next()
    {
        _world.Store.AnswerNextCommit(new CommitAnswer.Unavailable("locked"));
        await PushAsync(1);
        var next = new object();
        Task<WriteResult> PushThere(long seq) => _world.Processor.SubmitAsync(Alice, _world.Tx(SetTitle("j1", "x")), new("c1", seq, next), default).AsTask();

        Assert.That((await PushThere(1)).IsAccepted);
        Assert.That((await PushAsync(3)).Refusal!.Code, Is.EqualTo(ErrorCodes.Busy));
        Assert.That((await PushThere(2)).IsAccepted);
    }

    [Test]
    public async Task Another_connection_opens_the_way()
    {
        _world.Store.AnswerNextCommit(new CommitAnswer.Unavailable("locked"));
        await PushAsync(1);
        var other = await _world.Processor.SubmitAsync(Alice, _world.Tx(SetTitle("j1", "x")), new("c1", 5, new object()), default);

        Assert.That(other.IsAccepted);
    }

    [Test]
    public async Task A_clients_order_holds_though_the_first_waits_for_a_load()
    {
        var slow = new TaskCompletionSource();
        _world.Store.OnLoad = keys => keys.Any(key => key.Id == "cold") ? slow.Task : Task.CompletedTask;
        var first = _world.Processor.SubmitAsync(Alice, _world.Tx(Create("jobs", "cold", """{"workspaceId":"demo","title":"x"}""")), new("c1", 1, _connection), default).AsTask();
        var second = PushAsync(2);
        var other = await _world.WriteAsync(Bob, SetTitle("j2", "not held up"));
        var secondWaited = !second.IsCompleted;
        slow.SetResult();
        await Task.WhenAll(first, second).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That(secondWaited && other.IsAccepted);
        Assert.That(first.Result.IsAccepted && second.Result.IsAccepted);
        Assert.That(first.Result.Revision, Is.LessThan(second.Result.Revision));
    }

    private Task<WriteResult> PushAsync(long seq, string title = "x") =>
        _world.Processor.SubmitAsync(Alice, _world.Tx(SetTitle("j1", title)), new("c1", seq, _connection), default).AsTask();
}
