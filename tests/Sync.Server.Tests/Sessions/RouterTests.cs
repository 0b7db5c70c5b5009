namespace Sync.Server.Tests.Sessions;

[TestFixture]
public sealed class RouterTests
{
    [Test]
    public async Task A_change_costs_what_it_matches_and_not_how_many_watch()
    {
        await using var server = new TestServer();
        server.Write([.. Enumerable.Range(0, 500).Select(i => Ops.Space($"s{i}", "alice"))]);
        var alice = server.Connect("alice");
        for (var i = 0; i < 500; i++) alice.Subscribe(Board.CardsOf($"s{i}"));
        var before = server.Router.Tested;

        server.Write(Ops.Card("c1", "s7"));

        Assert.That(server.Router.Tested - before, Is.EqualTo(1));
        Assert.That(alice.Ids(8), Is.EqualTo(new[] { "c1" }));
    }

    [TestCase(100)]
    [TestCase(10_000)]
    [TestCase(100_000)]
    public void Of_any_number_of_subscriptions_the_ten_that_match_are_all_that_is_looked_at(int subscriptions)
    {
        var router = new Router();
        var table = Board.Model.Find("cards")!;
        for (var i = 0; i < subscriptions; i++) Watch(router, table, $"s{i}");
        for (var i = 0; i < 9; i++) Watch(router, table, "s7", limit: i + 1);
        var found = new List<(WatchedQuery Watched, bool Matches)>();
        router.FindQueries(Created("c1", "s7"), found);

        Assert.That((found.Count, router.Tested), Is.EqualTo((10, 10L)));
    }

    [TestCase(100)]
    [TestCase(10_000)]
    public void Of_any_number_of_subscriptions_those_whose_rules_looked_at_a_record_are_all_that_is_looked_at(int subscriptions)
    {
        var router = new Router();
        var table = Board.Model.Find("cards")!;
        for (var i = 0; i < subscriptions; i++)
        {
            var lookup = new RelatedLookup("members", FieldPath.Of("userId"), CanonicalJson.From($"u{i}"));
            router.AddDependencies(Watch(router, table, $"s{i}"), new Dependencies(new HashSet<RecordKey> { Ops.SpaceKey($"s{i}") }, new HashSet<RelatedLookup> { lookup }));
        }
        var found = new HashSet<Subscription>();
        router.FindDependents(Changed("spaces", "s7", """{"name":"s7","memberIds":[]}"""), found);
        router.FindDependents(Changed("members", "m", """{"spaceId":"s9","userId":"u9"}"""), found);

        Assert.That(found.Select(s => s.Id.Value), Is.EquivalentTo(new[] { 8L, 10L }));
    }

    [Test]
    public async Task Sessions_that_watch_the_same_query_cost_one_test()
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", "alice", "bob"));
        var (alice, bob) = (server.Connect("alice"), server.Connect("bob"));
        alice.Subscribe(Board.CardsOf("demo"));
        bob.Subscribe(Board.CardsOf("demo"));
        var before = server.Router.Tested;

        server.Write(Ops.Card("c1", "demo"));

        Assert.That(server.Router.Tested - before, Is.EqualTo(1));
        Assert.That(bob.Ids(1), Is.EqualTo(new[] { "c1" }));
    }

    [Test]
    public async Task A_session_that_left_costs_nothing()
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", "alice"));
        var alice = server.Connect("alice");
        alice.Subscribe(Board.CardsOf("demo"));
        await alice.DisposeAsync();
        var before = server.Router.Tested;

        server.Write(Ops.Card("c1", "demo"));

        Assert.That(server.Router.Tested - before, Is.Zero);
        Assert.That(server.Sessions.SessionCount, Is.Zero);
    }

    private static long _lastId;

    [SetUp]
    public void CountFromOne() => _lastId = 0;

    private static Subscription Watch(Router router, TableModel table, string space, int? limit = null)
    {
        var subscription = new Subscription(null!, new SubscriptionId(++_lastId), Board.CardsOf(space) with { Limit = limit }, table);
        router.Add(subscription);
        return subscription;
    }

    private static RecordChange Created(string id, string space) => Changed("cards", id, $$"""{"workspaceId":"{{space}}","title":"Card"}""");

    private static RecordChange Changed(string table, string id, string json) => new(null, new Record(new RecordKey(table, id), 1, Ops.Json(json)));
}
