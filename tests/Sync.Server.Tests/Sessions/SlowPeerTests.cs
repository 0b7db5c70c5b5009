namespace Sync.Server.Tests.Sessions;

[TestFixture]
public sealed class SlowPeerTests
{
    private static TestServer SomeServer(SessionLimits? limits = null)
    {
        var server = new TestServer(limits);
        server.Write([Ops.Space("demo", "alice", "bob"), .. Enumerable.Range(0, 5).Select(i => Ops.Card($"c{i}", "demo"))]);
        return server;
    }

    // One checkpoint lies in the reader's hand, one in the pipe, one stands in the send: what comes after them waits.
    private static void Block(TestServer server)
    {
        for (var i = 0; i < 3; i++) server.Write(Ops.Rename("c1", $"Blocking {i}"));
    }

    [Test]
    public async Task What_waits_for_a_slow_peer_merges_into_one_checkpoint_with_the_newest_bodies()
    {
        await using var server = SomeServer();
        var bob = server.Connect("bob", capacity: 1);
        var cards = bob.Subscribe(Board.CardsOf("demo"));
        bob.Skip();

        for (var i = 0; i < 50; i++) server.Write(Ops.Rename("c1", $"Title {i}"));
        server.Write(Ops.Card("new", "demo"));
        server.Write(Ops.Delete("c2"));

        Assert.That(bob.Checkpoints, Has.Count.EqualTo(4));
        Assert.That(bob.Row(cards, "c1").Fields["title"].AsString(), Is.EqualTo("Title 49"));
        Assert.That(bob.Ids(cards), Is.EqualTo(new[] { "c0", "c1", "c3", "c4", "new" }));
    }

    [Test]
    public async Task What_came_and_went_while_it_waited_is_never_told()
    {
        await using var server = SomeServer();
        var bob = server.Connect("bob", capacity: 1);
        bob.Subscribe(Board.CardsOf("demo"));
        bob.Skip();
        Block(server);

        server.Write(Ops.Card("brief", "demo"));
        server.Write(Ops.Delete("brief"));

        Assert.That(bob.Transcript, Does.Not.Contain("brief"));
    }

    [Test]
    public async Task What_may_no_longer_be_read_when_the_socket_is_free_is_not_sent()
    {
        await using var server = SomeServer();
        var bob = server.Connect("bob", capacity: 1);
        var cards = bob.Subscribe(Board.CardsOf("demo"));
        bob.Skip();
        Block(server);

        server.Write(Ops.Rename("c3", "too late"));
        server.Write(Ops.Leave("demo", "bob"));

        Assert.That(bob.Ids(cards), Is.Empty);
        Assert.That(bob.Transcript, Does.Not.Contain("too late"));
    }

    [Test]
    public async Task A_peer_behind_which_too_much_waits_is_closed_and_holds_up_nobody()
    {
        await using var server = SomeServer(new SessionLimits { MaxUnsentBytes = 10_000 });
        var (alice, bob) = (server.Connect("alice"), server.Connect("bob", capacity: 1));
        var cards = alice.Subscribe(Board.CardsOf("demo"));
        bob.Subscribe(Board.CardsOf("demo"));
        bob.Skip();
        for (var i = 0; i < 20; i++) server.Write(Ops.Card($"big{i}", "demo", new string('x', 1000)));

        Assert.That(alice.Ids(cards), Has.Count.EqualTo(25));
        Assert.That(bob.Close?.Code, Is.EqualTo(TransportClose.TooSlow));
    }

    [Test]
    public async Task A_send_that_hangs_ends_the_session()
    {
        await using var server = SomeServer();
        var bob = server.Connect("bob", capacity: 1);
        bob.Subscribe(Board.CardsOf("demo"));
        bob.Skip();
        Block(server);

        server.Time.Advance(TimeSpan.FromSeconds(16));

        Assert.That((await bob.Served.WaitAsync(TimeSpan.FromSeconds(10))).Code, Is.EqualTo(TransportClose.TooSlow));
        Assert.That(server.Sessions.SessionCount, Is.Zero);
    }

    [Test]
    public async Task Rows_that_change_or_leave_while_their_part_waits_go_as_they_are_then()
    {
        await using var server = new TestServer(new SessionLimits { MaxPartRecords = 2 });
        server.Write([Ops.Space("demo", "alice"), .. Enumerable.Range(0, 9).Select(i => Ops.Card($"c{i}", "demo"))]);
        var alice = server.Connect("alice", capacity: 1);
        var cards = alice.Subscribe(Board.CardsOf("demo"));

        server.Write(Ops.Rename("c8", "newer"));
        server.Write(Ops.Delete("c7"));
        server.Write(Ops.Delete("c0"));

        Assert.That(alice.Ids(cards), Is.EqualTo(new[] { "c1", "c2", "c3", "c4", "c5", "c6", "c8" }));
        Assert.That(alice.Row(cards, "c8").Fields["title"].AsString(), Is.EqualTo("newer"));
        Assert.That(alice.Transcript, Does.Not.Contain("\"c7\""));
    }
}
