using System.Text.Json;
using Sync.AspNetCore.Tests.Site;
using static Sync.AspNetCore.Tests.Http.HttpCalls;

namespace Sync.AspNetCore.Tests.Http;

[TestFixtureSource(typeof(Stores), nameof(Stores.All))]
public sealed class WriteTests(StoreChoice store)
{
    private TestSite _site = null!;

    [SetUp]
    public async Task Start()
    {
        store.Open();
        _site = await (await TestSite.StartBoardAsync(store.Use)).WithDemoAsync();
    }

    [TearDown]
    public async Task Stop()
    {
        await _site.DisposeAsync();
        store.Close();
    }

    [Test]
    public async Task A_write_answers_with_the_touched_record()
    {
        var answer = await _site.WriteAsync("alice", Tx(Set("task-1", "title", "\"Changed\"")));

        var task = answer.Record("tasks", "task-1");
        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(task.GetProperty("title").GetString(), Is.EqualTo("Changed"));
        Assert.That(task.GetProperty("id").GetString(), Is.EqualTo("task-1"));
        Assert.That(task.GetProperty("version").GetInt64(), Is.EqualTo(2));
    }

    [Test]
    public async Task Two_operations_on_one_record_are_fine_and_count_two()
    {
        var answer = await _site.WriteAsync("alice", Tx($$"""{{Set("task-1", "status", "\"done\"")}},{"type":"set-now","table":"tasks","id":"task-1","key":"updatedAt"}"""));

        var task = answer.Record("tasks", "task-1");
        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(task.GetProperty("version").GetInt64(), Is.EqualTo(3));
        Assert.That(task.GetProperty("updatedAt").GetDateTimeOffset().Offset, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task The_author_is_the_signed_in_user_where_the_body_names_none()
    {
        Assert.That((await _site.WriteAsync("bob", Tx(Set("task-1", "title", "\"x\""), author: null))).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task The_type_may_stand_anywhere_in_an_operation()
    {
        var answer = await _site.WriteAsync("alice", Tx("""{"table":"tasks","value":"x","id":"task-1","key":"title","type":"set"}"""));

        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
    }

    [Test]
    public async Task A_record_is_created_deleted_and_restored()
    {
        var created = await _site.WriteAsync("alice", Tx("""{"type":"create","table":"tasks","id":"new-1","value":{"workspaceId":"demo","title":"New","status":"todo","orderIndex":9,"createdBy":"alice"}}"""));
        var deleted = await _site.WriteAsync("alice", Tx("""{"type":"delete","table":"tasks","id":"new-1"}"""));
        var gone = await _site.GetRecordsAsync("alice", ("tasks", "new-1"));
        var restored = await _site.WriteAsync("alice", Tx("""{"type":"restore","table":"tasks","id":"new-1"}"""));

        Assert.That(new[] { created.Status, deleted.Status, restored.Status }, Is.All.EqualTo(200));
        Assert.That(gone.Text, Is.EqualTo("""{"recordMap":{}}"""));
        Assert.That(restored.Record("tasks", "new-1").GetProperty("version").GetInt64(), Is.EqualTo(3));
    }

    [Test]
    public async Task A_condition_that_fails_is_named_and_changes_nothing()
    {
        var answer = await _site.WriteAsync("alice", Tx("""{"type":"set","table":"tasks","id":"task-1","key":"title","value":"x","if":{"value":"other"}}"""));

        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(answer.Record("tasks", "task-1").GetProperty("title").GetString(), Is.EqualTo("Task 1"));
        Assert.That(answer.Json.GetProperty("failedConditions").EnumerateArray().Select(i => i.GetInt32()), Is.EqualTo(new[] { 0 }));
    }

    [Test]
    public async Task A_base_version_that_is_met_lets_the_write_in()
    {
        var body = Tx(Set("task-1", "title", "\"x\""), more: ""","baseVersions":{"tasks":{"task-1":1}}""");

        Assert.That((await _site.WriteAsync("alice", body)).Status, Is.EqualTo(200));
        Assert.That((await _site.WriteAsync("alice", Tx(Set("task-1", "title", "\"y\""), more: ""","baseVersions":{"tasks":{"task-1":1}}"""))).Status, Is.EqualTo(409));
    }

    [Test]
    public async Task The_same_transaction_again_is_written_once_and_answered_alike()
    {
        var body = Tx(Set("task-1", "title", "\"once\""), txId: "tx-1");

        var first = await _site.WriteAsync("alice", body);
        var again = await _site.WriteAsync("alice", body);

        Assert.That(again.Text, Is.EqualTo(first.Text));
        Assert.That(again.Record("tasks", "task-1").GetProperty("version").GetInt64(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_txId_with_other_content_is_refused_and_another_authors_is_independent()
    {
        await _site.WriteAsync("alice", Tx(Set("task-1", "title", "\"mine\""), txId: "tx-1"));

        var reused = await _site.WriteAsync("alice", Tx(Set("task-1", "title", "\"other\""), txId: "tx-1"));
        var bobs = await _site.WriteAsync("bob", Tx(Set("task-1", "title", "\"bob's\""), txId: "tx-1", author: "bob"));

        Assert.That((reused.Status, reused.Code), Is.EqualTo((400, "txid_reused")));
        Assert.That(bobs.Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Sixty_parallel_writes_to_one_record_all_land_each_with_its_own_version()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => _site.WriteAsync("alice", Tx(Set("task-1", "orderIndex", $"{i}")))));

        Assert.That(answers.Select(answer => answer.Status), Is.All.EqualTo(200));
        var versions = answers.Select(answer => answer.Record("tasks", "task-1").GetProperty("version").GetInt64());
        Assert.That(versions, Is.EquivalentTo(Enumerable.Range(2, 60)));
    }

    [Test]
    public async Task Writes_to_different_fields_of_one_record_both_survive()
    {
        await Task.WhenAll(
            _site.WriteAsync("alice", Tx(Set("task-1", "title", "\"Alice's title\""))),
            _site.WriteAsync("bob", Tx(Set("task-1", "description", "\"Bob's text\""), author: "bob")));

        var task = (await _site.GetRecordsAsync("alice", ("tasks", "task-1"))).Record("tasks", "task-1");
        Assert.That((task.GetProperty("title").GetString(), task.GetProperty("description").GetString()), Is.EqualTo(("Alice's title", "Bob's text")));
    }

    [Test]
    public async Task A_rejection_inside_a_transaction_undoes_all_of_it()
    {
        var answer = await _site.WriteAsync("alice", Tx($"{Set("task-1", "title", "\"half\"")},{Set("nowhere", "title", "\"x\"")}"));

        Assert.That(answer.Status, Is.EqualTo(400));
        var task = (await _site.GetRecordsAsync("alice", ("tasks", "task-1"))).Record("tasks", "task-1");
        Assert.That(task.GetProperty("title").GetString(), Is.EqualTo("Task 1"));
    }

    [Test]
    public async Task A_read_brings_each_readable_record_once_and_is_silent_about_all_else()
    {
        var answer = await _site.GetRecordsAsync("alice",
            ("tasks", "task-1"), ("tasks", "task-1"), ("tasks", "task-c1"), ("tasks", "nowhere"), ("users", "alice"), ("__proto__", "x"), ("tasks", new string('x', 9600)), ("workspaces", "demo"));

        Assert.That(answer.Status, Is.EqualTo(200));
        var tables = answer.Json.GetProperty("recordMap").EnumerateObject().ToDictionary(t => t.Name, t => t.Value.EnumerateObject().Select(r => r.Name).ToArray());
        Assert.That(tables.Keys, Is.EquivalentTo(new[] { "tasks", "workspaces" }));
        Assert.That(tables["tasks"], Is.EqualTo(new[] { "task-1" }));
        Assert.That(tables["workspaces"], Is.EqualTo(new[] { "demo" }));
    }

    [Test]
    public async Task A_read_of_nothing_is_an_empty_map()
    {
        Assert.That((await _site.GetRecordsAsync("alice")).Text, Is.EqualTo("""{"recordMap":{}}"""));
    }

    [Test]
    public async Task A_read_of_too_many_is_413()
    {
        var pointers = Enumerable.Repeat(("tasks", "task-1"), 1001).ToArray();

        Assert.That((await _site.GetRecordsAsync("alice", pointers)).Code, Is.EqualTo("too_large"));
    }

    [Test]
    public async Task What_is_read_is_what_was_written_and_nothing_is_kept_by_caches_on_the_way()
    {
        const string Details = """{"a.b":[1,2.5,null,{"ü":"𝄞"}],"z":false}""";
        await _site.WriteAsync("alice", Tx(Set("task-1", "details", Details)));

        var read = await _site.GetRecordsAsync("bob", ("tasks", "task-1"));

        Assert.That(JsonElement.DeepEquals(read.Record("tasks", "task-1").GetProperty("details"), JsonDocument.Parse(Details).RootElement), Is.True);
        Assert.That(read.Headers.CacheControl!.NoStore, Is.True);
    }
}
