namespace Sync.Server.Tests.Sessions;

/// <summary>How often the store is asked for what many sessions want.</summary>
public sealed class SharedQueriesTests
{
    private static TestServer SomeServer(out TestStore store, int cards = 3)
    {
        var made = store = new TestStore();
        var server = new TestServer(wrap: _ => made);
        server.Write([Ops.Space("demo", "alice", "bob"), .. Enumerable.Range(0, cards).Select(i => Ops.Card($"c{i:000}", "demo"))]);
        return server;
    }

    [Test]
    public async Task Any_number_of_sessions_that_come_at_once_cost_one_query_of_the_store()
    {
        await using var server = SomeServer(out var store);
        var before = store.Queries;
        var sessions = Enumerable.Range(0, 500).Select(_ => server.Connect("alice")).ToArray();
        var subs = sessions.Select(s => s.Subscribe(Board.CardsOf("demo"))).ToArray();

        Assert.That(sessions.Zip(subs).All(p => p.First.Ids(p.Second) is ["c000", "c001", "c002"]));
        Assert.That(store.Queries - before, Is.EqualTo(1));
    }

    [Test]
    public async Task Those_who_come_while_it_is_read_wait_for_it()
    {
        await using var server = SomeServer(out var store);
        var before = store.Queries;
        var answer = new TaskCompletionSource();
        store.OnQuery = () => answer.Task;
        var sessions = Enumerable.Range(0, 20).Select(_ => server.Connect("alice")).ToArray();
        var subs = sessions.Select(s => s.Subscribe(Board.CardsOf("demo"))).ToArray();
        Assert.That(store.Queries - before, Is.EqualTo(1));

        answer.SetResult();
        Assert.That(sessions.Zip(subs).All(p => p.First.Ids(p.Second).Count == 3));
        Assert.That(store.Queries - before, Is.EqualTo(1));
    }

    [Test]
    public async Task Who_comes_behind_a_commit_is_not_served_with_what_was_read_before_it()
    {
        await using var server = SomeServer(out var store);
        var answer = new TaskCompletionSource();
        store.OnQuery = () => answer.Task;
        var early = server.Connect("alice");
        var earlyCards = early.Subscribe(Board.CardsOf("demo"));
        store.OnQuery = () => Task.CompletedTask;
        server.Write(Ops.Card("new", "demo"), Ops.Delete("c000"));
        var late = server.Connect("alice");
        var lateCards = late.Subscribe(Board.CardsOf("demo"));
        answer.SetResult();

        Assert.That(late.Ids(lateCards), Is.EqualTo(new[] { "c001", "c002", "new" }));
        Assert.That(early.Ids(earlyCards), Is.EqualTo(new[] { "c001", "c002", "new" }));
    }

    [Test]
    public async Task Nobody_is_given_less_than_what_was_known_when_they_asked()
    {
        await using var server = SomeServer(out var store);
        var queries = new SharedQueries(server.Source, server.Time, TaskCreationOptions.None);
        var answer = new TaskCompletionSource();
        store.OnQuery = () => answer.Task;
        var early = queries.QueryAsync(Board.CardsOf("demo"), [], 9, isAsRead: false, default);
        store.OnQuery = () => Task.CompletedTask;
        server.Write(Ops.Card("new", "demo"));
        var late = queries.QueryAsync(Board.CardsOf("demo"), [], 9, isAsRead: false, default);
        answer.SetResult();

        Assert.That((await early).Records, Has.Count.EqualTo(3));
        Assert.That((await late).Records, Has.Count.EqualTo(4));
        Assert.That((await late).Revision, Is.EqualTo(server.Source.Head));
    }

    [Test]
    public async Task What_was_committed_since_is_brought_in_without_the_store()
    {
        await using var server = SomeServer(out var store);
        var query = Board.CardsOf("demo");
        server.Connect("alice").Subscribe(query);
        var before = store.Queries;
        server.Write(Ops.Card("c0015", "demo"), Ops.Rename("c002", "New"), Ops.Delete("c000"));
        server.Write(Ops.Space("other", "carol"), Ops.Card("elsewhere", "other"));
        var bob = server.Connect("bob");
        var cards = bob.Subscribe(query);

        Assert.That(bob.Records(cards).Select(r => $"{r.Id} {r.Fields["title"].AsString()}"), Is.EqualTo(new[] { "c001 Card", "c0015 Card", "c002 New" }));
        Assert.That(store.Queries - before, Is.EqualTo(0));
    }

