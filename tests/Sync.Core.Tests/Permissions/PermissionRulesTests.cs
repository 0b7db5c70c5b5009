using System.Collections.Immutable;

namespace Sync.Core.Tests;

public sealed class PermissionRulesTests
{
    private static readonly Caller s_ada = Caller.User("ada");
    private static readonly RecordKey s_workspace = new("workspaces", "w1");
    private static readonly RelatedLookup s_memberships = new("memberships", FieldPath.Of("userId"), CanonicalJson.From("ada"));
    private static readonly Record s_task = Models.RecordOf(Models.Tasks, Models.Task);
    private static readonly Record s_withAda = new(s_workspace, 1, Some.Json("""{"name":"W","memberIds":["ada"]}"""));
    private static readonly Record s_withoutAda = new(s_workspace, 2, Some.Json("""{"name":"W","memberIds":["eve"]}"""));

    [Test]
    public void What_is_not_loaded_is_named_and_nothing_is_decided()
    {
        var needs = (RuleOutcome.Needs)ByWorkspace.MayRead(s_ada, s_task, new FakeSource());
        Assert.That(needs.Missing.Keys, Is.EqualTo([s_workspace]));
        Assert.That(needs.Missing.Lookups, Is.Empty);
    }

    [Test]
    public void What_is_loaded_decides_and_is_a_dependency() => Assert.Multiple(() =>
    {
        var allowed = ByWorkspace.MayRead(s_ada, s_task, new FakeSource().With(s_withAda));
        Assert.That(allowed.IsAllowed, Is.True);
        Assert.That(allowed.Reads.Keys, Is.EqualTo([s_workspace]));
        Assert.That(ByWorkspace.MayRead(s_ada, s_task, new FakeSource().With(s_withoutAda)), Is.InstanceOf<RuleOutcome.Denied>());
    });

    [Test]
    public void A_record_that_is_not_there_or_deleted_is_a_dependency_too() => Assert.Multiple(() =>
    {
        foreach (var source in new[] { new FakeSource().WithNone(s_workspace), new FakeSource().With(new Record(s_workspace, 3, s_withAda.Fields, isDeleted: true)) })
        {
            var outcome = ByWorkspace.MayRead(s_ada, s_task, source);
            Assert.That(outcome, Is.InstanceOf<RuleOutcome.Denied>());
            Assert.That(outcome.Reads.Keys, Is.EqualTo([s_workspace]));
        }
    });

    [Test]
    public void A_soft_deleted_record_gives_no_right()
    {
        var rules = Rules<TaskItem>((_, task, related) => related.Get<Person>("p1") is not null);
        Assert.That(rules.MayRead(s_ada, s_task, new FakeSource().With(Models.PersonRecord("""{"born":"1815","name":"Ada"}"""))).IsAllowed, Is.True);
        Assert.That(rules.MayRead(s_ada, s_task, new FakeSource().With(Models.PersonRecord("""{"born":"1815","name":"Ada","deleted":"2026-01-02T03:04:05.000000Z"}"""))).IsAllowed, Is.False);
    }

    [Test]
    public void A_rule_that_throws_gives_no_access_and_keeps_what_it_threw()
    {
        var denied = (RuleOutcome.Denied)Rules<TaskItem>((_, _, _) => throw new FormatException("secret")).MayRead(s_ada, s_task, new FakeSource());
        Assert.That((denied.Code, denied.Fault!.GetType()), Is.EqualTo((ErrorCodes.NotAllowed, typeof(FormatException))));
    }

    [Test]
    public void A_rule_that_lacks_something_needs_it_whatever_it_threw_or_returned() => Assert.Multiple(() =>
    {
        Assert.That(Rules<TaskItem>((_, task, related) => related.Get<Workspace>(task.WorkspaceId)!.Name.Length > 0).MayRead(s_ada, s_task, new FakeSource()), Is.InstanceOf<RuleOutcome.Needs>());
        Assert.That(Rules<TaskItem>((_, task, related) => related.Get<Workspace>(task.WorkspaceId) is null).MayRead(s_ada, s_task, new FakeSource()), Is.InstanceOf<RuleOutcome.Needs>());
    });

