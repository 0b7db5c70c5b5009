using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Permissions;

public sealed class JudgeTests
{
    private static readonly RecordKey Demo = new("workspaces", "demo");
    private World _world = null!;

    [SetUp]
    public async Task StartAsync() => _world = await World.StartAsync();

    [TearDown]
    public ValueTask StopAsync() => _world.DisposeAsync();

    [Test]
    public async Task Members_may_read_and_what_the_rule_looked_at_is_told()
    {
        Record[] jobs = [(await _world.FindAsync("jobs", "j1"))!, (await _world.FindAsync("jobs", "hidden"))!];
        var judgement = await _world.Judge.MayReadAsync(Alice, jobs, default);

        Assert.That(judgement.Seen.Select(record => record is not null), Is.EqualTo(new[] { true, false }));
        Assert.That(judgement.Dependencies.Keys, Is.EquivalentTo(new[] { Demo, new RecordKey("workspaces", "secret") }));
        Assert.That(judgement.Revision, Is.EqualTo(_world.Source.Head));
    }

    [Test]
    public async Task An_absent_answer_is_a_dependency_too()
    {
        await _world.WriteAsync(App, Create("jobs", "lost", """{"workspaceId":"nowhere","title":"x"}"""));
        var judgement = await _world.Judge.MayReadAsync(Alice, [(await _world.FindAsync("jobs", "lost"))!], default);

        Assert.That(judgement.Seen.Single(), Is.Null);
        Assert.That(judgement.Dependencies.Keys, Is.EquivalentTo(new[] { new RecordKey("workspaces", "nowhere") }));
    }

    [Test]
    public async Task Completes_at_once_when_all_is_known()
    {
        Record[] jobs = [(await _world.FindAsync("jobs", "j1"))!];
        await _world.Judge.MayReadAsync(Alice, jobs, default);
        _world.Store.OnLoad = _ => new TaskCompletionSource().Task;

        Assert.That(_world.Judge.MayReadAsync(Bob, jobs, default).IsCompleted);
    }

    [Test]
    public async Task What_is_not_known_is_loaded_and_the_rule_runs_again()
    {
        await using var cold = await World.StartAsync(store: _world.Store);
        var loads = _world.Store.Loads;
        var judgement = await cold.Judge.MayReadAsync(Alice, [(await cold.FindAsync("jobs", "j1"))!], default);

        Assert.That(judgement.Seen.Single(), Is.Not.Null);
        Assert.That(_world.Store.Loads, Is.GreaterThan(loads));
    }

    [Test]
    public async Task A_table_without_a_rule_a_throwing_rule_and_a_server_table_give_no_access()
    {
        await _world.WriteAsync(App, Create("orphans", "o", """{"text":"x"}"""), SetTitle("j2", "bomb"), Create("grants", "g", """{"userId":"alice","area":"a"}"""));
        Record[] records = [(await _world.FindAsync("orphans", "o"))!, (await _world.FindAsync("jobs", "j2"))!, (await _world.FindAsync("grants", "g"))!, (await _world.FindAsync("jobs", "j1"))!];

        Assert.That((await _world.Judge.MayReadAsync(Alice, records, default)).Seen.Select(record => record is not null), Is.EqualTo(new[] { false, false, false, true }));
        Assert.That((await _world.Judge.MayReadAsync(App, records, default)).Seen.Select(record => record is not null), Is.EqualTo(new[] { true, true, true, true }));
    }

    [Test]
    public async Task A_tombstone_may_be_read_by_nobody()
    {
        await _world.WriteAsync(Alice, Delete("jobs", "j1"));
        Record[] dead = [(await _world.FindAsync("jobs", "j1"))!];

        Assert.That((await _world.Judge.MayReadAsync(App, dead, default)).Seen.Single(), Is.Null);
    }