    [Test]
    public async Task What_was_brought_in_stands_in_the_querys_order()
    {
        await using var server = SomeServer(out var store, cards: 20);
        var query = Board.CardsOf("demo") with { OrderBy = [new SortField(FieldPath.Of("title"), Descending: true)] };
        server.Connect("alice").Subscribe(query);
        var queries = new SharedQueries(server.Source, server.Time, TaskCreationOptions.None);
        await queries.QueryAsync(query, [], 100, isAsRead: false, default);
        server.Commits.Tee = queries.OnCommitted;
        var random = new Random(5);
        for (var i = 0; i < 50; i++)
        {
            var id = $"c{random.Next(20):000}";
            server.Write(random.Next(3) switch { 0 => Ops.Rename(id, $"t{random.Next(9)}"), 1 => Ops.Card($"n{i}", "demo"), _ => Ops.Rename("c000", $"{i}") });
            var before = store.Queries;
            var shared = await queries.QueryAsync(query, [], 100, isAsRead: false, default);
            Assert.That(store.Queries, Is.EqualTo(before));
            var fresh = await server.Source.QueryAsync(query, [], 100, default);

            Assert.That(shared.Records.Select(r => r.ToString()), Is.EqualTo(fresh.Records.Select(r => r.ToString())));
            Assert.That(shared.Revision, Is.EqualTo(fresh.Revision));
        }
    }

    [Test]
    public async Task A_record_without_its_hidden_fields_is_made_once_for_all_who_read_it()
    {
        await using var server = SomeServer(out _);
        var found = await server.Source.QueryAsync(Board.CardsOf("demo"), [], 9, default);
        var alices = await server.Judge.MayReadAsync(Caller.User("alice"), found.Records, default);
        var bobs = await server.Judge.MayReadAsync(Caller.User("bob"), found.Records, default);

        Assert.That(alices.Seen[0]!.Fields["hidden"].IsMissing);
        Assert.That(bobs.Seen, Is.EqualTo(alices.Seen));
    }

    [Test]
    public async Task A_result_serves_others_for_a_short_time_only()
    {
        await using var server = SomeServer(out var store);
        server.Connect("alice").Subscribe(Board.CardsOf("demo"));
        var before = store.Queries;
        server.LetSharedResultsAge();
        server.Connect("alice").Subscribe(Board.CardsOf("demo"));
        Assert.That(store.Queries - before, Is.EqualTo(1));
    }

    [Test]
    public async Task What_is_to_find_out_differences_is_read_from_the_store()
    {
        await using var server = SomeServer(out var store);
        var alice = server.Connect("alice");
        alice.Subscribe(Board.CardsOf("demo"));
        server.Write(Ops.Rename("c000", "New"));
        server.Connect("bob").Subscribe(Board.CardsOf("demo"));
        var before = store.Queries;
        server.Sessions.VerifyNow();
        Assert.That(store.Queries - before, Is.EqualTo(1), "once for both");
    }

    [Test]
    public async Task Rights_are_judged_for_each_and_conditions_of_rules_are_part_of_the_question()
    {
        await using var server = SomeServer(out _);
        var (alice, mallory) = (server.Connect("alice"), server.Connect("mallory"));
        var hers = alice.Subscribe(Board.CardsOf("demo"));
        var his = mallory.Subscribe(Board.CardsOf("demo"));

        Assert.That(alice.Ids(hers), Has.Count.EqualTo(3));
        Assert.That(mallory.Ids(his), Is.Empty);
        Assert.That(mallory.Transcript, Does.Not.Contain("c000"));
        var queries = new SharedQueries(server.Source, server.Time, TaskCreationOptions.None);
        QueryCondition[] one = [new QueryCondition.EqualTo(FieldPath.Id, CanonicalJson.From("c001"))];
        Assert.That((await queries.QueryAsync(Board.CardsOf("demo"), [], 9, isAsRead: false, default)).Records, Has.Count.EqualTo(3));
        Assert.That((await queries.QueryAsync(Board.CardsOf("demo"), one, 9, isAsRead: false, default)).Records, Has.Count.EqualTo(1));
        Assert.That((await queries.QueryAsync(Board.CardsOf("demo"), [], 2, isAsRead: false, default)).IsCut);
    }

    [Test]
    public async Task A_fault_of_the_store_ends_those_who_waited_and_the_next_is_served()
    {
        await using var server = SomeServer(out var store);
        store.OnRead.Enqueue(new IOException("the disk"));
        var first = server.Connect("alice");
        first.Subscribe(Board.CardsOf("demo"));
        Assert.That(first.Close?.Code, Is.EqualTo(TransportClose.TryAgainLater));
        server.Log.Errors.Clear();

        var next = server.Connect("alice");
        Assert.That(next.Ids(next.Subscribe(Board.CardsOf("demo"))), Has.Count.EqualTo(3));
    }

    [Test]
    public async Task A_window_that_lost_a_row_is_filled_by_one_query_for_all_who_watch_it()
    {
        await using var server = SomeServer(out var store, cards: 30);
        var window = Board.CardsOf("demo") with { Limit = 10 };
        var sessions = Enumerable.Range(0, 50).Select(_ => server.Connect("alice")).ToArray();
        var subs = sessions.Select(s => s.Subscribe(window)).ToArray();
        server.LetSharedResultsAge();
        var before = store.Queries;
        server.Write(Ops.Delete("c003"));

        Assert.That(sessions.Zip(subs).All(p => p.First.Ids(p.Second) is { Count: 10 } ids && ids[^1] == "c010" && !ids.Contains("c003")));
        Assert.That(store.Queries - before, Is.EqualTo(1));
    }
}
