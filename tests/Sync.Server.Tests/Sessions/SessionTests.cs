namespace Sync.Server.Tests.Sessions;

[TestFixture]
public sealed class SessionTests
{
    [Test]
    public async Task A_hello_is_answered_with_welcome()
    {
        await using var server = new TestServer();
        var welcome = server.Connect("alice").Received.OfType<ServerMessage.Welcome>().Single();
        Assert.That((welcome.Protocol, welcome.UserId, welcome.Heartbeat), Is.EqualTo((1, "alice", TimeSpan.FromSeconds(15))));
    }

    [Test]
    public async Task A_protocol_that_is_not_spoken_here_is_refused()
    {
        await using var server = new TestServer();
        var alice = server.Dial("alice");
        alice.Send(new ClientMessage.Hello(99, "client"));
        Assert.That(alice.Received.OfType<ServerMessage.Error>().Single().Code, Is.EqualTo(ErrorCodes.UnsupportedProtocol));
        Assert.That(alice.Close?.Code, Is.EqualTo(TransportClose.ProtocolError));
    }

    [TestCase("""{"type":"dance"}""", ErrorCodes.UnknownMessage, TransportClose.ProtocolError, "dance")]
    [TestCase("""{"type":"hello","protocol":1,"clientId":"again"}""", ErrorCodes.BadMessage, TransportClose.PolicyViolation, "hello")]
    [TestCase("""{"type":"subscribe","sub":0}""", ErrorCodes.BadMessage, TransportClose.PolicyViolation, "sub")]
    [TestCase("{nonsense", ErrorCodes.BadJson, TransportClose.BadData, "")]
    [TestCase("""{"type":"ping","type":"ping"}""", ErrorCodes.DuplicateKey, TransportClose.BadData, "")]
    public async Task A_message_that_makes_no_sense_is_named_and_ends_the_session(string frame, string code, int close, string named)
    {
        await using var server = new TestServer();
        var alice = server.Connect("alice");
        alice.Send(frame);

        var error = alice.Received.OfType<ServerMessage.Error>().Single();
        Assert.That(error.Code, Is.EqualTo(code));
        Assert.That(error.Message, Does.Contain(named));
        Assert.That(alice.Close?.Code, Is.EqualTo(close));
        Assert.That((await alice.Served).Code, Is.EqualTo(close));
    }