    [Test]
    public async Task A_lookup_is_kept_current()
    {
        await _world.WriteAsync(App, Create("plans", "p", """{"area":"north","text":"x"}"""));
        Record[] plans = [(await _world.FindAsync("plans", "p"))!];
        var before = await _world.Judge.MayReadAsync(Bob, plans, default);
        await _world.WriteAsync(App, Create("grants", "g", """{"userId":"bob","area":"north"}"""));
        var granted = await _world.Judge.MayReadAsync(Bob, plans, default);
        await _world.WriteAsync(App, Set("grants", "g", "area", "\"south\""));
        var moved = await _world.Judge.MayReadAsync(Bob, plans, default);
        await _world.WriteAsync(App, Set("grants", "g", "area", "\"north\""), Set("grants", "g", "userId", "\"carol\""));
        var given = await _world.Judge.MayReadAsync(Bob, plans, default);

        Assert.That(new[] { before, granted, moved, given }.Select(j => j.Seen.Single() is not null), Is.EqualTo(new[] { false, true, false, false }));
        Assert.That(before.Dependencies.Lookups.Single(), Is.EqualTo(new RelatedLookup("grants", FieldPath.Of("userId"), CanonicalJson.From("bob"))));
    }

    [Test]
    public async Task A_lookup_that_finds_too_much_gives_no_access()
    {
        await using var world = await World.StartAsync(o => o.MaxRecordsPerLookup = 2);
        await world.WriteAsync(App, Create("plans", "p", """{"area":"north","text":"x"}"""));
        for (var i = 0; i < 3; i++) await world.WriteAsync(App, Create("grants", $"g{i}", """{"userId":"bob","area":"north"}"""));

        Assert.That((await world.Judge.MayReadAsync(Bob, [(await world.FindAsync("plans", "p"))!], default)).Seen.Single(), Is.Null);
    }

    [Test]
    public async Task A_record_that_has_changed_since_is_named()
    {
        var old = (await _world.FindAsync("jobs", "j1"))!;
        await _world.WriteAsync(Alice, SetTitle("j1", "newer"));

        Assert.That((await _world.Judge.MayReadAsync(Alice, [old], default)).Outdated, Is.EqualTo(new[] { old.Key }));
    }

    [Test]
    public async Task Readable_gives_the_conditions_of_the_rule_and_what_they_depend_on()
    {
        var judgement = await _world.Judge.ReadableAsync(Bob, "jobs", default);
        var none = await _world.Judge.ReadableAsync(Bob, "orphans", default);

        var condition = (QueryCondition.AnyOf)judgement.Conditions!.Value.Single();
        Assert.That(condition.Values, Is.EqualTo(new[] { CanonicalJson.From("demo") }));
        Assert.That(judgement.Dependencies.Lookups.Single().Value, Is.EqualTo(CanonicalJson.From("bob")));
        Assert.That(((QueryCondition.AnyOf)none.Conditions!.Value.Single()).Values, Is.Empty);
        Assert.That((await _world.Judge.ReadableAsync(App, "jobs", default)).Conditions, Is.Null);
    }

    [Test]
    public async Task Records_and_what_the_rules_looked_at_are_of_one_revision()
    {
        // A job leaves demo and mallory joins demo, in one transaction: there is no revision at which mallory may read the job.
        await using var cold = await World.StartAsync(store: _world.Store);
        var gate = new TaskCompletionSource();
        _world.Store.OnLoad = keys => keys.Contains(new RecordKey("jobs", "j1")) ? gate.Task : Task.CompletedTask;
        var read = cold.Judge.ReadAsync(Caller.User("mallory"), [new("jobs", "j1")], default).AsTask();
        _world.Store.OnLoad = _ => Task.CompletedTask;
        await cold.WriteAsync(App, Set("jobs", "j1", "workspaceId", "\"secret\""), Set("workspaces", "demo", "memberIds", "[\"mallory\"]"));
        gate.SetResult();

        Assert.That((await read).Records, Is.Empty);
    }
}
