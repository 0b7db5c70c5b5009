using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Reading;

/// <summary>Reads through the front door.</summary>
public sealed class ReadsTests
{
    private World _world = null!;

    [SetUp]
    public async Task StartAsync() => _world = await World.StartAsync(o => (o.MaxPointersPerRead, o.MaxRecordsPerQuery) = (3, 20));

    [TearDown]
    public ValueTask StopAsync() => _world.DisposeAsync();

    [Test]
    public async Task What_is_missing_or_may_not_be_read_is_left_out_alike_and_a_key_counts_once()
    {
        var records = await _world.Server.GetRecordsAsync(Alice, [new("jobs", "j1"), new("jobs", "j1"), new("jobs", "none"), new("jobs", "hidden"), new("nowhere", "x"), new("grants", "g")]);

        Assert.That(records.Select(r => r.Id), Is.EqualTo(new[] { "j1" }));
    }

    [Test]
    public void More_keys_than_the_bound_are_refused() =>
        Assert.ThrowsAsync<ArgumentException>(async () => await _world.Server.GetRecordsAsync(Alice, [.. Enumerable.Range(0, 4).Select(i => new RecordKey("jobs", $"{i}"))]));

    [Test]
    public async Task A_query_gives_what_may_be_read_in_its_order()
    {
        await _world.WriteAsync(App, Create("jobs", "j0", """{"workspaceId":"demo","title":"Aaa"}"""));
        var result = await _world.Server.QueryAsync(Bob, InWorkspaces(null, "demo", "secret"));

        Assert.That(result.Records.Select(r => r.Id), Is.EqualTo(new[] { "j0", "j1", "j2" }));
    }

    [TestCase("nowhere", ErrorCodes.UnknownTable)]
    [TestCase("grants", ErrorCodes.UnknownTable)]
    [TestCase("jobs", ErrorCodes.QueryNotIndexed)]
    public async Task A_query_that_may_not_be_asked_is_refused(string table, string code) =>
        Assert.That((await _world.Server.QueryAsync(Alice, new Query { Table = table })).Error!.Code, Is.EqualTo(code));

    [Test]
    public async Task A_query_that_looks_at_too_much_is_refused_and_not_cut_short()
    {
        for (var i = 0; i < 25; i++) await _world.WriteAsync(App, Create("jobs", $"x{i:00}", """{"workspaceId":"demo","title":"x"}"""));

        Assert.That((await _world.Server.QueryAsync(Alice, InWorkspaces(null, "demo"))).Error!.Code, Is.EqualTo(ErrorCodes.QueryTooBroad));
        Assert.That((await _world.Server.QueryAsync(Alice, InWorkspaces(20, "demo"))).Records, Has.Count.EqualTo(20));
    }

    [Test]
    public async Task A_limit_is_filled_past_what_may_not_be_read()
    {
        for (var i = 0; i < 10; i++) await _world.WriteAsync(App, Create("jobs", $"a{i:00}", """{"workspaceId":"demo","title":"bomb"}"""));
        var filled = await _world.Server.QueryAsync(Alice, InWorkspaces(2, "demo"));
        for (var i = 0; i < 15; i++) await _world.WriteAsync(App, Create("jobs", $"b{i:00}", """{"workspaceId":"demo","title":"bomb"}"""));
        var tooFar = await _world.Server.QueryAsync(Alice, InWorkspaces(2, "demo"));

        Assert.That(filled.Records.Select(r => r.Id), Is.EqualTo(new[] { "j1", "j2" }));
        Assert.That(tooFar.Error!.Code, Is.EqualTo(ErrorCodes.QueryTooBroad));
    }