    [Test]
    public void A_lookup_by_an_indexed_field_is_named_by_its_value()
    {
        var rules = Rules<TaskItem>((caller, task, related) => related.Where<Membership, string>(m => m.UserId, caller.UserId).Any(m => m.WorkspaceId == task.WorkspaceId));
        var needs = (RuleOutcome.Needs)rules.MayRead(s_ada, s_task, new FakeSource());
        Assert.That(needs.Missing.Lookups, Is.EqualTo([s_memberships]));

        var membership = new Record(new RecordKey("memberships", "m1"), 1, Some.Json("""{"userId":"ada","workspaceId":"w1"}"""));
        var allowed = rules.MayRead(s_ada, s_task, new FakeSource().With(s_memberships, membership));
        Assert.That(allowed.IsAllowed, Is.True);
        Assert.That(allowed.Reads.Lookups, Is.EqualTo([s_memberships]));
        Assert.That(rules.MayRead(s_ada, s_task, new FakeSource().With(s_memberships)).IsAllowed, Is.False);
    }

    [Test]
    public void A_lookup_of_a_list_is_by_one_of_its_elements()
    {
        var rules = Rules<TaskItem>((caller, _, related) => related.Where<Workspace, IReadOnlyList<string>>(w => w.MemberIds, caller.UserId).Count > 0);
        var needs = (RuleOutcome.Needs)rules.MayRead(s_ada, s_task, new FakeSource());
        Assert.That(needs.Missing.Lookups, Is.EqualTo([new RelatedLookup("workspaces", FieldPath.Of("memberIds"), CanonicalJson.From("ada"))]));
    }

    [Test]
    public void A_lookup_that_no_index_serves_names_the_index_to_add()
    {
        var denied = (RuleOutcome.Denied)Rules<TaskItem>((_, _, related) => related.Where<Workspace, string>(w => w.Name, "W").Count > 0).MayRead(s_ada, s_task, new FakeSource());
        Assert.That(denied.Fault, Is.InstanceOf<ArgumentException>());
        Assert.That(denied.Fault!.Message, Does.Contain(".Index(x => x.Name)"));
    }

    [Test]
    public void What_a_rule_asks_for_often_is_one_dependency()
    {
        var rules = Rules<TaskItem>((_, _, related) => Enumerable.Range(0, 60).All(i => related.Get<Workspace>($"w{i % 20}") is null));
        var needs = (RuleOutcome.Needs)rules.MayRead(s_ada, s_task, new FakeSource());
        Assert.That(needs.Missing.Keys, Is.EqualTo(Enumerable.Range(0, 20).Select(i => new RecordKey("workspaces", $"w{i}"))));
    }

    [Test]
    public void An_empty_id_is_nobodys()
    {
        var outcome = Rules<TaskItem>((_, _, related) => related.Get<Workspace>(null) is null && related.Get<Workspace>("") is null).MayRead(s_ada, s_task, new FakeSource());
        Assert.That(outcome, Is.EqualTo(RuleOutcome.Allowed.Freely));
    }

    [Test]
    public void A_write_is_judged_on_both_sides() => Assert.Multiple(() =>
    {
        var moved = Models.RecordOf(Models.Tasks, Models.Task with { WorkspaceId = "w2" });
        var needs = (RuleOutcome.Needs)ByWorkspace.MayWrite(s_ada, s_task.Key, s_task, moved, new FakeSource().With(s_withAda));
        Assert.That(needs.Missing.Keys, Is.EqualTo([new RecordKey("workspaces", "w2")]));

        var elsewhere = new Record(new RecordKey("workspaces", "w2"), 1, s_withoutAda.Fields);
        var denied = (RuleOutcome.Denied)ByWorkspace.MayWrite(s_ada, s_task.Key, s_task, moved, new FakeSource().With(s_withAda).With(elsewhere));
        Assert.That(denied.Code, Is.EqualTo("not_a_member"));
        Assert.That(denied.Reads.Keys, Is.EqualTo([s_workspace, elsewhere.Key]));
        Assert.That(ByWorkspace.MayWrite(s_ada, s_task.Key, null, s_task, new FakeSource().With(s_withAda)).IsAllowed, Is.True);
    });

    [Test]
    public void A_tombstone_is_no_side_of_a_change()
    {
        Change<TaskItem>? seen = null;
        var rules = new PermissionRules<TaskItem>(Models.Model, new Rule<TaskItem>((_, _, _) => true, change => seen = change));
        rules.MayWrite(s_ada, s_task.Key, new Record(s_task.Key, 3, s_task.Fields, isDeleted: true), s_task, new FakeSource());
        Assert.That((seen!.IsCreation, seen.Id), Is.EqualTo((true, "t1")));
        rules.MayWrite(s_ada, s_task.Key, s_task, new Record(s_task.Key, 3, s_task.Fields, isDeleted: true), new FakeSource());
        Assert.That(seen.IsDeletion, Is.True);
    }

