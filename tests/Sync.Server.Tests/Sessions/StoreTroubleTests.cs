namespace Sync.Server.Tests.Sessions;

/// <summary>What the simulator found about stores that forget or fail at the wrong moment.</summary>
[TestFixture]
public sealed class StoreTroubleTests
{
    [Test]
    public async Task A_store_that_fails_while_sessions_are_set_up_does_not_silence_them_for_ever()
    {
        var disk = new InMemoryStore(new Random(1).NextBytes);
        await using (var before = new TestServer(wrap: _ => new TestStore(inner: disk))) before.Write(Ops.Space("a", "ann"), Ops.Card("c1", "a"));
        var store = new TestStore(inner: disk);
        store.OnReadLog.Enqueue(new IOException("disk"));

        await using var server = new TestServer(wrap: _ => store);
        var session = server.Connect("ann");
        var cards = session.Subscribe(Board.CardsOf("a"));

        Assert.That(session.Ids(cards), Is.EqualTo(new[] { "c1" }));
        Assert.That(server.Log.Errors.Single(), Does.Contain("log could not be read"));
        server.Log.Errors.Clear();
    }

    [Test]
    public async Task Sessions_of_a_node_that_the_log_was_trimmed_beyond_are_sent_away_to_come_back_whole()
    {
        var disk = new InMemoryStore(new Random(1).NextBytes, maxLogEntries: 1);
        await using var server = new TestServer(wrap: _ => new TestStore(inner: disk));
        server.Write(Ops.Space("a", "ann"), Ops.Card("c1", "a"));
        var session = server.Connect("ann");
        session.Subscribe(Board.CardsOf("a"));
        _ = session.Received;

        await using (var other = new TestServer(wrap: _ => new TestStore(inner: disk)) { Name = "other" })
        {
            other.Write(Ops.Rename("c1", "by another node"));
            other.Write(Ops.Card("c2", "a"));
        }
        server.Write(Ops.Card("c3", "a"));
        Assert.That(session.Close?.Code, Is.EqualTo(TransportClose.TryAgainLater), "what it missed cannot be told one by one");

        var back = server.Connect("ann");
        var cards = back.Subscribe(Board.CardsOf("a"));
        Assert.That(back.Ids(cards), Is.EqualTo(new[] { "c1", "c2", "c3" }));
        server.Log.Errors.RemoveAll(error => error.Contains("no longer reaches back", StringComparison.Ordinal));
    }
}
