namespace Sync.Server.Tests.Sessions;

/// <summary>How it is found out what a session holds that claims something else than the result.</summary>
public sealed class ComparisonTests
{
    private static readonly Query Demo = Board.CardsOf("demo");

    [Test]
    public async Task A_small_result_is_compared_by_one_inventory()
    {
        await using var server = ClaimTests.SomeServer(20);
        var held = Changed(ClaimTests.Fresh(server), stale: ["c003"], wrong: ["c004"], missing: ["c005"], extra: ["gone"]);
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Demo, held);

        var compare = alice.Received.OfType<ServerMessage.Compare>().Single();
        Assert.That((compare.Path, compare.Buckets.Length), Is.EqualTo((BucketPath.Root, 0)));
        var delta = alice.Checkpoints.Single().Subscriptions.Single();
        Assert.That(delta.In, Is.EqualTo(new[] { "c003", "c004", "c005" }));
        Assert.That(delta.Out, Is.EqualTo(new[] { "gone" }));
        ClaimTests.AssertWhole(server, alice, cards);
    }

    [Test]
    public async Task A_large_result_is_divided_and_only_what_differs_is_told()
    {
        await using var server = ClaimTests.SomeServer(1000);
        var told = 0;
        var held = Changed(ClaimTests.Fresh(server), stale: ["c003"], missing: ["c500"]);
        var alice = server.Connect("alice");
        alice.Answers = compare =>
        {
            var answer = alice.AnswerTo(compare);
            told += answer.Buckets.Sum(b => b.Entries.Length);
            return answer;
        };
        var cards = alice.Subscribe(Demo, held);

        Assert.That(alice.Checkpoints.Single().Records.Select(r => r.Id), Is.EqualTo(new[] { "c003", "c500" }));
        Assert.That(alice.Received.OfType<ServerMessage.Compare>().Single().Buckets, Has.Length.EqualTo(BucketPath.Children));
        Assert.That(told, Is.InRange(1, 64));
        ClaimTests.AssertWhole(server, alice, cards);
    }

    [Test]
    public async Task Buckets_that_are_still_large_are_divided_again()
    {
        await using var server = ClaimTests.SomeServer(6000);
        var fresh = ClaimTests.Fresh(server);
        var held = Changed(fresh, stale: [.. fresh.Where((_, i) => i % 100 == 7).Select(r => r.Id)], missing: ["c001", "c002"], extra: ["x1", "x2"]);
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Demo, held);

        Assert.That(alice.Received.OfType<ServerMessage.Compare>().Select(c => c.Path.Level).Distinct(), Is.EqualTo(new[] { 0, 1 }));
        ClaimTests.AssertWhole(server, alice, cards);
    }

    [TestCase(0, 300)]
    [TestCase(300, 1)]
    [TestCase(1, 300)]
    [TestCase(5000, 10)]
    public async Task One_end_may_hold_much_more_than_the_other(int ours, int theirs)
    {
        await using var server = ClaimTests.SomeServer(ours);
        var held = Enumerable.Range(0, theirs).Select(i => new Record(Ops.CardKey($"x{i}"), 1, Ops.Json("""{"workspaceId":"demo"}""")));
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Demo, held);

        ClaimTests.AssertWhole(server, alice, cards);
    }

    [Test]
    public async Task A_large_difference_goes_in_parts_beside_the_stream()
    {
        await using var server = ClaimTests.SomeServer(300, new SessionLimits { MaxPartRecords = 50 });
        server.Write(Ops.Space("side", "alice"), Ops.Card("s1", "side"));
        var held = Changed(ClaimTests.Fresh(server), missing: [.. Enumerable.Range(0, 120).Select(i => $"c{i:000}")], extra: ["gone"]);
        var alice = server.Connect("alice", capacity: 1);
        var side = alice.Subscribe(Board.CardsOf("side"));
        var cards = alice.Subscribe(Demo, held);

        Assert.That(alice.Received.OfType<ServerMessage.Part>().Select(p => p.Records.Length), Is.EqualTo(new[] { 50, 50, 20 }));
        server.Write(Ops.Rename("s1", "Meanwhile"));
        Assert.That(alice.Row(side, "s1").Fields["title"].AsString(), Is.EqualTo("Meanwhile"));
        ClaimTests.AssertWhole(server, alice, cards);
    }

    [Test]
    public async Task What_changes_while_parts_of_a_difference_wait_goes_as_it_is_then()
    {
        await using var server = ClaimTests.SomeServer(200, new SessionLimits { MaxPartRecords = 20 });
        var stale = Enumerable.Range(120, 40).Select(i => $"c{i:000}").ToArray();
        var held = Changed(ClaimTests.Fresh(server), stale, missing: [.. Enumerable.Range(0, 60).Select(i => $"c{i:000}")], extra: ["gone"]);
        var alice = server.Connect("alice", capacity: 1);
        alice.Answers = compare =>
        {
            alice.Send(alice.AnswerTo(compare));
            server.Write(Ops.Rename("c001", "Staged"), Ops.Rename("c050", "Staged"), Ops.Delete("c051"), Ops.Rename("c100", "Held"), Ops.Delete("c101"), Ops.Card("gone", "demo"), Ops.Card("new", "demo"));
            server.Write([Ops.Delete("gone"), Ops.Delete("new"), .. stale.Take(20).Select(Ops.Delete)]);
            return null;
        };
        var cards = alice.Subscribe(Demo, held);

        ClaimTests.AssertWhole(server, alice, cards);
        Assert.That(alice.Transcript, Does.Not.Contain("\"new\""));
    }

    [Test]
    public async Task What_changes_during_a_comparison_comes_at_its_end()
    {
        await using var server = ClaimTests.SomeServer(200);
        var held = Changed(ClaimTests.Fresh(server), stale: ["c003", "c004"], missing: ["c005", "c006"], extra: ["x1", "x2"]);
        var (alice, answer) = Asked(server, held, out var cards);

        server.Write(Ops.Rename("c003", "Stale and changed"), Ops.Delete("c004"), Ops.Rename("c005", "Missing and changed"), Ops.Delete("c006"), Ops.Card("x1", "demo"));
        server.Write(Ops.Rename("c100", "Held and changed"), Ops.Delete("c101"), Ops.Card("new", "demo"), Ops.Card("shortlived", "demo"), Ops.Card("x2", "demo"));
        server.Write(Ops.Delete("shortlived"), Ops.Delete("x2"));
        Assert.That(alice.Checkpoints, Is.Empty);
        alice.Send(answer());

        var delta = alice.Checkpoints.Single().Subscriptions.Single();
        Assert.That(delta.In, Is.EqualTo(new[] { "c003", "c005", "c100", "new", "x1" }));
        Assert.That(delta.Out, Is.EqualTo(new[] { "c004", "c101", "x2" }));
        Assert.That(alice.Transcript, Does.Not.Contain("shortlived").And.Not.Contain("c006"));
        ClaimTests.AssertWhole(server, alice, cards);
    }

    [Test]
    public async Task A_right_that_is_lost_during_a_comparison_is_lost()
    {
        await using var server = ClaimTests.SomeServer(3);
        var (alice, answer) = Asked(server, Changed(ClaimTests.Fresh(server), stale: ["c001"], missing: ["c002"]), out var cards);

        server.Write(Ops.Leave("demo", "alice"));
        alice.Send(answer());

        Assert.That(alice.Checkpoints.Single().Records, Is.Empty);
        Assert.That(alice.Checkpoints.Single().Subscriptions.Single().Out, Is.EqualTo(new[] { "c000", "c001" }));
        Assert.That(alice.Ids(cards), Is.Empty);
    }

    [Test]
    public async Task The_other_subscriptions_go_on_during_a_comparison()
    {
        await using var server = ClaimTests.SomeServer(3);
        server.Write(Ops.Space("side", "alice"), Ops.Card("s1", "side"));
        var (alice, answer) = Asked(server, Changed(ClaimTests.Fresh(server), stale: ["c001"]), out var cards);
        var side = alice.Subscribe(Board.CardsOf("side"));
        server.Write(Ops.Rename("s1", "Meanwhile"));
        alice.Push(Ops.Rename("c002", "Mine"));

        Assert.That(alice.Row(side, "s1").Fields["title"].AsString(), Is.EqualTo("Meanwhile"));
        Assert.That(alice.Receipts.Single().Receipt.IsAccepted);
        alice.Send(answer());
        ClaimTests.AssertWhole(server, alice, cards);
    }

    [Test]
    public async Task A_subscription_that_is_closed_during_its_comparison_is_forgotten()
    {
        await using var server = ClaimTests.SomeServer(3);
        var (alice, answer) = Asked(server, Changed(ClaimTests.Fresh(server), stale: ["c001"]), out var cards);

        alice.Send(new ClientMessage.Unsubscribe(new(cards)));
        alice.Send(answer());
        server.Write(Ops.Rename("c001", "New"));

        Assert.That(alice.Checkpoints, Is.Empty);
        Assert.That(alice.Close, Is.Null);
        Assert.That(alice.Received.OfType<ServerMessage.Error>(), Is.Empty);
    }

    [TestCase("nothing was asked")]
    [TestCase("another bucket")]
    [TestCase("the bucket and another")]
    [TestCase("nothing at all")]
    [TestCase("an entry that does not belong")]
    [TestCase("an entry twice")]
    [TestCase("a bucket twice")]
    [TestCase("told and deeper")]
    [TestCase("a grandchild")]
    public async Task An_inventory_that_answers_nothing_that_was_asked_refuses_the_subscription_alone(string what)
    {
        await using var server = ClaimTests.SomeServer(what is "nothing at all" or "another bucket" or "the bucket and another" ? 3 : 200);
        server.Write(Ops.Space("side", "alice"), Ops.Card("s1", "side"));
        var (alice, answer) = Asked(server, Changed(ClaimTests.Fresh(server), stale: ["c001"]), out var cards);
        var good = answer();
        var entry = new InventoryEntry("c001", 1, default);
        var child = BucketPath.Root.Child(BucketPath.Root.ChildOf("c001"));
        var other = BucketPath.Root.Child((BucketPath.Root.ChildOf("c001") + 1) % 64);
        if (what == "nothing was asked") alice.Send(good);
        alice.Send(what switch
        {
            "nothing was asked" => good,
            "another bucket" => new ClientMessage.Inventory(good.Sub, [new(child, [])], []),
            "the bucket and another" => new ClientMessage.Inventory(good.Sub, [.. good.Buckets, new(child, [])], []),
            "nothing at all" => new ClientMessage.Inventory(good.Sub, [], []),
            "an entry that does not belong" => new ClientMessage.Inventory(good.Sub, [new(other, [entry])], []),
            "an entry twice" => new ClientMessage.Inventory(good.Sub, [new(child, [entry, entry])], []),
            "a grandchild" => new ClientMessage.Inventory(good.Sub, [new(child.Child(0), [])], []),
            "a bucket twice" => new ClientMessage.Inventory(good.Sub, [new(child, [entry]), new(child, [])], []),
            _ => new ClientMessage.Inventory(good.Sub, [new(child, [entry])], [child]),
        });

        var error = alice.Received.OfType<ServerMessage.Error>().Single();
        Assert.That((error.Code, error.Sub), Is.EqualTo((ErrorCodes.BadInventory, good.Sub)));
        Assert.That(alice.Ids(alice.Subscribe(Board.CardsOf("side"))), Is.EqualTo(new[] { "s1" }), "the session goes on");
        server.Write(Ops.Rename("c001", "New"));
        Assert.That(alice.Checkpoints.SelectMany(c => c.Subscriptions).Where(d => d.Sub.Value == cards && !d.IsKept), Is.Empty);
    }

    [Test]
    public async Task A_client_that_always_wants_to_go_deeper_comes_to_an_end()
    {
        await using var server = ClaimTests.SomeServer(200);
        var alice = server.Connect("alice");
        var asked = 0;
        alice.Answers = compare =>
        {
            asked++;
            return compare.Path.Level < BucketPath.MaxLevel - 1
                ? new ClientMessage.Inventory(compare.Sub, [], [.. Enumerable.Range(0, BucketPath.Children).Select(compare.Path.Child)])
                : alice.AnswerTo(compare);
        };
        alice.Subscribe(Demo, Changed(ClaimTests.Fresh(server), stale: ["c001"]));

        Assert.That(alice.Received.OfType<ServerMessage.Error>().Single().Code, Is.EqualTo(ErrorCodes.BadInventory));
        Assert.That(asked, Is.LessThanOrEqualTo(1024));
    }

    [Test]
    public async Task A_comparison_that_the_client_leaves_is_given_up()
    {
        await using var server = ClaimTests.SomeServer(3, new SessionLimits { CompareTimeout = TimeSpan.FromSeconds(20) });
        var (alice, _) = Asked(server, Changed(ClaimTests.Fresh(server), stale: ["c001"]), out var cards);
        for (var i = 0; i < 3; i++)
        {
            server.Time.Advance(TimeSpan.FromSeconds(5));
            alice.Send(ClientMessage.Ping.Instance);
            Assert.That(alice.Received.OfType<ServerMessage.Error>(), Is.Empty);
        }
        server.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.That(alice.Received.OfType<ServerMessage.Error>().Single(), Is.EqualTo(new ServerMessage.Error(ErrorCodes.BadInventory, "The inventory that was asked for did not come.", new(cards))));
        Assert.That(alice.Close, Is.Null);
    }

    [Test]
    public async Task A_session_that_lets_too_much_wait_for_a_comparison_is_too_slow()
    {
        await using var server = ClaimTests.SomeServer(10, new SessionLimits { MaxHeldBackBytes = 2000 });
        var (alice, _) = Asked(server, Changed(ClaimTests.Fresh(server), stale: ["c001"]), out _);
        for (var i = 0; i < 20; i++) server.Write(Ops.Rename("c001", $"Title {i}"));
        Assert.That(alice.Close, Is.Null, "a row waits once");
        server.Write([.. Enumerable.Range(0, 20).Select(i => Ops.Card($"n{i}", "demo"))]);

        Assert.That(alice.Close?.Code, Is.EqualTo(TransportClose.TooSlow));
    }

    /// <summary>A session whose claim is being compared, and the answer that it is yet to give.</summary>
    private static (TestSession Session, Func<ClientMessage.Inventory> Answer) Asked(TestServer server, IReadOnlyList<Record> held, out long sub)
    {
        var session = server.Connect("alice");
        session.Answers = _ => null;
        sub = session.Subscribe(Demo, held);
        Assert.That(session.Received.OfType<ServerMessage.Compare>().Count(), Is.EqualTo(1));
        return (session, () => session.AnswerTo(session.Received.OfType<ServerMessage.Compare>().Last()));
    }

    private static IReadOnlyList<Record> Changed(IEnumerable<Record> records, string[]? stale = null, string[]? wrong = null, string[]? missing = null, string[]? extra = null) =>
    [
        .. records.Where(r => missing?.Contains(r.Id) != true).Select(r =>
            stale?.Contains(r.Id) == true ? new Record(r.Key, r.Version + 100, Ops.Json("""{"title":"old"}"""))
            : wrong?.Contains(r.Id) == true ? new Record(r.Key, r.Version, Ops.Json("""{"title":"wrong"}"""))
            : r),
        .. (extra ?? []).Select(id => new Record(Ops.CardKey(id), 1, Ops.Json("""{"workspaceId":"demo"}"""))),
    ];
}