    [TestCase("{nonsense", ErrorCodes.BadJson)]
    [TestCase("7", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"push","transactions":[]}""", ErrorCodes.UnknownMessage)]
    [TestCase("""{"type":"subscribe","sub":1,"query":{"table":"cards"}}""", ErrorCodes.UnknownMessage)]
    public async Task A_first_message_of_neither_dialect_ends_the_session(string frame, string code)
    {
        await using var server = new TestServer();
        var alice = server.Dial("alice");
        alice.Send(frame);
        Assert.That(alice.Received.OfType<ServerMessage.Error>().Single().Code, Is.EqualTo(code));
        Assert.That(alice.Close, Is.Not.Null);
    }

    [Test]
    public async Task A_query_that_is_refused_is_an_error_of_its_subscription_alone()
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", "alice"), Ops.Card("c1", "demo"));
        var alice = server.Connect("alice");
        alice.Subscribe(new Query { Table = "cards" });
        var cards = alice.Subscribe(Board.CardsOf("demo"));

        var error = alice.Received.OfType<ServerMessage.Error>().Single();
        Assert.That((error.Code, error.Sub.Value), Is.EqualTo((ErrorCodes.QueryNotIndexed, 1L)));
        Assert.That(alice.Ids(cards), Is.EqualTo(new[] { "c1" }));
    }

    [TestCase("""{"type":"subscribe","sub":1,"query":{"table":"cards","where":[{"field":"a","op":"like","value":1}]}}""", ErrorCodes.BadQuery)]
    [TestCase("""{"type":"subscribe","sub":1}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"subscribe","sub":1,"query":{"table":"cards"},"count":1}""", ErrorCodes.BadMessage)]
    public async Task A_malformed_subscribe_is_an_error_of_its_subscription_alone(string frame, string code)
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", "alice"), Ops.Card("c1", "demo"));
        var alice = server.Connect("alice");
        alice.Send(frame);
        var error = alice.Received.OfType<ServerMessage.Error>().Single();
        Assert.That((error.Code, error.Sub.Value), Is.EqualTo((code, 1L)));

        Assert.That(alice.Ids(alice.Subscribe(Board.CardsOf("demo"))), Is.EqualTo(new[] { "c1" }));
        alice.Send("""{"type":"subscribe","query":{"table":"cards"}}""");
        Assert.That(alice.Close?.Code, Is.EqualTo(TransportClose.PolicyViolation), "whose subscription it is can't be told");
    }

    [Test]
    public async Task Subscriptions_are_limited()
    {
        await using var server = new TestServer(new SessionLimits { MaxSubscriptions = 2 });
        var alice = server.Connect("alice");
        for (var i = 0; i < 3; i++) alice.Subscribe(Board.CardsOf($"s{i}"));
        Assert.That(alice.Received.OfType<ServerMessage.Error>().Single().Code, Is.EqualTo(ErrorCodes.TooManySubscriptions));

        alice.Send(new ClientMessage.Unsubscribe(new SubscriptionId(1)));
        alice.Skip();
        alice.Subscribe(Board.CardsOf("s9"));
        Assert.That(alice.Checkpoints, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_peer_that_sends_too_fast_is_closed_and_one_that_takes_its_time_is_not()
    {
        await using var server = new TestServer(new SessionLimits { MessagesPerSecond = 1, MessageBurst = 5 });
        var (fast, slow) = (server.Connect("alice"), server.Connect("bob"));
        for (var i = 0; i < 10; i++) fast.Send(ClientMessage.Ping.Instance);
        Assert.That(fast.Close?.Code, Is.EqualTo(TransportClose.RateLimited));

        for (var i = 0; i < 10; i++)
        {
            server.Time.Advance(TimeSpan.FromSeconds(1));
            slow.Send(ClientMessage.Ping.Instance);
        }
        Assert.That(slow.Close, Is.Null);
    }

    [Test]
    public async Task A_quiet_connection_hears_pings_and_a_silent_peer_is_closed()
    {
        await using var server = new TestServer();
        var alice = server.Connect("alice");
        server.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.That(alice.Received.OfType<ServerMessage.Ping>().Count(), Is.EqualTo(1));

        alice.Send(ClientMessage.Ping.Instance);
        server.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.That(alice.Close, Is.Null);
        server.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.That(alice.Close?.Code, Is.EqualTo(TransportClose.GoingAway));
    }

    [Test]
    public async Task A_connection_on_which_nothing_is_said_is_closed()
    {
        await using var server = new TestServer();
        var alice = server.Dial("alice");
        server.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.That(alice.Close, Is.Not.Null);
    }

    [Test]
    public async Task Ending_a_users_sessions_closes_all_of_them_and_no_other()
    {
        await using var server = new TestServer();
        var (one, two, bob) = (server.Connect("alice"), server.Connect("alice"), server.Connect("bob"));
        server.Sessions.End("alice");

        Assert.That(one.Close?.Code, Is.EqualTo(TransportClose.NotSignedIn));
        Assert.That(two.Close?.Code, Is.EqualTo(TransportClose.NotSignedIn));
        Assert.That(bob.Close, Is.Null);
    }

    [Test]
    public async Task A_server_that_stops_sends_its_clients_away_and_takes_no_new_ones()
    {
        await using var server = new TestServer();
        var alice = server.Connect("alice");
        await server.Sessions.DrainAsync(TimeSpan.FromSeconds(3));

        Assert.That(alice.Received.OfType<ServerMessage.Drain>().Single().RetryAfter, Is.EqualTo(TimeSpan.FromSeconds(3)));
        Assert.That(alice.Close?.Code, Is.EqualTo(TransportClose.GoingAway));
        Assert.That(server.Dial("bob").Close?.Code, Is.EqualTo(TransportClose.TryAgainLater));
    }

    [Test]
    public async Task Who_is_sent_away_has_the_receipts_of_all_that_was_pushed_before()
    {
        var store = new TestStore();
        await using var server = new TestServer(wrap: _ => store);
        server.Write(Ops.Space("demo", "alice"), Ops.Card("c1", "demo"));
        var alice = server.Connect("alice");
        var commit = store.HoldNextCommit();
        alice.Push(Ops.Rename("c1", "One"));
        alice.Push(Ops.Rename("c1", "Two"));
        var draining = server.Sessions.DrainAsync(TimeSpan.FromSeconds(1));
        Assert.That((alice.Close, draining.IsCompleted), Is.EqualTo(((TransportClose?)null, false)));

        commit.SetResult();
        await draining;
        Assert.That(alice.Receipts.Select(r => (r.Seq, r.Receipt.IsAccepted)), Is.EqualTo(new[] { (1L, true), (2L, true) }));
        Assert.That(alice.Received[^1], Is.InstanceOf<ServerMessage.Drain>());
        Assert.That(alice.Close?.Code, Is.EqualTo(TransportClose.GoingAway));
    }

    [Test]
    public async Task What_is_pushed_to_a_server_that_is_going_away_is_not_taken_in()
    {
        var store = new TestStore();
        await using var server = new TestServer(wrap: _ => store);
        server.Write(Ops.Space("demo", "alice"), Ops.Card("c1", "demo"));
        var alice = server.Connect("alice");
        var commit = store.HoldNextCommit();
        alice.Push(Ops.Rename("c1", "One"));
        var draining = server.Sessions.DrainAsync(TimeSpan.FromSeconds(1));
        alice.Push(Ops.Rename("c1", "Too late"));
        commit.SetResult();
        await draining;

        Assert.That(alice.Receipts.Select(r => r.Seq), Is.EqualTo(new[] { 1L }));
        Assert.That(store.Commits.SelectMany(c => c.Entries).Select(e => e.Id.TxId), Does.Contain("tx-1").And.Not.Contain("tx-2"));
    }

    [Test]
    public async Task A_commit_that_does_not_end_holds_up_the_goodbye_for_a_bounded_time()
    {
        var store = new TestStore();
        await using var server = new TestServer(wrap: _ => store);
        server.Write(Ops.Space("demo", "alice"), Ops.Card("c1", "demo"));
        var alice = server.Connect("alice");
        var commit = store.HoldNextCommit();
        alice.Push(Ops.Rename("c1", "One"));
        var draining = server.Sessions.DrainAsync(TimeSpan.FromSeconds(1));
        server.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.That(alice.Close?.Code, Is.EqualTo(TransportClose.GoingAway));
        commit.SetResult();
        await draining;
    }

    [Test]
    public async Task A_subscription_number_serves_once_at_a_time()
    {
        await using var server = new TestServer();
        var alice = server.Connect("alice");
        alice.Send(new ClientMessage.Subscribe(new SubscriptionId(7), Board.CardsOf("a")));
        alice.Send(new ClientMessage.Subscribe(new SubscriptionId(7), Board.CardsOf("b")));
        Assert.That(alice.Received.OfType<ServerMessage.Error>().Single().Sub.Value, Is.EqualTo(7));
    }
}
