using Sync.Testing;

namespace Sync.Server.Tests.Sessions;

/// <summary>A user's sessions end on every node of the store.</summary>
public sealed class SessionEndingTests
{
    private World _world = null!;
    private SyncServer _other = null!;

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
    public async Task They_end_here_at_once_and_elsewhere_by_the_log_and_nobody_elses_do()
    {
        var (here, there, bobs) = (Connect(_world.Server, World.Alice), Connect(_other, World.Alice), Connect(_other, World.Bob));
        LooksAtLog();
        await _world.Server.EndSessionsAsync("alice");
        var before = (here.Close?.Code, there.Close?.Code);
        Store.Hint(1);

        Assert.That(before, Is.EqualTo(((int?)TransportClose.NotSignedIn, (int?)null)));
        Assert.That((there.Close?.Code, bobs.Close?.Code), Is.EqualTo(((int?)TransportClose.NotSignedIn, (int?)null)));
    }

    [Test]
    public async Task Who_signs_in_again_at_a_node_that_has_not_heard_of_it_is_sent_to_come_back_and_not_called_signed_out()
    {
        LooksAtLog();
        _world.Time.Advance(TimeSpan.FromMilliseconds(1));
        await _world.Server.EndSessionsAsync("alice");
        var back = Connect(_other, World.Alice);
        Store.Hint(1);

        Assert.That(back.Close?.Code, Is.EqualTo(TransportClose.TryAgainLater));
    }

    [Test]
    public async Task A_session_that_begins_here_afterwards_stays()
    {
        var gate = Store.HoldNextCommit();
        var ending = _world.Server.EndSessionsAsync("alice").AsTask();
        var back = Connect(_world.Server, World.Alice);
        gate.SetResult();
        await ending.WaitAsync(Soon);

        Assert.That(back.Close, Is.Null);
    }

    [Test]
    public async Task A_store_that_is_busy_is_asked_again_and_in_the_end_the_app_is_told()
    {
        var there = Connect(_other, World.Alice);
        LooksAtLog();
        Store.AnswerNextCommit(new CommitAnswer.Unavailable("busy"));
        var ending = _world.Server.EndSessionsAsync("alice").AsTask();
        var wasDone = ending.IsCompleted;
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await ending.WaitAsync(Soon);
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That((wasDone, there.Close?.Code), Is.EqualTo((false, (int?)TransportClose.NotSignedIn)));

        for (var i = 0; i < 10; i++) Store.AnswerNextCommit(new CommitAnswer.Unavailable("busy"));
        var failing = _world.Server.EndSessionsAsync("alice").AsTask();
        for (var i = 0; i < 10; i++) _world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.ThrowsAsync<TimeoutException>(() => failing.WaitAsync(Soon));
    }

    [Test]
    public async Task The_apps_change_feed_and_a_records_history_know_nothing_of_it()
    {
        await _world.Server.EndSessionsAsync("alice");
        var write = await _world.WriteAsync(World.Alice, World.SetTitle("j1", "after"));
        using var enough = new CancellationTokenSource(Soon);
        var told = new List<Revision>();
        await foreach (var entry in _world.Server.Changes(Revision.None, enough.Token))
        {
            told.Add(entry.Revision);
            if (entry.Revision == write.Revision) break;
        }
        var history = await _world.Server.HistoryAsync(World.Alice, new("jobs", "j1"));

        Assert.That(told, Is.EqualTo(new[] { new Revision(1), new Revision(3) }));
        Assert.That(history.Page.Entries.Length, Is.EqualTo(2));
    }

    [Test]
    public async Task No_user_and_no_app_can_say_it_by_a_transaction()
    {
        var there = Connect(_other, World.Alice);
        var empty = await _world.Server.WriteAsync(World.App, new Transaction { TxId = "empty", Operations = [] });
        var isOperation = ProtocolCodec.TryReadOperation(SessionsEnd.OperationsFor("alice").Elements.Single(), out _, out _);

        Assert.That((empty.Refusal!.Code, isOperation, there.Close), Is.EqualTo((ErrorCodes.BadMessage, false, (TransportClose?)null)));
    }

    [Test]
    public async Task A_store_of_ones_own_is_not_told()
    {
        await using var world = await World.StartAsync();
        var commits = world.Store.Commits.Count;
        await world.Server.EndSessionsAsync("alice");

        Assert.That(world.Store.Commits, Has.Count.EqualTo(commits));
    }

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    /// <summary>Every node does, a moment later.</summary>
    private void LooksAtLog() => _world.Time.Advance(new SyncServerOptions().LogPoll);

    private static TestSession Connect(SyncServer server, Caller caller)
    {
        // With the context that NUnit sets, nothing would complete on the caller's stack.
        SynchronizationContext.SetSynchronizationContext(null);
        var (client, serverEnd) = InMemoryConnection.CreatePair(null);
        var session = new TestSession(client, server.RunSessionAsync(serverEnd, caller, CancellationToken.None));
        session.Send(new ClientMessage.Hello(ProtocolCodec.Version, $"client-{caller.UserId}", Token.None));
        return session;
    }
}
