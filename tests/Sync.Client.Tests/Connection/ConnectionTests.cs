namespace Sync.Client.Tests;

/// <summary>The connection with a scripted server and a clock that stands still until it is moved.</summary>
public sealed class ConnectionTests
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    [Test]
    public async Task The_first_words_are_hello_with_the_same_client_id_each_time()
    {
        await using var test = new TestClient();
        var first = await test.SignInAsync();
        first.Close(TransportClose.Lost);
        test.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await test.Server.WelcomeAsync();

        Assert.That(first.Hello.Protocol, Is.EqualTo(ProtocolCodec.Version));
        Assert.That(second.Hello.ClientId, Is.EqualTo(first.Hello.ClientId).And.Not.Empty);
    }

    [Test]
    public async Task Nothing_is_asked_or_pushed_before_the_welcome()
    {
        await using var test = new TestClient();
        await test.Client.SignInAsync(new SyncUser("alice"));
        var session = await test.Server.AcceptAsync();
        await session.ExpectAsync<ClientMessage.Hello>();
        await using var live = test.Todos.Where(t => t.ListId, "a").Live();
        await test.Todos.CreateAsync(new Todo("1", "a", "x"));

        session.ExpectNothing();
    }

    [Test]
    public async Task Dials_wait_longer_and_longer_and_a_nudge_dials_at_once()
    {
        await using var test = new TestClient();
        for (var i = 0; i < 8; i++) test.Server.Answers.Enqueue(new TransportException("no network"));
        await test.Client.SignInAsync(new SyncUser("alice"));
        Assert.That(test.Server.Dials, Is.EqualTo(1));
        Assert.That(test.Client.Status.Connection, Is.EqualTo(ConnectionState.Waiting));

        test.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(test.Server.Dials, Is.EqualTo(2));
        test.Time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.That(test.Server.Dials, Is.EqualTo(2), "the second wait is 1 to 2 s");
        test.Time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.That(test.Server.Dials, Is.EqualTo(3));

        test.Client.Nudge();
        Assert.That(test.Server.Dials, Is.EqualTo(4));
    }

    [Test]
    public async Task A_client_that_has_nothing_to_say_pings()
    {
        await using var test = new TestClient();
        var session = await test.SignInAsync();
        session.ExpectNothing();

        test.Time.Advance(Heartbeat * 1.5);

        await session.ExpectAsync<ClientMessage.Ping>();
    }

    [Test]
    public async Task A_server_from_which_nothing_comes_is_left_and_dialled_again()
    {
        await using var test = new TestClient();
        var session = await test.SignInAsync();

        test.Time.Advance(Heartbeat * 2);
        session.Send(ServerMessage.Ping.Instance);
        test.Time.Advance(Heartbeat);
        Assert.That(test.Client.Status.Connection, Is.EqualTo(ConnectionState.Live), "something came");

        for (var i = 0; i < 3; i++) test.Time.Advance(Heartbeat / 2);
        Assert.That(test.Client.Status.Connection, Is.EqualTo(ConnectionState.Waiting));
        Assert.That(session.ClosedByClient!.Code, Is.EqualTo(TransportClose.Lost));
        test.Time.Advance(TimeSpan.FromSeconds(1));
        await test.Server.WelcomeAsync();
        Assert.That(test.Client.Status.Connection, Is.EqualTo(ConnectionState.Live));
    }

    [Test]
    public async Task A_refused_token_is_asked_for_once_more_and_then_only_a_nudge_tries_again()
    {
        await using var test = new TestClient();
        var tokens = new Queue<string>(["old", "still old", "new"]);
        test.Server.Answers.Enqueue(new TransportException("no", 401));
        test.Server.Answers.Enqueue(new TransportException("no", 401));
        await test.Client.SignInAsync(new SyncUser("alice", _ => new(tokens.Dequeue())));
        Assert.That(test.Client.Status.Connection, Is.EqualTo(ConnectionState.Refused));
        test.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.That(test.Server.Dials, Is.EqualTo(2));

        test.Client.Nudge();
        await test.Server.WelcomeAsync();
        Assert.That(test.Server.Tokens, Is.EqualTo(new[] { "old", "still old", "new" }).AsCollection);
        Assert.That(test.Client.Status.Connection, Is.EqualTo(ConnectionState.Live));
    }

    [Test]
    public async Task A_sign_in_that_expires_on_a_live_connection_asks_for_a_token_and_comes_back()
    {
        await using var test = new TestClient();
        var session = await test.SignInAsync(token: _ => new("t"));

        session.Close(TransportClose.NotSignedIn);
        await test.Server.WelcomeAsync();

        Assert.That(test.Server.Tokens, Has.Count.EqualTo(2));
        Assert.That(test.Client.Status.Connection, Is.EqualTo(ConnectionState.Live));
    }

    [Test]
    public async Task A_token_callback_that_throws_is_asked_again_later()
    {
        await using var test = new TestClient();
        var asked = 0;
        await test.Client.SignInAsync(new SyncUser("alice", _ => ++asked == 1 ? throw new HttpRequestException("offline") : new("t")));
        Assert.That(test.Client.Status.Connection, Is.EqualTo(ConnectionState.Waiting));

        test.Time.Advance(TimeSpan.FromSeconds(1));
        await test.Server.WelcomeAsync();
        Assert.That(asked, Is.EqualTo(2));
    }

    [Test]
    public async Task A_dial_that_takes_too_long_is_given_up()
    {
        await using var test = new TestClient();
        test.Server.Gate = new TaskCompletionSource();
        await test.Client.SignInAsync(new SyncUser("alice"));
        Assert.That(test.Client.Status.Connection, Is.EqualTo(ConnectionState.Connecting));

        test.Time.Advance(test.Options.DialTimeout);

        Assert.That(test.Client.Status.Connection, Is.EqualTo(ConnectionState.Waiting));
    }

    [Test]
    public async Task A_connection_under_another_name_is_ended_before_anything_is_sent()
    {
        await using var test = new TestClient();
        await test.Client.SignInAsync(new SyncUser("alice"));
        await test.Todos.CreateAsync(new Todo("1", "a", "x"));

        var session = await test.Server.WelcomeAsync(userId: "mallory");

        session.ExpectNothing();
        Assert.That(session.ClosedByClient, Is.Not.Null);
        Assert.That(test.Client.Status, Is.EqualTo(new ClientStatus(ConnectionState.Refused, 1)));
    }

    [Test]
    public async Task A_server_that_drains_is_left_for_as_long_as_it_says()
    {
        await using var test = new TestClient();
        var session = await test.SignInAsync();

        session.Send(new ServerMessage.Drain(TimeSpan.FromSeconds(20)));

        Assert.That(session.ClosedByClient, Is.Not.Null);
        test.Time.Advance(TimeSpan.FromSeconds(19));
        Assert.That(test.Server.Dials, Is.EqualTo(1));
        test.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.That(test.Server.Dials, Is.EqualTo(2));
    }

    [TestCase("{\"type\":\"checkpoint\"")]
    [TestCase("{\"type\":\"no such thing\"}")]
    [TestCase("[]")]
    [TestCase("\u0000")]
    public async Task What_cannot_be_read_ends_the_connection_and_the_next_one_works(string frame)
    {
        await using var test = new TestClient();
        var session = await test.SignInAsync();

        session.SendRaw(System.Text.Encoding.UTF8.GetBytes(frame));

        Assert.That(session.ClosedByClient!.Code, Is.EqualTo(TransportClose.ProtocolError));
        test.Time.Advance(TimeSpan.FromSeconds(1));
        await test.Server.WelcomeAsync();
        Assert.That(test.Client.Status.Connection, Is.EqualTo(ConnectionState.Live));
    }

    [Test]
    public async Task A_checkpoint_that_names_a_record_without_bringing_it_changes_nothing_and_ends_the_connection()
    {
        await using var test = new TestClient();
        var session = await test.SignInAsync();
        await using var live = test.Todos.Where(t => t.ListId, "a").Live();
        var sub = (await session.ExpectAsync<ClientMessage.Subscribe>()).Sub;
        session.Load(sub, Some.Todo("1"));

        session.Checkpoint([], [new SubscriptionDelta(sub, ["ghost"], ["1"])]);

        Assert.That(live.Items.Select(t => t.Id), Is.EqualTo(new[] { "1" }).AsCollection);
        Assert.That(session.ClosedByClient!.Code, Is.EqualTo(TransportClose.ProtocolError));
    }

    [Test]
    public async Task After_a_reconnect_what_has_no_receipt_is_pushed_again_under_the_same_numbers()
    {
        await using var test = new TestClient();
        var session = await test.SignInAsync();
        var first = await test.Todos.CreateAsync(new Todo("1", "a", "x"));
        var second = await test.Todos.CreateAsync(new Todo("2", "a", "y"));
        await session.ExpectAsync<ClientMessage.Push>();
        var pushed = (await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single();
        session.Checkpoint([], [], new ReceiptDelivery(1, new Receipt { TxId = first.TxId, AuthorId = "alice", IsAccepted = true }, [], []));
        session.Close(TransportClose.Lost);
        test.Time.Advance(TimeSpan.FromSeconds(1));

        var again = (await (await test.Server.WelcomeAsync()).ExpectAsync<ClientMessage.Push>()).Transactions;

        Assert.That(again.Single().Seq, Is.EqualTo(2));
        Assert.That(again.Single().Transaction.TxId, Is.EqualTo(second.TxId).And.EqualTo(pushed.Transaction.TxId));
    }

    [Test]
    public async Task What_waits_goes_in_bounded_batches_before_anything_is_watched()
    {
        await using var test = new TestClient();
        test.Server.Answers.Enqueue(new TransportException("no network"));
        await test.Client.SignInAsync(new SyncUser("alice"));
        await using var live = test.Todos.Where(t => t.ListId, "a").Live();
        for (var i = 0; i < 150; i++) await test.Todos.CreateAsync(new Todo($"{i}", "a", "x"));
        test.Client.Nudge();

        var session = await test.Server.WelcomeAsync();
        var sizes = new List<int>();
        for (var i = 0; i < 3; i++) sizes.Add((await session.ExpectAsync<ClientMessage.Push>()).Transactions.Length);

        Assert.That(sizes, Is.EqualTo(new[] { 64, 64, 22 }).AsCollection);
        await session.ExpectAsync<ClientMessage.Subscribe>();
    }

    [Test]
    public async Task No_more_is_in_flight_than_allowed()
    {
        await using var test = new TestClient();
        test.Options.MaxWritesInFlight = 2;
        await using var client = new SyncClient(Some.Model, test.Options, test.Server, test.Storage, test.Time, new SeededChance(2), TestLogs.Instance);
        await client.SignInAsync(new SyncUser("alice"));
        var session = await test.Server.WelcomeAsync();
        var writes = new List<WriteHandle>();
        for (var i = 0; i < 3; i++) writes.Add(await client.Table<Todo>().CreateAsync(new Todo($"{i}", "a", "x")));
        await session.ExpectAsync<ClientMessage.Push>();
        await session.ExpectAsync<ClientMessage.Push>();
        session.ExpectNothing();

        session.Checkpoint([], [], new ReceiptDelivery(1, new Receipt { TxId = writes[0].TxId, AuthorId = "alice", IsAccepted = true }, [], []));

        Assert.That((await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single().Seq, Is.EqualTo(3));
    }

    [Test]
    public async Task A_transaction_that_was_not_decided_goes_again_with_all_behind_it_after_the_delay()
    {
        await using var test = new TestClient();
        var session = await test.SignInAsync();
        for (var i = 0; i < 3; i++) await test.Todos.CreateAsync(new Todo($"{i}", "a", "x"));
        for (var i = 0; i < 3; i++) await session.ExpectAsync<ClientMessage.Push>();

        session.Send(new ServerMessage.Retry(2, ErrorCodes.Busy, TimeSpan.FromSeconds(4)));
        await test.Todos.CreateAsync(new Todo("later", "a", "x"));
        test.Time.Advance(TimeSpan.FromSeconds(3.9));
        session.ExpectNothing();
        test.Time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.That((await session.ExpectAsync<ClientMessage.Push>()).Transactions.Select(queued => queued.Seq), Is.EqualTo(new[] { 2L, 3, 4 }).AsCollection);
    }

    [Test]
    public async Task Writes_without_a_pause_are_gathered_so_that_no_server_calls_it_too_fast()
    {
        await using var test = new TestClient();
        var session = await test.SignInAsync();
        for (var i = 0; i < MessagePace.Burst + 50; i++) await test.Todos.CreateAsync(new Todo($"{i}", "a", "x"));
        for (var i = 0; i < MessagePace.Burst; i++) await session.ExpectAsync<ClientMessage.Push>();
        session.ExpectNothing();

        test.Time.Advance(TimeSpan.FromSeconds(1.0 / MessagePace.PerSecond));

        Assert.That((await session.ExpectAsync<ClientMessage.Push>()).Transactions, Has.Length.EqualTo(50));
    }

    [Test]
    public async Task Equal_queries_share_a_subscription_that_outlives_its_last_reader_for_a_while()
    {
        await using var test = new TestClient();
        var session = await test.SignInAsync();
        var first = test.Todos.Where(t => t.ListId, "a").Live();
        var sub = (await session.ExpectAsync<ClientMessage.Subscribe>()).Sub;
        session.Load(sub, Some.Todo("1"));
        var second = test.Todos.Where(t => t.ListId, "a").Live();
        session.ExpectNothing();
        Assert.That(second.Freshness, Is.EqualTo(Freshness.Current));
        Assert.That(second.Items.Single(), Is.SameAs(first.Items.Single()));

        await first.DisposeAsync();
        await first.DisposeAsync();
        test.Time.Advance(TimeSpan.FromSeconds(20));
        session.Send(ServerMessage.Ping.Instance);
        session.ExpectNothingButPings();
        await second.DisposeAsync();
        test.Time.Advance(TimeSpan.FromSeconds(9));
        var third = test.Todos.Where(t => t.ListId, "a").Live();
        Assert.That(third.Items, Has.Count.EqualTo(1));
        session.Send(ServerMessage.Ping.Instance);
        test.Time.Advance(TimeSpan.FromSeconds(20));
        await third.DisposeAsync();
        session.Send(ServerMessage.Ping.Instance);
        test.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.That((await session.ExpectBesidesPingsAsync<ClientMessage.Unsubscribe>()).Sub, Is.EqualTo(sub));
        Assert.That(test.Todos.Find("1"), Is.Null);
        await using var fourth = test.Todos.Where(t => t.ListId, "a").Live();
        Assert.That((await session.ExpectBesidesPingsAsync<ClientMessage.Subscribe>()).Sub, Is.Not.EqualTo(sub), "an id is not used twice");
    }

    [Test]
    public async Task A_refused_subscription_says_why_and_is_asked_for_again_on_the_next_connection()
    {
        await using var test = new TestClient();
        var session = await test.SignInAsync();
        await using var live = test.Todos.Where(t => t.ListId, "a").Live();
        var waiting = live.WhenCurrentAsync();
        var sub = (await session.ExpectAsync<ClientMessage.Subscribe>()).Sub;

        session.Send(new ServerMessage.Error(ErrorCodes.NotAllowed, "No.", sub));
        Assert.That(waiting.IsCompletedSuccessfully, Is.True);
        Assert.That(live.Error, Is.EqualTo(new ApplyError(ErrorCodes.NotAllowed, "No.")));

        session.Close(TransportClose.Lost);
        test.Time.Advance(TimeSpan.FromSeconds(1));
        var next = await test.Server.WelcomeAsync();
        next.Load((await next.ExpectAsync<ClientMessage.Subscribe>()).Sub, Some.Todo("1"));
        Assert.That(live.Error, Is.Null);
        Assert.That(live.Items, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task It_is_live_only_when_all_that_is_watched_has_been_answered()
    {
        await using var test = new TestClient();
        await test.Client.SignInAsync(new SyncUser("alice"));
        await using var live = test.Todos.Where(t => t.ListId, "a").Live();
        var states = new List<ConnectionState>();
        test.Client.StatusChanged += status => states.Add(status.Connection);
        var session = await test.Server.WelcomeAsync();
        Assert.That(test.Client.Status.Connection, Is.EqualTo(ConnectionState.CatchingUp));

        session.Load((await session.ExpectAsync<ClientMessage.Subscribe>()).Sub);

        Assert.That(test.Client.Status.Connection, Is.EqualTo(ConnectionState.Live));
        Assert.That(states, Is.EqualTo(new[] { ConnectionState.Live }).AsCollection);
    }
}