    [Test]
    public void What_the_type_cannot_read_nobody_may_read_or_change() => Assert.Multiple(() =>
    {
        var odd = Models.TaskRecord("""{"title":7}""");
        var all = Rules<TaskItem>((_, _, _) => true);
        Assert.That(all.MayRead(s_ada, odd, new FakeSource()).IsAllowed, Is.False);
        Assert.That(all.MayWrite(s_ada, odd.Key, odd, s_task, new FakeSource()).IsAllowed, Is.False);
        Assert.That(all.MayWrite(s_ada, odd.Key, s_task, odd, new FakeSource()).IsAllowed, Is.False);
        Assert.That(all.MayRead(s_ada, new Record(s_task.Key, 2, s_task.Fields, isDeleted: true), new FakeSource()).IsAllowed, Is.False);
    });

    [Test]
    public void The_apps_own_code_is_asked_nothing()
    {
        var none = Rules<TaskItem>((_, _, _) => throw new InvalidOperationException("asked"));
        Assert.That(none.MayRead(Caller.App("import"), s_task, new FakeSource()).IsAllowed, Is.True);
        Assert.That(none.MayWrite(Caller.App("import"), s_task.Key, s_task, null, new FakeSource()).IsAllowed, Is.True);
    }

    [Test]
    public void Conditions_for_the_store_come_only_when_all_is_loaded() => Assert.Multiple(() =>
    {
        var needs = ByWorkspace.Readable(s_ada, new FakeSource(), out var conditions);
        Assert.That((needs is RuleOutcome.Needs, conditions), Is.EqualTo((true, ImmutableArray<QueryCondition>.Empty)));

        var known = ByWorkspace.Readable(s_ada, new FakeSource().With(new RelatedLookup("workspaces", FieldPath.Of("memberIds"), CanonicalJson.From("ada")), s_withAda), out conditions);
        Assert.That(known.IsAllowed, Is.True);
        Assert.That(((QueryCondition.AnyOf)conditions.Single()).Values, Is.EqualTo([CanonicalJson.From("w1")]));

        var none = Rules<TaskItem>((_, _, _) => true).Readable(s_ada, new FakeSource(), out conditions);
        Assert.That((none.IsAllowed, conditions.Length), Is.EqualTo((true, 0)));
    });

    [Test]
    public void A_condition_on_no_field_counts_as_thrown()
    {
        var denied = (RuleOutcome.Denied)new PermissionRules<Workspace>(Models.Model, new Misnamed()).Readable(s_ada, new FakeSource(), out var conditions);
        Assert.That(denied.Fault!.Message, Does.Contain("\"nothing\""));
        Assert.That(conditions, Is.Empty);
    }

    private static PermissionRules ByWorkspace { get; } = new PermissionRules<TaskItem>(Models.Model, new TaskPermissions());

    private static PermissionRules<T> Rules<T>(Func<Caller, T, Related, bool> mayRead) where T : class => new(Models.Model, new Rule<T>(mayRead, _ => { }));

    private sealed class TaskPermissions : Permissions<TaskItem>
    {
        public override bool MayRead(Caller caller, TaskItem task, Related related) => related.Get<Workspace>(task.WorkspaceId)?.MemberIds.Contains(caller.UserId) == true;

        public override Verdict MayWrite(Caller caller, Change<TaskItem> change, Related related) =>
            change.Sides.All(task => MayRead(caller, task, related)) ? Verdict.Allow : Verdict.Deny("not_a_member");

        public override ImmutableArray<QueryCondition>? Readable(Caller caller, Related related) =>
        [
            new QueryCondition.AnyOf(FieldPath.Of("workspaceId"), [.. related.Where<Workspace, IReadOnlyList<string>>(w => w.MemberIds, caller.UserId).Select(w => CanonicalJson.From(w.Id))]),
        ];
    }

    private sealed class Rule<T>(Func<Caller, T, Related, bool> mayRead, Action<Change<T>> seen) : Permissions<T> where T : class
    {
        public override bool MayRead(Caller caller, T record, Related related) => mayRead(caller, record, related);

        public override Verdict MayWrite(Caller caller, Change<T> change, Related related)
        {
            seen(change);
            return Verdict.Allow;
        }
    }

    private sealed class Misnamed : Permissions<Workspace>
    {
        public override bool MayRead(Caller caller, Workspace record, Related related) => true;
        public override Verdict MayWrite(Caller caller, Change<Workspace> change, Related related) => true;
        public override ImmutableArray<QueryCondition>? Readable(Caller caller, Related related) => [new QueryCondition.EqualTo(FieldPath.Of("nothing"), CanonicalJson.True)];
    }
}
