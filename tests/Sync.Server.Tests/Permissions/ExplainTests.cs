using System.Collections.Immutable;
using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Permissions;

/// <summary>What a developer is told of why somebody may or may not.</summary>
public sealed class ExplainTests
{
    private World _world = null!;

    [SetUp]
    public async Task StartAsync() => _world = await World.StartAsync();

    [TearDown]
    public ValueTask StopAsync() => _world.DisposeAsync();

    [Test]
    public async Task A_record_that_may_be_read_names_the_rule_and_what_it_looked_at()
    {
        var told = await _world.Server.ExplainAsync(Alice, new RecordKey("jobs", "j1"));
        Assert.That((told.MayRead, told.Version, told.Rule!.Rules, told.Rule.Rounds, told.MeetsConditions), Is.EqualTo((true, 1L, "JobPermissions", 1, true)));
        Assert.That(told.ToString().ReplaceLineEndings("\n"), Is.EqualTo(
            """
            alice may read jobs/j1 (version 1): the read rule allows it.
            MayRead of JobPermissions for jobs/j1 allows it. It looked at workspaces/demo (version 1).
            Queries are narrowed to workspaceId in ["demo"], which the record meets. For that, Readable looked at workspaces where memberIds is "alice" (workspaces/demo@1).
            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public async Task A_record_that_may_not_be_read_says_so_and_what_was_missing()
    {
        var told = await _world.Server.ExplainAsync(Alice, new RecordKey("jobs", "hidden"));
        Assert.That((told.MayRead, told.Rule!.IsAllowed, told.MeetsConditions), Is.EqualTo((false, false, false)));
        Assert.That(told.ToString(), Does.StartWith("alice may not read jobs/hidden (version 1): the read rule does not allow it.").And.Contains("workspaces/secret (version 1)").And.Contains("does not meet"));

        await _world.WriteAsync(App, Delete("workspaces", "secret"));
        Assert.That((await _world.Server.ExplainAsync(Alice, new RecordKey("jobs", "hidden"))).ToString(), Does.Contain("workspaces/secret (none)"));
    }

    private static readonly object[] Reasons =
    [
        new object[] { "nowhere", "x", "no table \"nowhere\" is registered." },
        new object[] { "jobs", "none", "there is no such record." },
        new object[] { "grants", "g1", "the table \"grants\" never leaves the server." },
        new object[] { "jobs", "dead", "it is deleted." },
        new object[] { "notes", "soft", "the rule allows it, but it is soft-deleted." },
    ];

    [TestCaseSource(nameof(Reasons))]
    public async Task Each_reason_has_its_sentence(string table, string id, string reason)
    {
        await _world.WriteAsync(App, Create("jobs", "dead", """{"workspaceId":"demo","title":"D"}"""), Delete("jobs", "dead"), Create("notes", "soft", """{"ownerId":"alice","text":"S"}"""), Delete("notes", "soft"), Create("grants", "g1", """{"userId":"alice","area":"a"}"""));
        var told = await _world.Server.ExplainAsync(Alice, new RecordKey(table, id));
        Assert.That((told.MayRead, told.Reason), Is.EqualTo((false, reason)));
    }

    [Test]
    public async Task A_table_without_rules_names_the_call_to_add()
    {
        await using var bare = await World.StartAsync();
        await bare.WriteAsync(App, Create("orphans", "o", """{"text":"x"}"""));
        Assert.That((await bare.Server.ExplainAsync(Alice, new RecordKey("orphans", "o"))).Reason, Does.Contain("AddPermissions<Orphan, …>()"));
        Assert.That((await bare.Server.ExplainAsync(App, new RecordKey("orphans", "o"))).Reason, Does.Contain("the app's own code"));
    }

    [Test]
    public async Task A_rule_that_throws_is_told_with_what_it_threw()
    {
        await _world.WriteAsync(App, SetTitle("j1", "bomb"));
        var told = await _world.Server.ExplainAsync(Alice, new RecordKey("jobs", "j1"));
        Assert.That(told.Rule!.Fault, Is.InstanceOf<InvalidOperationException>());
        Assert.That(told.ToString(), Does.Contain("threw InvalidOperationException (\"a rule's own fault\"), which is no access"));
    }

    [Test]
    public async Task A_look_up_is_told_with_what_it_found()
    {
        await _world.WriteAsync(App, Create("grants", "g1", """{"userId":"bob","area":"a"}"""), Create("plans", "p", """{"area":"b","text":"P"}"""));
        var read = (await _world.Server.ExplainAsync(Bob, new RecordKey("plans", "p"))).Rule!.Related.Single();
        Assert.That((read.Table, read.Field, read.Value, read.IsTooMany), Is.EqualTo(("grants", (FieldPath?)FieldPath.Of("userId"), CanonicalJson.From("bob"), false)));
        Assert.That(read.Found, Is.EqualTo(new[] { new VersionedKey(new("grants", "g1"), 1) }));
    }

    [Test]
    public async Task A_look_up_of_too_many_is_told_as_such()
    {
        await using var tight = await World.StartAsync(o => o.MaxRecordsPerLookup = 1);
        await tight.WriteAsync(App, Create("grants", "g1", """{"userId":"bob","area":"a"}"""), Create("grants", "g2", """{"userId":"bob","area":"b"}"""), Create("plans", "p", """{"area":"b","text":"P"}"""));
        var told = await tight.Server.ExplainAsync(Bob, new RecordKey("plans", "p"));
        Assert.That((told.MayRead, told.Rule!.Related.Single().IsTooMany), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task Rules_that_contradict_each_other_are_pointed_at()
    {
        await using var world = await World.StartAsync(rules: b => b.AddPermissions<Orphan, Contradicting>());
        await world.WriteAsync(App, Create("orphans", "o", """{"text":"x"}"""));
        var told = await world.Server.ExplainAsync(Alice, new RecordKey("orphans", "o"));
        Assert.That((told.MayRead, told.MeetsConditions), Is.EqualTo((true, false)));
        Assert.That(told.ToString(), Does.Contain("no query finds it"));
    }

    [Test]
    public async Task A_chain_that_is_too_long_is_cut_short()
    {
        await using var world = await World.StartAsync(rules: b => b.AddPermissions<Orphan, Endless>());
        for (var i = 0; i < 30; i++) await world.WriteAsync(App, Create("orphans", $"o{i}", $$"""{"text":"o{{i + 1}}"}"""));
        var told = await world.Server.ExplainAsync(Alice, new RecordKey("orphans", "o0"));
        Assert.That((told.MayRead, told.Rule!.IsCutShort), Is.EqualTo((false, true)));
        Assert.That(told.Rule.Rounds, Is.EqualTo(Judge.MaxRounds + 1));
        Assert.That(told.ToString(), Does.Contain($"after {Judge.MaxRounds + 1} rounds").And.Contains("(not loaded)"));
    }

    [Test]
    public async Task A_write_is_explained_and_not_made()
    {
        var allowed = await _world.Server.ExplainAsync(Alice, tx => tx.Table<Job>().Update("j1", j => j with { Title = "New" }));
        Assert.That((allowed.IsAllowed, allowed.ToString().Split('\n')[0].Trim()), Is.EqualTo((true, "alice may make this change.")));
        Assert.That(allowed.Rules.Select(r => (r.Question, r.Rules, r.IsAllowed)), Is.EqualTo(new[] { ("MayRead", "JobPermissions", true), ("MayWrite", "JobPermissions", true) }));
        Assert.That((await _world.FindAsync("jobs", "j1"))!.Version, Is.EqualTo(1));

        var denied = await _world.Server.ExplainAsync(Alice, tx => tx.Table<Job>().Set("j1", j => j.Status, "locked"));
        Assert.That((denied.IsAllowed, denied.Code, denied.Rules[^1].Code), Is.EqualTo((false, "is_locked", "is_locked")));
    }

    [Test]
    public async Task A_write_to_what_may_not_be_read_is_explained_by_the_read_rule()
    {
        var told = await _world.Server.ExplainAsync(Alice, tx => tx.Table<Job>().Update("hidden", j => j with { Title = "New" }));
        Assert.That((told.IsAllowed, told.Code), Is.EqualTo((false, ErrorCodes.NotFound)), "as she would be told");
        Assert.That(told.Rules.Single().ToString(), Is.EqualTo("MayRead of JobPermissions for jobs/hidden denies it. It looked at workspaces/secret (version 1)."));
    }

    [Test]
    public async Task A_creation_a_deletion_and_a_move_are_explained_by_what_they_touch()
    {
        var created = await _world.Server.ExplainAsync(Alice, tx => tx.Table<Job>().Create(new Job("new", "secret", "N")));
        Assert.That((created.Code, created.Rules.Single().Related.Single().ToString()), Is.EqualTo((ErrorCodes.NotAllowed, "workspaces/secret (version 1)")));
        Assert.That((await _world.Server.ExplainAsync(Carol, tx => tx.Table<Job>().Delete("hidden"))).IsAllowed);
        var moved = await _world.Server.ExplainAsync(Alice, tx => tx.Table<Job>().Set("j1", j => j.WorkspaceId, "secret"));
        Assert.That(moved.Rules[^1].Related.Select(r => r.Id), Is.EqualTo(new[] { "demo", "secret" }));
        Assert.That((await _world.Server.ExplainAsync(Alice, tx => tx.Table<Job>().Set("j1", j => j.Title, ""))).Code, Is.EqualTo("title_length"));
        Assert.That((await _world.Server.ExplainAsync(Alice, _ => { })).IsAllowed);
    }

    private sealed class Contradicting : Permissions<Orphan>
    {
        public override bool MayRead(Caller caller, Orphan record, Related related) => true;
        public override Verdict MayWrite(Caller caller, Change<Orphan> change, Related related) => Verdict.Deny();
        public override ImmutableArray<QueryCondition>? Readable(Caller caller, Related related) => [related.EqualTo((Orphan o) => o.Text, caller.UserId)];
    }

    private sealed class Endless : Permissions<Orphan>
    {
        public override bool MayRead(Caller caller, Orphan record, Related related)
        {
            for (var next = related.Get<Orphan>(record.Text); next is not null;) next = related.Get<Orphan>(next.Text);
            return true;
        }

        public override Verdict MayWrite(Caller caller, Change<Orphan> change, Related related) => Verdict.Deny();
    }
}
