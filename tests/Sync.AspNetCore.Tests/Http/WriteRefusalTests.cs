using Sync.AspNetCore.Tests.Site;
using static Sync.AspNetCore.Tests.Http.HttpCalls;

namespace Sync.AspNetCore.Tests.Http;

/// <summary>The HTTP contract's refusals, one row each. Nothing of it changes a record, so all share one site.</summary>
public sealed class WriteRefusalTests
{
    private TestSite _site = null!;

    [OneTimeSetUp]
    public async Task Start() => _site = await (await TestSite.StartBoardAsync()).WithDemoAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _site.DisposeAsync();

    private static IEnumerable<TestCaseData> Malformed()
    {
        static TestCaseData Row(string name, string body, string code, int status = 400) => new TestCaseData(body, status, code).SetArgDisplayNames(name);

        yield return Row("nothing", "", "bad_json");
        yield return Row("not JSON", "{oops", "bad_json");
        yield return Row("two documents", Tx(Set("task-1", "title", "\"x\"")) + " {}", "bad_json");
        yield return Row("NaN", Tx(Set("task-1", "orderIndex", "NaN")), "bad_json");
        yield return Row("a list", "[]", "bad_json");
        yield return Row("an empty object", "{}", "bad_message");
        yield return Row("no operations", Tx(""), "bad_message");
        yield return Row("operations that are no list", """{"txId":"t","operations":{}}""", "bad_message");
        yield return Row("a txId that is no string", """{"txId":1,"operations":[]}""", "bad_message");
        yield return Row("an empty txId", Tx(Set("task-1", "title", "\"x\""), txId: ""), "id_empty");
        yield return Row("an author that is no string", Tx(Set("task-1", "title", "\"x\""), author: null, more: ",\"authorId\":5"), "bad_message");
        yield return Row("too deep", Tx(Set("task-1", "details", new string('[', 70) + new string(']', 70))), "too_deep");
        yield return Row("operations twice", $$"""{"txId":"t","operations":[],"operations":[{{Set("task-1", "title", "\"x\"")}}]}""", "duplicate_key");
        yield return Row("a table twice", Tx("""{"type":"set","table":"tasks","table":"users","id":"task-1","key":"title","value":"x"}"""), "duplicate_key");
        yield return Row("a lone surrogate", Tx(Set("task-1", "title", "\"\\ud800\"")), "bad_unicode");
        yield return Row("U+0000", Tx(Set("task-1", "title", "\"a\\u0000b\"")), "bad_unicode");
        yield return Row("a number out of range", Tx(Set("task-1", "orderIndex", "1e400")), "number_range");
        yield return Row("an unknown operation", Tx("""{"type":"increment","table":"tasks","id":"task-1","key":"orderIndex"}"""), "unknown_operation");
        yield return Row("an operation without a type", Tx("""{"table":"tasks","id":"task-1","key":"title","value":"x"}"""), "bad_message");
        yield return Row("a set without a value", Tx("""{"type":"set","table":"tasks","id":"task-1","key":"title"}"""), "bad_message");
        yield return Row("an insert without a position", Tx("""{"type":"listInsert","table":"tasks","id":"task-1","key":"labels","value":"x"}"""), "bad_message");
        yield return Row("a position by string", Tx("""{"type":"listInsert","table":"tasks","id":"task-1","key":"labels","value":"x","position":"middle"}"""), "bad_message");
        yield return Row("an empty key", Tx(Set("task-1", "", "1")), "bad_path");
        yield return Row("a key that begins with a dot", Tx(Set("task-1", ".title", "1")), "bad_path");
        yield return Row("__proto__ as a key", Tx(Set("task-1", "__proto__.polluted", "true")), "reserved_name");
        yield return Row("constructor.prototype as a key", Tx(Set("task-1", "constructor.prototype.x", "true")), "reserved_name");
        yield return Row("id as a key", Tx(Set("task-1", "id", "\"task-2\"")), "reserved_field");
        yield return Row("version as a key", Tx(Set("task-1", "version", "2")), "reserved_field");
        yield return Row("__proto__ as a table", Tx(Set("x", "polluted", "true", table: "__proto__")), "unknown_table");
        yield return Row("an unknown table", Tx(Set("x", "name", "1", table: "tasks; drop table tasks")), "unknown_table");
        yield return Row("an empty id", Tx(Set("", "title", "\"x\"")), "id_empty");
        yield return Row("a long id", Tx(Set(new string('x', 257), "title", "\"x\"")), "id_too_long");
        yield return Row("an unknown field", Tx(Set("task-1", "passwordHash", "\"x\"")), "unknown_field");
        yield return Row("through a scalar", Tx(Set("task-1", "title.length", "1")), "type_mismatch");
        yield return Row("a list operation on a scalar", Tx("""{"type":"listInsert","table":"tasks","id":"task-1","key":"title","value":"x","position":"append"}"""), "type_mismatch");
        yield return Row("a number for a string", Tx(Set("task-1", "title", "7")), "invalid_record");
        yield return Row("null for what may not be null", Tx(Set("task-1", "title", "null")), "invalid_record");
        yield return Row("what the app's check refuses", Tx(Set("task-1", "title", $"\"{new string('x', 201)}\"")), "title_length");
        yield return Row("a record that is not there", Tx(Set("nowhere", "title", "\"x\"")), "not_found");
        yield return Row("a record that may not be read", Tx(Set("task-c1", "title", "\"x\"")), "not_found");
        yield return Row("somebody else as the author", Tx(Set("task-1", "title", "\"x\""), author: "bob"), "author_mismatch", 403);
        yield return Row("a taken id", Tx("""{"type":"create","table":"tasks","id":"task-1","value":{"workspaceId":"demo","title":"x","status":"todo","orderIndex":1,"createdBy":"alice"}}"""), "already_exists", 409);
        yield return Row("another base version", Tx(Set("task-1", "title", "\"x\""), more: ""","baseVersions":{"tasks":{"task-1":7}}"""), "version_conflict", 409);
        yield return Row("a base version below zero", Tx(Set("task-1", "title", "\"x\""), more: ""","baseVersions":{"tasks":{"task-1":-1}}"""), "bad_message");
        yield return Row("more operations than allowed", Tx(string.Join(',', Enumerable.Repeat(Set("task-1", "title", "\"x\""), 1001))), "too_many_ops", 413);
        yield return Row("a transaction that is too large", Tx(Set("task-1", "description", $"\"{new string('x', 300_000)}\"")), "too_large", 413);
    }

