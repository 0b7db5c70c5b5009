using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Processing;

/// <summary>What the database does by itself on a delete becomes operations, so that nobody keeps ghosts.</summary>
public sealed class CascadeTests
{
    private World _world = null!;

    [SetUp]
    public async Task StartAsync() => _world = await World.StartAsync(store: new TestStore(
    [
        new StoreCascade("workspaces", "jobs", FieldPath.Of("workspaceId"), CascadeAction.Delete),
        new StoreCascade("jobs", "orphans", FieldPath.Of("text"), CascadeAction.Delete),
        new StoreCascade("jobs", "jobs", FieldPath.Of("status"), CascadeAction.SetNull),
    ]));

    [TearDown]
    public ValueTask StopAsync() => _world.DisposeAsync();

    [Test]
    public async Task Deleting_a_parent_deletes_its_children_and_theirs_in_one_revision()
    {
        await _world.WriteAsync(App, Create("orphans", "o", """{"text":"j2"}"""), Create("orphans", "other", """{"text":"elsewhere"}"""));
        var result = await _world.WriteAsync(Alice, Delete("workspaces", "demo"));

        Assert.That(result.IsAccepted, result.Receipt?.Message);
        var entry = (await _world.Store.ReadLogAsync(new Revision(result.Revision.Value - 1), 10, default)).Entries.Single();
        Assert.That(entry.Changes.Where(c => c.After.IsDeleted).Select(c => c.Key.Id), Is.EquivalentTo(new[] { "demo", "j1", "j2", "o" }));
        Assert.That(entry.Operations.Elements.Count(), Is.EqualTo(4));
        Assert.That((await _world.FindAsync("jobs", "j2"))!.IsDeleted);
        Assert.That((await _world.FindAsync("orphans", "other"))!.IsDeleted, Is.False);
    }

    [Test]
    public async Task A_set_null_cascade_takes_the_field_away_from_others()
    {
        await _world.WriteAsync(App, Set("jobs", "j2", "status", "\"j1\""));
        await _world.WriteAsync(Alice, Delete("jobs", "j1"));

        Assert.That((await _world.FindAsync("jobs", "j2"))!.Fields["status"], Is.EqualTo(CanonicalJson.Null));
    }

    [Test]
    public async Task The_receipt_tells_nothing_of_what_went_along()
    {
        await _world.WriteAsync(App, Create("orphans", "o", """{"text":"j2"}"""));
        var result = await _world.WriteAsync(Alice, Delete("workspaces", "demo"));

        Assert.That(result.Receipt!.Versions.Select(v => v.Key.Id), Is.EqualTo(new[] { "demo" }));
        Assert.That(result.Gone.Select(k => k.Id), Is.EqualTo(new[] { "demo" }));
    }

    [Test]
    public async Task What_cannot_go_along_is_told_as_a_constraint_and_by_nothing_of_its_own()
    {
        await using var world = await World.StartAsync(store: new TestStore([new StoreCascade("jobs", "jobs", FieldPath.Of("title"), CascadeAction.SetNull)]));
        await world.WriteAsync(App, SetTitle("hidden", "j1"));
        var result = await world.WriteAsync(Alice, Delete("jobs", "j1"));

        Assert.That(result.Receipt!.Code, Is.EqualTo(ErrorCodes.Constraint));
        Assert.That(result.Receipt.Message, Does.Not.Contain("title").And.Not.Contain("hidden").And.Not.Contain("jobs"));
        Assert.That((await world.FindAsync("jobs", "j1"))!.IsDeleted, Is.False);
    }

    [Test]
    public async Task A_child_made_in_the_same_group_goes_along()
    {
        var gate = _world.Store.HoldNextCommit();
        var hold = _world.WriteAsync(Alice, SetTitle("j2", "hold")).AsTask();
        var make = _world.WriteAsync(Bob, Create("jobs", "late", """{"workspaceId":"demo","title":"x"}""")).AsTask();
        var delete = _world.WriteAsync(Alice, Delete("workspaces", "demo")).AsTask();
        var tooLate = _world.WriteAsync(Bob, Create("jobs", "later", """{"workspaceId":"demo","title":"x"}""")).AsTask();
        gate.SetResult();
        await Task.WhenAll(hold, make, delete, tooLate);

        Assert.That(make.Result.IsAccepted && delete.Result.IsAccepted);
        Assert.That((await _world.FindAsync("jobs", "late"))!.IsDeleted);
        Assert.That(tooLate.Result.Receipt!.Code, Is.EqualTo(ErrorCodes.NotAllowed));
    }

    [Test]
    public async Task More_than_the_bound_is_refused()
    {
        await using var world = await World.StartAsync(o => (o.MaxOperationsPerTransaction, o.MaxCascadedOperations) = (6, 6), new TestStore([new StoreCascade("workspaces", "jobs", FieldPath.Of("workspaceId"), CascadeAction.Delete)]));
        for (var i = 0; i < 10; i++) await world.WriteAsync(App, Create("jobs", $"x{i}", """{"workspaceId":"demo","title":"x"}"""));

        Assert.That((await world.WriteAsync(Alice, Delete("workspaces", "demo"))).Refusal!.Code, Is.EqualTo(ErrorCodes.TooManyOperations));
    }
}
