using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Processing;

/// <summary>Records that somebody else's open transaction holds, an idle console's perhaps.</summary>
public sealed class BlockedTests
{
    private readonly object _connection = new();
    private World _world = null!;

    [SetUp]
    public async Task StartAsync() => _world = await World.StartAsync();

    [TearDown]
    public ValueTask StopAsync() => _world.DisposeAsync();

    [Test]
    public async Task What_touches_a_held_record_is_told_to_come_again_and_nobody_else_waits()
    {
        var (gate, hold) = Hold();
        var before = _world.WriteAsync(Alice, SetTitle("j2", "before")).AsTask();
        var blocked = _world.WriteAsync(Alice, SetTitle("j1", "held")).AsTask();
        var after = _world.WriteAsync(Bob, SetTitle("j2", "after")).AsTask();
        var commits = _world.Store.Commits.Count;
        _world.Store.AnswerNextCommit(new CommitAnswer.Blocked([1]));
        gate.SetResult();
        await Task.WhenAll(hold, before, blocked, after).WaitAsync(Soon);

        Assert.That((blocked.Result.Receipt, blocked.Result.Refusal!.Code, blocked.Result.Refusal.RetryAfter > TimeSpan.Zero), Is.EqualTo(((Receipt?)null, ErrorCodes.Busy, true)));
        Assert.That(before.Result.IsAccepted && after.Result.IsAccepted);
        Assert.That(_world.Store.Commits.Skip(commits).Select(commit => commit.Entries.Count), Is.EqualTo(new[] { 3, 2 }));
        Assert.That((await _world.WriteAsync(Alice, SetTitle("j1", "free"))).IsAccepted);
    }

    [Test]
    public async Task What_a_client_has_behind_it_waits_with_it_and_comes_again_in_order()
    {
        var (gate, hold) = Hold();
        var first = PushAsync(1, "j1");
        var second = PushAsync(2, "j2");
        var bobs = _world.WriteAsync(Bob, SetTitle("j2", "bobs")).AsTask();
        _world.Store.AnswerNextCommit(new CommitAnswer.Blocked([0]));
        gate.SetResult();
        await Task.WhenAll(hold, first, second, bobs).WaitAsync(Soon);
        var third = await PushAsync(3, "j2");

        Assert.That(new[] { first.Result, second.Result, third }.Select(r => r.Refusal?.Code), Is.All.EqualTo(ErrorCodes.Busy));
        Assert.That(bobs.Result.IsAccepted);
        Assert.That((await PushAsync(1, "j1")).IsAccepted && (await PushAsync(2, "j2")).IsAccepted && (await PushAsync(3, "j2")).IsAccepted);
    }

    [Test]
    public async Task However_many_are_blocked_one_after_the_other_the_last_is_committed()
    {
        var (gate, hold) = Hold();
        Task<WriteResult>[] blocked = [.. Enumerable.Range(0, 30).Select(i => _world.WriteAsync(Alice, SetTitle("j1", $"{i}")).AsTask())];
        var free = _world.WriteAsync(Bob, SetTitle("j2", "free")).AsTask();
        for (var i = 0; i < blocked.Length; i++) _world.Store.AnswerNextCommit(new CommitAnswer.Blocked([0]));
        gate.SetResult();
        await Task.WhenAll([hold, free, .. blocked]).WaitAsync(Soon);

        Assert.That(blocked.Select(b => b.Result.Refusal?.Code), Is.All.EqualTo(ErrorCodes.Busy));
        Assert.That(free.Result.IsAccepted);
    }

    [Test]
    public async Task A_group_of_nothing_but_blocked_ones_is_not_decided_again()
    {
        var commits = _world.Store.Commits.Count;
        _world.Store.AnswerNextCommit(new CommitAnswer.Blocked([0]));
        var blocked = await _world.WriteAsync(Alice, SetTitle("j1", "held"));

        Assert.That((blocked.Refusal!.Code, _world.Store.Commits.Count), Is.EqualTo((ErrorCodes.Busy, commits + 1)));
    }

    [Test]
    public async Task A_twin_of_a_blocked_transaction_is_blocked_too()
    {
        var (gate, hold) = Hold();
        var transaction = _world.Tx(SetTitle("j1", "held"));
        var twins = new[] { _world.Server.WriteAsync(Alice, transaction).AsTask(), _world.Server.WriteAsync(Alice, transaction).AsTask() };
        for (var i = 0; i < 2; i++) _world.Store.AnswerNextCommit(new CommitAnswer.Blocked([0]));
        gate.SetResult();
        await Task.WhenAll([hold, .. twins]).WaitAsync(Soon);

        Assert.That(twins.Select(t => t.Result.Refusal?.Code), Is.All.EqualTo(ErrorCodes.Busy));
        Assert.That((await _world.Server.WriteAsync(Alice, transaction)).IsAccepted);
    }

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private (TaskCompletionSource Gate, Task Hold) Hold()
    {
        var gate = _world.Store.HoldNextCommit();
        return (gate, _world.WriteAsync(Carol, SetTitle("hidden", "hold")).AsTask());
    }

    private Task<WriteResult> PushAsync(long seq, string job) =>
        _world.Processor.SubmitAsync(Alice, _world.Tx(SetTitle(job, $"{seq}")), new("c1", seq, _connection), default).AsTask();
}
