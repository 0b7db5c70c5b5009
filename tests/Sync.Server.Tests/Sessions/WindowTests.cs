namespace Sync.Server.Tests.Sessions;

[TestFixture]
public sealed class WindowTests
{
    private static readonly string[] FirstThree = ["c0", "c1", "c2"];

    private static TestServer SomeServer()
    {
        var server = new TestServer();
        server.Write([Ops.Space("demo", "alice"), Ops.Space("private", "carol"), .. Enumerable.Range(0, 6).Select(i => Ops.Card($"c{i}", "demo", rank: i * 10))]);
        return server;
    }

    [Test]
    public async Task A_window_holds_the_first_rows()
    {
        await using var server = SomeServer();
        var alice = server.Connect("alice");
        Assert.That(alice.Ids(alice.Subscribe(Board.FirstCardsOf("demo", 3))), Is.EqualTo(FirstThree));
    }

    [Test]
    public async Task A_row_that_sorts_in_pushes_the_last_one_out()
    {
        await using var server = SomeServer();
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Board.FirstCardsOf("demo", 3));
        server.Write(Ops.Card("new", "demo", rank: 5));
        Assert.That(alice.Ids(cards), Is.EqualTo(new[] { "c0", "c1", "new" }));
    }

    [Test]
    public async Task A_row_that_leaves_is_replaced_from_behind()
    {
        await using var server = SomeServer();
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Board.FirstCardsOf("demo", 3));
        server.Write(Ops.Delete("c1"));
        Assert.That(alice.Ids(cards), Is.EqualTo(new[] { "c0", "c2", "c3" }));
    }

    [Test]
    public async Task A_row_that_moves_behind_the_window_is_replaced()
    {
        await using var server = SomeServer();
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Board.FirstCardsOf("demo", 3));
        server.Write(Ops.Set("c0", "rank", "100"));
        Assert.That(alice.Ids(cards), Is.EqualTo(new[] { "c1", "c2", "c3" }));
    }

    [Test]
    public async Task A_last_row_that_moves_back_but_stays_within_is_kept()
    {
        await using var server = SomeServer();
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Board.FirstCardsOf("demo", 3));
        server.Write(Ops.Set("c2", "rank", "25"));
        Assert.That(alice.Ids(cards), Is.EqualTo(FirstThree));
        Assert.That(alice.Row(cards, "c2").Fields["rank"].AsInt64(), Is.EqualTo(25));
    }

    [Test]
    public async Task A_window_is_filled_over_rows_that_may_not_be_read()
    {
        await using var server = new TestServer();
        server.Write([Ops.Space("private", "carol"), Ops.Space("demo", "alice"), .. Enumerable.Range(0, 200).Select(i => Ops.Card($"p{i:000}", "private", rank: i)), Ops.Card("mine", "demo", rank: 1000)]);
        var alice = server.Connect("alice");
        var both = new Query
        {
            Table = "cards",
            Where = [new QueryCondition.AnyOf(FieldPath.Of("workspaceId"), [CanonicalJson.From("demo"), CanonicalJson.From("private")])],
            OrderBy = [new SortField(FieldPath.Of("rank"))],
            Limit = 2,
        };
        Assert.That(alice.Ids(alice.Subscribe(both)), Is.EqualTo(new[] { "mine" }));
    }

    [Test]
    public async Task A_window_with_room_takes_rows_in_and_lets_them_go_without_reading()
    {
        await using var server = SomeServer();
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Board.FirstCardsOf("demo", 10));
        server.Write(Ops.Card("new", "demo", rank: 999));
        server.Write(Ops.Delete("c0"));
        Assert.That(alice.Ids(cards), Is.EqualTo(new[] { "c1", "c2", "c3", "c4", "c5", "new" }));
    }

    [Test]
    public async Task Any_run_of_changes_leaves_a_window_as_a_fresh_one_finds_it([Values(1, 2, 3, 4, 5, 6, 7, 8)] int seed)
    {
        await using var server = SomeServer();
        var alice = server.Connect("alice");
        var windows = new[] { 1, 3, 5, 8 }.Select(limit => (Limit: limit, Sub: alice.Subscribe(Board.FirstCardsOf("demo", limit)))).ToArray();
        var random = new Random(seed);
        var live = Enumerable.Range(0, 6).Select(i => $"c{i}").ToList();
        for (var i = 0; i < 60; i++)
        {
            var card = live[random.Next(live.Count)];
            switch (random.Next(4))
            {
                case 0:
                    live.Add($"n{i}");
                    server.Write(Ops.Card($"n{i}", "demo", rank: random.Next(60)));
                    break;
                case 1 when live.Count > 2:
                    live.Remove(card);
                    server.Write(Ops.Delete(card));
                    break;
                case 2: server.Write(Ops.Set(card, "workspaceId", random.Next(2) == 0 ? "\"private\"" : "\"demo\"")); break;
                default: server.Write(Ops.Set(card, "rank", $"{random.Next(60)}")); break;
            }
        }

        var fresh = server.Connect("alice");
        foreach (var (limit, sub) in windows)
        {
            Assert.That(alice.Ids(sub), Is.EqualTo(fresh.Ids(fresh.Subscribe(Board.FirstCardsOf("demo", limit)))), $"limit {limit}, seed {seed}");
        }
    }
}
