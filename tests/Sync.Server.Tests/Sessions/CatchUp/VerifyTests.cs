namespace Sync.Server.Tests.Sessions;

/// <summary>The digests that go with checkpoints now and then. <see cref="TestSession"/> compares each with what it holds.</summary>
public sealed class VerifyTests
{
    private static readonly Query Demo = Board.CardsOf("demo");

    [Test]
    public async Task A_digest_goes_to_each_subscription_when_it_is_asked_for()
    {
        await using var server = ClaimTests.SomeServer(3);
        var alice = server.Connect("alice");
        var (cards, window) = (alice.Subscribe(Demo), alice.Subscribe(Board.FirstCardsOf("demo", 2)));
        alice.Skip();
        server.Sessions.VerifyNow();

        Assert.That(DigestsOf(alice, cards).Single(), Is.EqualTo(Digest.Of(alice.Records(cards))));
        Assert.That(DigestsOf(alice, window).Single(), Is.EqualTo(Digest.Of(alice.Records(window))));
        Assert.That(alice.Checkpoints.SelectMany(c => c.Records), Is.Empty);
    }

    [Test]
    public async Task A_digest_alone_brings_no_token()
    {
        await using var server = ClaimTests.SomeServer(3);
        var alice = server.Connect("alice");
        alice.Subscribe(Demo);
        alice.Skip();
        server.Write(Ops.Card("hidden", "other"));
        server.Sessions.VerifyNow();

        Assert.That(alice.Checkpoints.Single().Token.IsNone, "or it would tell that something happened");
    }

    [Test]
    public async Task A_digest_goes_out_every_so_often()
    {
        await using var server = ClaimTests.SomeServer(3, new SessionLimits { VerifyEvery = TimeSpan.FromSeconds(40) });
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Demo);
        for (var i = 0; i < 24; i++)
        {
            server.Time.Advance(TimeSpan.FromSeconds(5));
            alice.Send(ClientMessage.Ping.Instance);
        }

        Assert.That(DigestsOf(alice, cards).Count(), Is.EqualTo(3));
    }

    [Test]
    public async Task A_digest_waits_for_the_next_time_where_rows_change_before_it_leaves()
    {
        await using var server = ClaimTests.SomeServer(3);
        var alice = server.Connect("alice", capacity: 1);
        var cards = alice.Subscribe(Demo);
        _ = alice.Received;
        alice.Skip();
        for (var i = 0; i < 3; i++) server.Write(Ops.Rename("c001", $"Fills the pipe {i}"));
        server.Sessions.VerifyNow();
        server.Write(Ops.Rename("c001", "Overtakes the digest"));
        Assert.That(DigestsOf(alice, cards), Is.Empty);

        server.Sessions.VerifyNow();
        Assert.That(DigestsOf(alice, cards).Single(), Is.EqualTo(Digest.Of(alice.Records(cards))));
    }

    [Test]
    public async Task A_digest_waits_for_the_next_time_where_rows_change_while_it_is_made()
    {
        SlowStore? store = null;
        await using var server = ClaimTests.SomeServer(3, wrap: inner => store = new SlowStore(inner));
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Demo);
        server.LetSharedResultsAge();
        store!.Hold();
        server.Sessions.VerifyNow();
        server.Write(Ops.Rename("c001", "Overtakes the digest"));
        store.Release();
        Assert.That(DigestsOf(alice, cards), Is.Empty);

        server.Sessions.VerifyNow();
        Assert.That(DigestsOf(alice, cards).Single(), Is.EqualTo(Digest.Of(alice.Records(cards))));
    }

    [Test]
    public async Task A_digest_goes_with_the_rows_that_wait_before_it()
    {
        await using var server = ClaimTests.SomeServer(3);
        var alice = server.Connect("alice", capacity: 1);
        var cards = alice.Subscribe(Demo);
        alice.Skip();
        _ = alice.Received;
        for (var i = 0; i < 3; i++) server.Write(Ops.Rename("c001", $"Fills the pipe {i}"));
        server.Write(Ops.Rename("c002", "Waits"));
        server.Sessions.VerifyNow();

        Assert.That(DigestsOf(alice, cards).Single(), Is.EqualTo(Digest.Of(alice.Records(cards))));
        Assert.That(alice.Checkpoints[^1].Records.Select(r => r.Id), Is.EqualTo(new[] { "c002" }));
    }

    [Test]
    public async Task No_digest_goes_out_during_a_comparison_or_a_load()
    {
        await using var server = ClaimTests.SomeServer(100, new SessionLimits { MaxPartRecords = 10 });
        var compared = server.Connect("alice");
        compared.Answers = _ => null;
        compared.Subscribe(Demo, ClaimTests.Fresh(server).Skip(1));
        var loading = server.Connect("alice", capacity: 1);
        loading.Subscribe(Demo);
        server.Sessions.VerifyNow();

        Assert.That(loading.Checkpoints.SelectMany(c => c.Subscriptions).Where(d => d.Digest is not null), Is.Empty);
        Assert.That(compared.Checkpoints, Is.Empty);
    }

    [Test]
    public async Task A_client_of_the_guides_dialect_hears_of_no_digest()
    {
        await using var server = ClaimTests.SomeServer(1);
        var alice = server.Dial("alice");
        alice.Send("""{"type":"subscribe","key":"cards:c000"}""");
        _ = alice.Received;
        alice.Skip();
        server.Sessions.VerifyNow();

        Assert.That(alice.Transcript, Is.Empty);
    }

    private static IEnumerable<Digest> DigestsOf(TestSession session, long sub) =>
        session.Checkpoints.SelectMany(c => c.Subscriptions).Where(d => d.Sub.Value == sub).Select(d => d.Digest).OfType<Digest>();
}