    [Test]
    public async Task Typed_reads_are_under_the_callers_rights()
    {
        await _world.WriteAsync(App, Set("jobs", "j2", "tags", "[\"red\",\"blue\"]"), Create("grants", "g", """{"userId":"alice","area":"a"}"""));
        var jobs = _world.Server.Table<Job>();

        Assert.That((await jobs.GetAsync(Alice, "j1"))!.Title, Is.EqualTo("One"));
        Assert.That(await jobs.GetAsync(Alice, "hidden"), Is.Null);
        Assert.That((await jobs.WhereAsync(Bob, j => j.WorkspaceId, "demo")).Select(j => j.Id), Is.EqualTo(new[] { "j1", "j2" }));
        Assert.That((await jobs.WhereContainsAsync(Bob, j => j.Tags!, "blue")).Select(j => j.Id), Is.EqualTo(new[] { "j2" }));
        Assert.That((await _world.Server.Table<Grant>().WhereAsync(App, g => g.UserId, "alice")).Single().Area, Is.EqualTo("a"));
        Assert.ThrowsAsync<InvalidOperationException>(async () => await _world.Server.Table<Grant>().WhereAsync(Alice, g => g.UserId, "alice"));
    }

    [Test]
    public async Task A_built_write_runs_again_until_what_it_looks_at_is_loaded()
    {
        await using var cold = await World.StartAsync(store: _world.Store);
        var runs = 0;
        var result = await cold.Server.WriteAsync(Alice, tx =>
        {
            runs++;
            tx.Table<Job>().Update("j1", j => j with { Title = j.Title + "!", Tags = ["new"] });
        });

        Assert.That(result.IsAccepted, result.Receipt?.Message);
        Assert.That(runs, Is.EqualTo(2));
        Assert.That(result.Records["jobs", "j1"]!.Fields["title"].AsString(), Is.EqualTo("One!"));
        Assert.That(result.Receipt!.TxId, Has.Length.EqualTo(32));
    }

    [TestCase("none")]
    [TestCase("hidden")]
    public async Task A_built_write_to_what_is_missing_or_may_not_be_read_is_told_alike(string id)
    {
        var result = await _world.Server.WriteAsync(Alice, tx => tx.Table<Job>().Update(id, j => j with { Title = "x" }));

        Assert.That((result.Refusal!.Code, result.Refusal.Message), Is.EqualTo((ErrorCodes.NotFound, $"There is no jobs/{id}, or you may not read it.")));
    }

    [Test]
    public async Task A_built_write_of_nothing_is_accepted_and_leaves_no_trace()
    {
        var commits = _world.Store.Commits.Count;
        var result = await _world.Server.WriteAsync(Alice, tx => tx.Table<Job>().Update("j1", j => j));

        Assert.That(result.IsAccepted && _world.Store.Commits.Count == commits);
    }

    [Test]
    public async Task The_change_feed_gives_the_log_and_then_what_comes()
    {
        await _world.WriteAsync(Alice, SetTitle("j1", "a"));
        await using var changes = _world.Server.Changes(new Revision(1)).GetAsyncEnumerator();
        Assert.That(await changes.MoveNextAsync() && changes.Current.Changes.Single().After.Version == 2);

        var next = changes.MoveNextAsync().AsTask();
        Assert.That(next.IsCompleted, Is.False);
        await _world.WriteAsync(Bob, SetTitle("j2", "b"));
        Assert.That(await next.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.That((changes.Current.Revision, changes.Current.Id.AuthorId), Is.EqualTo((new Revision(3), "bob")));
    }

    [Test]
    public async Task The_change_feed_of_what_was_trimmed_throws()
    {
        var store = new InMemoryStore(new Random(1).NextBytes, maxLogEntries: 2);
        await using var world = await World.StartAsync(store: new TestStore(inner: store));
        for (var i = 0; i < 5; i++) await world.WriteAsync(Alice, SetTitle("j1", $"{i}"));
        await using var changes = world.Server.Changes(new Revision(1)).GetAsyncEnumerator();

        Assert.ThrowsAsync<LogTrimmedException>(async () => await changes.MoveNextAsync());
    }

    private static Query InWorkspaces(int? limit, params string[] ids) =>
        new() { Table = "jobs", Where = [new QueryCondition.AnyOf(FieldPath.Of("workspaceId"), [.. ids.Select(id => CanonicalJson.From(id))])], Limit = limit };
}
