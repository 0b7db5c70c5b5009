namespace Sync.Server.Tests.Sessions;

[TestFixture]
public sealed class LiveUpdateTests
{
    [Test]
    public async Task A_subscription_is_answered_with_what_matches_and_may_be_read()
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", "alice"), Ops.Space("other", "bob"), Ops.Card("c1", "demo"), Ops.Card("c2", "demo"), Ops.Card("c3", "other"));

        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Board.CardsOf("demo"));

        Assert.That(alice.Ids(cards), Is.EqualTo(new[] { "c1", "c2" }));
        Assert.That(alice.Checkpoints.Single().Subscriptions.Single().IsLoaded);
    }

    [Test]
    public async Task An_empty_result_is_loaded_too()
    {
        await using var server = new TestServer();
        var alice = server.Connect("alice");
        alice.Subscribe(Board.CardsOf("demo"));

        var delta = alice.Checkpoints.Single().Subscriptions.Single();
        Assert.That((delta.IsLoaded, delta.In.Length, delta.Out.Length), Is.EqualTo((true, 0, 0)));
    }

    [Test]
    public async Task Two_sessions_see_each_others_change_in_one_checkpoint()
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", "alice", "bob"), Ops.Card("c1", "demo"), Ops.Card("c2", "demo"));
        var (alice, bob) = (server.Connect("alice"), server.Connect("bob"));
        var (aliceCards, bobCards) = (alice.Subscribe(Board.CardsOf("demo")), bob.Subscribe(Board.CardsOf("demo")));
        alice.Skip();
        bob.Skip();

        alice.Push(Ops.Rename("c1", "First"), Ops.Rename("c2", "Second"));
        Assert.That(bob.Checkpoints, Has.Count.EqualTo(1));
        Assert.That(bob.Row(bobCards, "c1").Fields["title"].AsString(), Is.EqualTo("First"));
        Assert.That(bob.Row(bobCards, "c2").Fields["title"].AsString(), Is.EqualTo("Second"));

        bob.Push(Ops.Rename("c1", "Bob's"));
        Assert.That(alice.Row(aliceCards, "c1").Fields["title"].AsString(), Is.EqualTo("Bob's"));
    }

    [Test]
    public async Task One_transaction_reaches_a_session_whole_over_all_its_subscriptions()
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("a", "alice"), Ops.Space("b", "alice"), Ops.Card("c1", "a"));
        var alice = server.Connect("alice");
        var (a, b) = (alice.Subscribe(Board.CardsOf("a")), alice.Subscribe(Board.CardsOf("b")));
        alice.Skip();

        server.Write(Ops.Set("c1", "workspaceId", "\"b\""));

        var checkpoint = alice.Checkpoints.Single();
        Assert.That(checkpoint.Records, Has.Length.EqualTo(1));
        Assert.That(checkpoint.Subscriptions.Select(s => (s.Sub.Value, string.Join(',', s.In), string.Join(',', s.Out))), Is.EqualTo(new[] { (a, "", "c1"), (b, "c1", "") }));
    }

    [Test]
    public async Task A_deleted_record_is_retracted_and_a_restored_one_comes_back()
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", "alice"), Ops.Card("c1", "demo"));
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Board.CardsOf("demo"));
        var single = alice.Subscribe(Query.ForRecord(Ops.CardKey("c1")));

        server.Write(Ops.Delete("c1"));
        Assert.That(alice.Ids(cards), Is.Empty);
        Assert.That(alice.Ids(single), Is.Empty);

        server.Write(new Operation.Restore(Ops.CardKey("c1")));
        Assert.That(alice.Ids(cards), Is.EqualTo(new[] { "c1" }));
        Assert.That(alice.Ids(single), Is.EqualTo(new[] { "c1" }));
    }

    [Test]
    public async Task What_comes_for_a_closed_subscription_is_not_sent()
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", "alice"));
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Board.CardsOf("demo"));
        alice.Send(new ClientMessage.Unsubscribe(new SubscriptionId(cards)));
        alice.Skip();

        server.Write(Ops.Card("c1", "demo"));

        Assert.That(alice.Received, Is.Empty);
        Assert.That(server.Sessions.SubscriptionCount, Is.Zero);
    }

    [Test]
    public async Task A_change_that_touches_nothing_of_a_session_sends_nothing()
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", "alice"), Ops.Space("other", "bob"), Ops.Card("c1", "demo"));
        var alice = server.Connect("alice");
        alice.Subscribe(Board.CardsOf("demo"));
        alice.Skip();

        server.Write(Ops.Card("c9", "other"));

        Assert.That(alice.Received, Is.Empty);
    }

    [Test]
    public async Task A_whole_small_table_is_watched()
    {
        await using var server = new TestServer();
        server.Write(new Operation.Create(new RecordKey("members", "m1"), Ops.Json("""{"spaceId":"notes","userId":"alice"}""")), Ops.Note("n1"));
        var alice = server.Connect("alice");
        var notes = alice.Subscribe(Board.AllNotes);

        server.Write(Ops.Note("n2"));

        Assert.That(alice.Ids(notes), Is.EqualTo(new[] { "n1", "n2" }));
    }

    [Test]
    public async Task An_element_of_an_indexed_list_finds_its_watchers()
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", "alice"), Ops.Card("c1", "demo"));
        var alice = server.Connect("alice");
        var red = alice.Subscribe(new Query { Table = "cards", Where = [new QueryCondition.Contains(FieldPath.Of("tags"), CanonicalJson.From("red"))] });

        server.Write(new Operation.ListInsert(Ops.CardKey("c1"), FieldPath.Of("tags"), CanonicalJson.From("red"), ListPosition.AtEnd));
        Assert.That(alice.Ids(red), Is.EqualTo(new[] { "c1" }));

        server.Write(new Operation.ListRemove(Ops.CardKey("c1"), FieldPath.Of("tags"), CanonicalJson.From("red")));
        Assert.That(alice.Ids(red), Is.Empty);
    }

    [Test]
    public async Task A_large_first_result_comes_in_bounded_parts_and_joins_in_a_checkpoint()
    {
        await using var server = new TestServer(new SessionLimits { MaxPartRecords = 10 });
        server.Write([Ops.Space("demo", "alice"), .. Enumerable.Range(0, 35).Select(i => Ops.Card($"c{i:00}", "demo"))]);
        var alice = server.Connect("alice");
        var cards = alice.Subscribe(Board.CardsOf("demo"));

        Assert.That(alice.Ids(cards), Has.Count.EqualTo(35));
        Assert.That(alice.Received.OfType<ServerMessage.Part>().Select(p => p.Records.Length), Is.EqualTo(new[] { 10, 10, 10, 5 }));
        Assert.That(alice.Checkpoints.Single().Records, Is.Empty);
    }

    [Test]
    public async Task A_token_is_of_one_length_and_stands_only_where_it_is_new()
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", "alice", "bob"), Ops.Card("c1", "demo"));
        var (alice, bob) = (server.Connect("alice"), server.Connect("bob"));
        alice.Subscribe(Board.CardsOf("demo"));
        bob.Subscribe(Board.CardsOf("demo"));
        for (var i = 0; i < 20; i++) server.Write(Ops.Rename("c1", $"Title {i}"));

        var tokens = alice.Checkpoints.Select(c => c.Token).ToArray();
        Assert.That(tokens.Select(t => t.Value.Length).Distinct(), Has.Exactly(1).Items);
        Assert.That(tokens, Is.Unique);
        Assert.That(tokens.Skip(1), Is.EqualTo(bob.Checkpoints.Select(c => c.Token).Skip(1)), "one token a change, for all sessions");
    }

    [Test]
    public async Task A_load_brings_a_token_of_its_own([Values] bool somethingHiddenHappens)
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", "alice"), Ops.Space("hidden", "bob"), Ops.Card("c1", "demo"));
        var (alice, other) = (server.Connect("alice"), server.Connect("alice"));
        foreach (var (session, number) in new[] { alice, other, alice, alice }.Select((session, number) => (session, number)))
        {
            session.Subscribe(Query.ForRecord(Ops.CardKey($"guessed {number}")));
            if (somethingHiddenHappens) server.Write(Ops.Card($"h{number}", "hidden"));
        }

        var tokens = alice.Checkpoints.Concat(other.Checkpoints).Select(c => c.Token).ToArray();
        Assert.That(tokens, Has.Length.EqualTo(4).And.Unique);
        Assert.That(tokens, Has.None.EqualTo(Token.None));
    }

    [Test]
    public async Task A_rejection_behind_a_digest_brings_no_token([Values] bool somethingHiddenHappens)
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", "alice"), Ops.Space("hidden", "bob"), Ops.Card("c1", "demo"));
        var alice = server.Connect("alice");
        alice.Subscribe(Board.CardsOf("demo"));
        alice.Skip();
        if (somethingHiddenHappens) server.Write(Ops.Card("c2", "hidden"));
        server.Sessions.VerifyNow();
        alice.Push(Ops.Rename("guessed", "New"));

        Assert.That(alice.Checkpoints.Select(c => c.Token.IsNone), Is.EqualTo(new[] { true, true }));
        Assert.That(alice.Checkpoints[1].Receipts.Single().Receipt.IsAccepted, Is.False);
    }

    [Test]
    public async Task An_update_is_encoded_once_for_all_its_sessions()
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", [.. Enumerable.Range(0, 50).Select(i => $"u{i}")]), Ops.Card("c1", "demo"));
        var sessions = Enumerable.Range(0, 50).Select(i => server.Connect($"u{i}")).ToArray();
        foreach (var session in sessions) session.Subscribe(Board.CardsOf("demo"));
        var before = server.Sessions.Context.Encoder.EncodedCheckpoints;

        server.Write(Ops.Rename("c1", "Once"));

        Assert.That(sessions.Select(s => s.Row(1, "c1").Fields["title"].AsString()), Is.All.EqualTo("Once"));
        Assert.That(server.Sessions.Context.Encoder.EncodedCheckpoints - before, Is.EqualTo(1));
    }
}
