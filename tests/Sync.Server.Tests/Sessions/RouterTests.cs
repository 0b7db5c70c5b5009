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
}
