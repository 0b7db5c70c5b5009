namespace Sync.Server.Tests.Sessions;

/// <summary>What a session gets that says what it holds already.</summary>
public sealed class ClaimTests
{
    private static readonly Query Demo = Board.CardsOf("demo");

    [Test]
    public async Task A_claim_that_is_the_result_is_answered_with_nothing()
    {
        await using var server = SomeServer(100);
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Demo, Fresh(server));

        var checkpoint = alice.Checkpoints.Single();
        Assert.That(checkpoint.Records, Is.Empty);
        Assert.That(checkpoint.Subscriptions.Single(), Is.EqualTo(new SubscriptionDelta(new(cards), [], [], IsLoaded: true, IsKept: true)));
        Assert.That(alice.Received.Where(m => m is ServerMessage.Part or ServerMessage.Compare), Is.Empty);
        Assert.That(alice.Ids(cards), Has.Count.EqualTo(100));
    }

    [Test]
    public async Task A_claim_that_was_kept_is_kept_current()
    {
        await using var server = SomeServer(3);
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Demo, Fresh(server));

        server.Write(Ops.Rename("c001", "New"), Ops.Delete("c002"));

        Assert.That(alice.Row(cards, "c001").Fields["title"].AsString(), Is.EqualTo("New"));
        Assert.That(alice.Ids(cards), Is.EqualTo(new[] { "c000", "c001" }));
    }

    [Test]
    public async Task A_claim_of_nothing_is_a_first_load()
    {
        await using var server = SomeServer(3);
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Demo, []);

        Assert.That(alice.Checkpoints.Single().Subscriptions.Single().IsKept, Is.False);
        Assert.That(alice.Ids(cards), Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Where_the_log_covers_the_token_only_what_changed_is_sent()
    {
        await using var server = SomeServer(200);
        var (held, token) = FreshWithToken(server);
        server.Write(Ops.Rename("c001", "New"), Ops.Rename("c002", "New"));
        server.Write(Ops.Delete("c003"), Ops.Set("c004", "workspaceId", "\"other\""), Ops.Card("new", "demo"));
        server.Write(Ops.Rename("c002", "Newer"), Ops.Card("elsewhere", "other"), Ops.Card("shortlived", "demo"));
        server.Write(Ops.Delete("shortlived"));
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Demo, held, token);

        var checkpoint = alice.Checkpoints.Single();
        var delta = checkpoint.Subscriptions.Single();
        Assert.That((delta.IsLoaded, delta.IsKept), Is.EqualTo((true, true)));
        Assert.That(delta.In, Is.EqualTo(new[] { "c001", "c002", "new" }));
        Assert.That(delta.Out, Is.EqualTo(new[] { "c003", "c004" }));
        Assert.That(alice.Received.OfType<ServerMessage.Compare>(), Is.Empty);
        Assert.That(alice.Transcript, Does.Not.Contain("shortlived").And.Not.Contain("elsewhere"));
        AssertWhole(server, alice, cards);
    }

    [Test]
    public async Task What_the_caller_may_not_read_does_not_spoil_the_log()
    {
        await using var server = SomeServer(3);
        server.Write(Ops.Card("hidden", "other"));
        var fresh = server.Connect("alice");
        var query = new Query { Table = "cards", Where = [new QueryCondition.AnyOf(FieldPath.Of("workspaceId"), [CanonicalJson.From("demo"), CanonicalJson.From("other")])] };
        var sub = fresh.Subscribe(query);
        var (held, token) = (fresh.Records(sub), fresh.Checkpoints[^1].Token);
        server.Write(Ops.Rename("hidden", "Changed"), Ops.Rename("c001", "New"));
        var alice = server.Connect("alice");
        alice.Subscribe(query, held, token);

        Assert.That(alice.Received.OfType<ServerMessage.Compare>(), Is.Empty);
        Assert.That(alice.Checkpoints.Single().Subscriptions.Single().In, Is.EqualTo(new[] { "c001" }));
        Assert.That(alice.Transcript, Does.Not.Contain("hidden"));
    }

    [Test]
    public async Task Many_who_come_back_at_one_time_read_the_log_once()
    {
        SlowStore? store = null;
        await using var server = SomeServer(10, wrap: inner => store = new SlowStore(inner));
        var places = new List<(IReadOnlyList<Record> Held, Token Token)>();
        for (var i = 0; i < 10; i++)
        {
            places.Add(FreshWithToken(server));
            server.Write(Ops.Rename($"c00{i}", "New"));
        }
        var before = store!.EntriesRead;
        foreach (var (held, token) in places.Concat(places.AsEnumerable().Reverse()))
        {
            var alice = server.Connect("alice");
            AssertWhole(server, alice, alice.Subscribe(Demo, held, token));
            Assert.That(alice.Received.OfType<ServerMessage.Compare>(), Is.Empty);
        }
        Assert.That(store.EntriesRead - before, Is.EqualTo(10));

        server.Write(Ops.Delete("c003"));
        var late = server.Connect("alice");
        AssertWhole(server, late, late.Subscribe(Demo, places[7].Held, places[7].Token));
        Assert.That(store.EntriesRead - before, Is.EqualTo(11), "only what is new is read");
    }

    [Test]
    public async Task A_log_that_was_trimmed_is_no_obstacle()
    {
        await using var server = SomeServer(10, wrap: _ => new InMemoryStore(new Random(2).NextBytes, maxLogEntries: 3));
        var (held, token) = FreshWithToken(server);
        for (var i = 0; i < 6; i++) server.Write(Ops.Rename("c001", $"Title {i}"));
        var alice = server.Connect("alice", token: token);
        var cards = alice.Subscribe(Demo, held, token);

        Assert.That(alice.Received.OfType<ServerMessage.Welcome>().Single().IsOtherHistory, Is.False, "what is trimmed is not known");
        Assert.That(alice.Received.OfType<ServerMessage.Compare>().Count(), Is.EqualTo(1));
        Assert.That(alice.Checkpoints.Single().Subscriptions.Single().In, Is.EqualTo(new[] { "c001" }));
        AssertWhole(server, alice, cards);
    }

    [Test]
    public async Task A_window_is_claimed_like_any_result()
    {
        await using var server = SomeServer(20);
        var query = Board.FirstCardsOf("demo", 5);
        var (held, token) = FreshWithToken(server, query);
        var same = server.Connect("alice");
        same.Subscribe(query, held);
        Assert.That(same.Checkpoints.Single().Records, Is.Empty);

        server.Write(Ops.Card("new", "demo", rank: -1), Ops.Rename("c001", "New"));
        server.Write(Ops.Delete("c000"));
        var byLog = server.Connect("alice");
        var cards = byLog.Subscribe(query, held, token);
        Assert.That(byLog.Received.OfType<ServerMessage.Compare>(), Is.Empty);
        Assert.That(byLog.Checkpoints.Single().Records.Select(r => r.Id), Is.EqualTo(new[] { "c001", "new" }));
        AssertWhole(server, byLog, cards, query);

        server.Write(Ops.Set("c002", "rank", "1000"));
        var compared = server.Connect("alice");
        cards = compared.Subscribe(query, held);
        Assert.That(compared.Received.OfType<ServerMessage.Compare>().Count(), Is.EqualTo(1));
        Assert.That(compared.Needless, Is.Empty);
        AssertWhole(server, compared, cards, query);
        server.Write(Ops.Delete("new"));
        AssertWhole(server, compared, cards, query);
        AssertWhole(server, byLog, byLog.Subscribe(query, held), query);
    }

    [Test]
    public async Task The_log_tells_what_a_window_lost_and_what_moved_up()
    {
        await using var server = SomeServer(20);
        var query = Board.FirstCardsOf("demo", 5);
        var (held, token) = FreshWithToken(server, query);
        server.Write(Ops.Delete("c000"));
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(query, held, token);

        Assert.That(alice.Received.OfType<ServerMessage.Compare>(), Is.Empty);
        var delta = alice.Checkpoints.Single().Subscriptions.Single();
        Assert.That((delta.In.Single(), delta.Out.Single()), Is.EqualTo(("c005", "c000")));
        AssertWhole(server, alice, cards, query);
    }

    [Test]
    public async Task What_changes_while_the_result_is_read_comes_with_it()
    {
        SlowStore? store = null;
        await using var server = SomeServer(5, wrap: inner => store = new SlowStore(inner));
        var (held, token) = FreshWithToken(server);
        server.Write(Ops.Rename("c000", "New"), Ops.Rename("c001", "New"), Ops.Card("shortlived", "demo"), Ops.Delete("c002"));
        var alice = server.Connect("alice");
        server.LetSharedResultsAge();
        store!.Hold();
        var cards = alice.Subscribe(Demo, held, token);
        server.Write(Ops.Rename("c001", "Newer"), Ops.Delete("shortlived"), Ops.Delete("c000"), new Operation.Restore(Ops.CardKey("c002")));
        store.Release();

        Assert.That(alice.Checkpoints.Single().Subscriptions.Single(), Has.Property("In").EqualTo(new[] { "c001", "c002" }).And.Property("Out").EqualTo(new[] { "c000" }));
        Assert.That(alice.Transcript, Does.Not.Contain("shortlived"));
        AssertWhole(server, alice, cards);
    }

    [Test]
    public async Task What_may_no_longer_be_read_leaves_the_device_and_nothing_else_is_named()
    {
        await using var server = SomeServer(3);
        var held = Fresh(server);
        server.Write(Ops.Card("later", "demo"));
        server.Write(Ops.Leave("demo", "alice"));
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Demo, held);

        Assert.That(alice.Checkpoints.Single().Subscriptions.Single().Out, Is.EqualTo(new[] { "c000", "c001", "c002" }));
        Assert.That(alice.Transcript, Does.Not.Contain("later"));
        Assert.That(alice.Received.OfType<ServerMessage.Compare>().SelectMany(c => c.Buckets).Where(b => !b.IsEmpty), Is.Empty, "a digest tells of nothing that may not be read");
        Assert.That(alice.Ids(cards), Is.Empty);
    }

    [Test]
    public async Task Where_rights_change_whenever_the_result_is_read_no_digest_tells_of_it()
    {
        SlowStore? store = null;
        await using var server = SomeServer(3, wrap: inner => store = new SlowStore(inner) { HoldsLog = true });
        var (held, token) = FreshWithToken(server);
        server.Write(Ops.Rename("c001", "New"));
        var alice = server.Connect("alice");
        store!.Hold();
        var cards = alice.Subscribe(Demo, held.Skip(1), token);
        for (var i = 0; i < 3; i++)
        {
            server.Write(Ops.Leave("demo", "alice"));
            server.Write(Ops.Join("demo", "alice"));
            store.Release(andHoldTheNext: true);
        }
        server.Write(Ops.Leave("demo", "alice"));
        store.Release();

        Assert.That(alice.Ids(cards), Is.Empty);
        Assert.That(alice.Received.OfType<ServerMessage.Compare>(), Is.Empty);
        Assert.That(alice.Checkpoints[0].Subscriptions.Single(), Is.EqualTo(new SubscriptionDelta(new(cards), [], [], IsLoaded: true)));
        Assert.That(alice.Transcript, Does.Not.Contain("c000"));
    }

    [Test]
    public async Task What_changes_hidden_from_the_caller_while_the_result_is_read_does_not_keep_it_from_being_compared()
    {
        SlowStore? store = null;
        await using var server = SomeServer(3, wrap: inner => store = new SlowStore(inner));
        server.Write(Ops.Space("hidden", "bob"), Ops.Card("h1", "hidden"));
        var held = Fresh(server);
        server.Write(Ops.Rename("c001", "New"));
        var alice = server.Connect("alice");
        store!.Hold();
        var cards = alice.Subscribe(new Query { Table = "cards", Where = [new QueryCondition.AnyOf(FieldPath.Of("workspaceId"), [CanonicalJson.From("demo"), CanonicalJson.From("hidden")])] }, held);
        server.Write(Ops.Rename("h1", "Newer"));
        store.Release();

        Assert.That(alice.Received.OfType<ServerMessage.Compare>(), Is.Not.Empty);
        Assert.That(alice.Ids(cards), Has.Count.EqualTo(3));
        Assert.That(alice.Transcript, Does.Not.Contain("h1"));
    }

    [Test]
    public async Task A_token_of_this_history_is_not_of_another()
    {
        await using var server = SomeServer(1);
        var (_, token) = FreshWithToken(server);
        server.Write(Ops.Rename("c000", "New"));

        Assert.That(IsOther(server, token), Is.False);
        Assert.That(IsOther(server, Token.None), Is.False);
        Assert.That(FreshWithToken(server).Token, Is.Not.EqualTo(token));
        Assert.That(IsOther(server, FreshWithToken(server).Token), Is.False);
    }

    [Test]
    public async Task A_token_that_the_log_never_handed_out_is_of_another_history()
    {
        await using var server = SomeServer(1);
        using var seal = new TokenSeal(server.TokenKey);
        Assert.That(seal.TryOpen(FreshWithToken(server).Token, out var head, out var mark));

        Assert.That(IsOther(server, seal.Seal(head, mark + 1, 0)), "another mark");
        Assert.That(IsOther(server, seal.Seal(head.Next, mark, 0)), "beyond the head");
        Assert.That(IsOther(server, seal.Seal(Revision.None, mark, 0)), "the place before all");
        Assert.That(IsOther(server, new Token("nonsense")), "what can't be opened");
        Assert.That(IsOther(server, seal.Seal(head, mark, 0)), Is.False);
    }

    [Test]
    public async Task With_another_history_the_tokens_of_subscribes_count_for_nothing()
    {
        await using var server = SomeServer(3);
        var (held, token) = FreshWithToken(server);
        server.Write(Ops.Rename("c001", "New"));
        var alice = server.Connect("alice", token: new Token("nonsense"));
        var cards = alice.Subscribe(Demo, held, token);

        Assert.That(alice.Received.OfType<ServerMessage.Compare>().Count(), Is.EqualTo(1));
        AssertWhole(server, alice, cards);
    }

    [Test]
    public async Task The_servers_word_counts_also_where_its_version_is_lower()
    {
        await using var server = SomeServer(3);
        var held = Fresh(server).Select(r => new Record(r.Key, r.Version + 7, Ops.Json("""{"title":"of another history","workspaceId":"demo"}"""))).ToArray();
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Demo, held);

        Assert.That(alice.Checkpoints.Single().Records, Has.Length.EqualTo(3));
        AssertWhole(server, alice, cards);
    }

    [Test]
    public async Task Queries_that_mean_the_same_are_one_whoever_wrote_them()
    {
        await using var server = SomeServer(1);
        server.Write(Ops.Set("c000", "deleted", "\"2026-01-02T03:04:05.000000Z\""));
        var alice = server.Connect("alice");
        var query = Demo with { Where = Demo.Where.Add(new QueryCondition.EqualTo(FieldPath.Of("deleted"), CanonicalJson.From("2026-01-02T04:04:05+01:00"))) };

        Assert.That(alice.Ids(alice.Subscribe(query)), Is.EqualTo(new[] { "c000" }));
    }

    internal static TestServer SomeServer(int cards, SessionLimits? limits = null, Func<ITransactionStore, ITransactionStore>? wrap = null)
    {
        var server = new TestServer(limits, wrap);
        server.Write(Ops.Space("demo", "alice", "bob"), Ops.Space("other", "carol"));
        foreach (var some in Enumerable.Range(0, cards).Chunk(500)) server.Write([.. some.Select(i => Ops.Card($"c{i:000}", "demo", rank: i))]);
        return server;
    }

    internal static IReadOnlyList<Record> Fresh(TestServer server, Query? query = null) => FreshWithToken(server, query).Held;

    internal static (IReadOnlyList<Record> Held, Token Token) FreshWithToken(TestServer server, Query? query = null)
    {
        var session = server.Connect("alice");
        var sub = session.Subscribe(query ?? Demo);
        return (session.Records(sub), session.Checkpoints[^1].Token);
    }

    /// <summary>The session holds what a fresh one gets, byte for byte, and was sent nothing that it had.</summary>
    internal static void AssertWhole(TestServer server, TestSession session, long sub, Query? query = null)
    {
        Assert.That(Text(session.Records(sub)), Is.EqualTo(Text(Fresh(server, query))));
        Assert.That(session.Needless, Is.Empty);
        Assert.That(session.Close, Is.Null);
    }

    private static string Text(IEnumerable<Record> records) => string.Join('\n', records.Select(r => $"{r} {r.Fields}"));

    private static bool IsOther(TestServer server, Token token) => server.Connect("alice", token: token).Received.OfType<ServerMessage.Welcome>().Single().IsOtherHistory;
}
