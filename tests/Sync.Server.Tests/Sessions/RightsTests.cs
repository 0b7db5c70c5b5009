namespace Sync.Server.Tests.Sessions;

[TestFixture]
public sealed class RightsTests
{
    [Test]
    public async Task A_record_that_may_not_be_read_never_arrives()
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("private", "carol"), Ops.Card("c1", "private", "hidden title"));
        var bob = server.Connect("bob");
        bob.Subscribe(Board.CardsOf("private"));
        bob.Subscribe(Query.ForRecord(Ops.CardKey("c1")));

        server.Write(Ops.Rename("c1", "hidden too"));
        server.Write(Ops.Delete("c1"));

        Assert.That(bob.Transcript, Does.Not.Contain("hidden").And.Not.Contain("\"c1\""));
        Assert.That(bob.Checkpoints.SelectMany(c => c.Records), Is.Empty);
    }

    [Test]
    public async Task Who_loses_the_right_is_retracted_from_and_hears_no_later_change()
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", "alice", "bob"), Ops.Card("c1", "demo"), Ops.Card("c2", "demo"));
        var bob = server.Connect("bob");
        var cards = bob.Subscribe(Board.CardsOf("demo"));
        var one = bob.Subscribe(Query.ForRecord(Ops.CardKey("c1")));

        server.Write(Ops.Leave("demo", "bob"));
        Assert.That(bob.Ids(cards), Is.Empty);
        Assert.That(bob.Ids(one), Is.Empty);
        bob.Skip();

        server.Write(Ops.Rename("c1", "later"), Ops.Card("c3", "demo", "later"));
        Assert.That(bob.Received, Is.Empty);
    }

    [Test]
    public async Task Who_is_granted_the_right_again_gets_what_there_is_by_then()
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", "alice"), Ops.Card("c1", "demo"));
        var bob = server.Connect("bob");
        var cards = bob.Subscribe(Board.CardsOf("demo"));

        server.Write(Ops.Join("demo", "bob"));
        Assert.That(bob.Ids(cards), Is.EqualTo(new[] { "c1" }));

        server.Write(Ops.Leave("demo", "bob"));
        server.Write(Ops.Card("c2", "demo"), Ops.Rename("c1", "meanwhile"));
        server.Write(Ops.Join("demo", "bob"));
        Assert.That(bob.Ids(cards), Is.EqualTo(new[] { "c1", "c2" }));
        Assert.That(bob.Row(cards, "c1").Fields["title"].AsString(), Is.EqualTo("meanwhile"));
    }

    [Test]
    public async Task A_right_that_hangs_on_a_lookup_is_judged_again_when_the_lookup_finds_more_or_less()
    {
        await using var server = new TestServer();
        server.Write(Ops.Note("n1"));
        var alice = server.Connect("alice");
        var notes = alice.Subscribe(Board.AllNotes);
        Assert.That(alice.Ids(notes), Is.Empty);

        var membership = new RecordKey("members", "m1");
        server.Write(new Operation.Create(membership, Ops.Json("""{"spaceId":"notes","userId":"alice"}""")));
        Assert.That(alice.Ids(notes), Is.EqualTo(new[] { "n1" }));

        server.Write(new Operation.Delete(membership));
        Assert.That(alice.Ids(notes), Is.Empty);
    }

    [Test]
    public async Task A_record_that_moves_out_of_sight_is_retracted_without_its_new_content()
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", "bob"), Ops.Space("private", "carol"), Ops.Card("c1", "demo"));
        var bob = server.Connect("bob");
        var (cards, one) = (bob.Subscribe(Board.CardsOf("demo")), bob.Subscribe(Query.ForRecord(Ops.CardKey("c1"))));

        server.Write(Ops.Set("c1", "workspaceId", "\"private\""), Ops.Rename("c1", "hidden"));

        Assert.That(bob.Ids(cards), Is.Empty);
        Assert.That(bob.Ids(one), Is.Empty);
        Assert.That(bob.Transcript, Does.Not.Contain("hidden"));
    }

    [Test]
    public async Task What_was_cleaned_before_it_was_shared_is_never_seen_dirty()
    {
        await using var server = new TestServer();
        server.Write(Ops.Space("demo", "alice"), Ops.Card("c1", "demo"));
        var bob = server.Connect("bob");
        var cards = bob.Subscribe(Board.CardsOf("demo"));

        // All three are published in one go: the publisher hears of them while the rules see the last already.
        server.Commits.Hold(() =>
        {
            server.Write(Ops.Set("c1", "secret", "\"dirty\""));
            server.Write(Ops.Set("c1", "secret", "null"));
            server.Write(Ops.Join("demo", "bob"));
        });

        Assert.That(bob.Ids(cards), Is.EqualTo(new[] { "c1" }));
        Assert.That(bob.Transcript, Does.Not.Contain("dirty"));
    }

    [Test]
    public async Task A_load_that_is_overtaken_again_and_again_is_judged_by_what_rules_see_and_not_by_what_is_sent()
    {
        SlowStore slow = null!;
        await using var server = new TestServer(wrap: store => slow = new SlowStore(store));
        server.Write(Ops.Space("demo", "alice"), Ops.Card("c1", "demo"));
        var alice = server.Connect("alice");
        slow.Hold();
        var cards = alice.Subscribe(Board.CardsOf("demo"));
        for (var i = 0; i < 3; i++)
        {
            server.Write(Ops.Join("demo", $"u{i}"));
            server.LetSharedResultsAge();
            slow.Release(andHoldTheNext: true);
            Assert.That(alice.Ids(cards), Is.Empty, "it is read again");
        }

        server.Write(Ops.Join("demo", "u3"));
        server.LetSharedResultsAge();
        slow.Release(andHoldTheNext: true);
        Assert.That(alice.Ids(cards), Is.EqualTo(new[] { "c1" }));
        slow.Release();
    }

    [Test]
    public async Task A_table_of_the_server_is_as_unknown_as_one_that_is_not_there()
    {
        await using var server = new TestServer();
        var alice = server.Connect("alice");
        alice.Subscribe(new Query { Table = "members", Where = [new QueryCondition.EqualTo(FieldPath.Of("userId"), CanonicalJson.From("alice"))] });
        alice.Subscribe(new Query { Table = "nothing" });

        var errors = alice.Received.OfType<ServerMessage.Error>().ToArray();
        Assert.That(errors.Select(e => e.Code), Is.EqualTo(new[] { ErrorCodes.UnknownTable, ErrorCodes.UnknownTable }));
        Assert.That(errors[0].Message, Is.EqualTo(errors[1].Message));
        Assert.That(alice.Close, Is.Null);
    }
}