    [TestCaseSource(nameof(Malformed))]
    public async Task A_write_is_refused(string body, int status, string code)
    {
        var answer = await _site.WriteAsync("alice", body);

        Assert.Multiple(() =>
        {
            Assert.That((answer.Status, answer.Code), Is.EqualTo((status, code)), answer.Text);
            Assert.That(answer.Json.GetProperty("message").GetString(), Is.Not.Empty);
            Assert.That(answer.Text, Does.Not.Contain("Exception").And.Not.Contain("   at "));
        });
        var after = await _site.GetRecordsAsync("alice", ("tasks", "task-1"));
        Assert.That(after.Record("tasks", "task-1").GetProperty("version").GetInt64(), Is.EqualTo(1));
    }

    [Test]
    public async Task What_a_rule_denies_is_403_with_the_rules_own_code()
    {
        var answer = await _site.WriteAsync("bob", Tx(Set("demo", "name", "\"Bob's\"", table: "workspaces"), author: "bob"));

        Assert.That((answer.Status, answer.Code), Is.EqualTo((403, "only_the_owner")), answer.Text);
    }

    [Test]
    public async Task Missing_and_unreadable_are_alike_to_the_byte()
    {
        var missing = await _site.WriteAsync("alice", Tx(Set("task-x1", "title", "\"x\"")));
        var unreadable = await _site.WriteAsync("alice", Tx(Set("task-c1", "title", "\"x\"")));

        Assert.That(unreadable.Status, Is.EqualTo(missing.Status));
        Assert.That(unreadable.Text.Replace("task-c1", "task-x1"), Is.EqualTo(missing.Text));
    }

    [Test]
    public async Task A_version_conflict_brings_the_current_records()
    {
        var answer = await _site.WriteAsync("alice", Tx(Set("task-2", "title", "\"x\""), more: ""","baseVersions":{"tasks":{"task-2":9}}"""));

        Assert.That(answer.Status, Is.EqualTo(409));
        Assert.That(answer.Record("tasks", "task-2").GetProperty("title").GetString(), Is.EqualTo("Task 2"));
    }

    [Test]
    public async Task Nobody_is_told_anything_without_signing_in()
    {
        var known = await _site.WriteAsync(null, Tx(Set("task-1", "title", "\"x\"")));
        var unknown = await _site.WriteAsync(null, Tx(Set("task-1", "title", "\"x\"", table: "nothing")));
        var read = await _site.GetRecordsAsync(null, ("tasks", "task-1"));

        Assert.That((known.Status, known.Code), Is.EqualTo((401, "not_signed_in")));
        Assert.That(new[] { unknown.Text, read.Text }, Is.All.EqualTo(known.Text));
    }
}
