using System.Security.Claims;

namespace Sync.Core.Tests;

public sealed class ChangeTests
{
    private static readonly TaskItem s_task = Models.Task;

    [Test]
    public void A_field_is_changed_where_its_json_is_another() => Assert.Multiple(() =>
    {
        var change = Of(s_task, s_task with { Title = "New", Tags = ["a", "b"] });
        Assert.That(change.IsChanged(t => t.Title), Is.True);
        Assert.That(change.IsChanged(t => t.Tags), Is.False, "another list with the same elements");
        Assert.That(change.IsChanged(t => t.DueDate), Is.False);
        Assert.That(Of(s_task, s_task with { Tags = ["b", "a"] }).IsChanged(t => t.Tags), Is.True);
        Assert.That(Of(s_task, s_task with { DueDate = null }).IsChanged(t => t.DueDate), Is.True);
    });

    [Test]
    public void A_creation_changes_what_differs_from_the_types_own_value() => Assert.Multiple(() =>
    {
        var change = Of(null, s_task with { Priority = 0 });
        Assert.That(change.IsChanged(t => t.Title), Is.True);
        Assert.That(change.IsChanged(t => t.Priority), Is.False);
        Assert.That(change.IsChanged(t => t.UpdatedAt), Is.False);
        Assert.That(Of(null, s_task with { Priority = 1 }).IsChanged(t => t.Priority), Is.True);
    });

    [Test]
    public void A_deletion_changes_no_field_and_is_no_change_of_some_alone() => Assert.Multiple(() =>
    {
        Assert.That(Of(s_task, null).IsChanged(t => t.Title), Is.False);
        Assert.That(Of(s_task, null).OnlyChanges(t => t.Title), Is.False);
        Assert.That(Of(null, s_task).OnlyChanges(t => t.Title), Is.False);
    });

    [Test]
    public void Only_the_named_fields_may_differ() => Assert.Multiple(() =>
    {
        Assert.That(Of(s_task, s_task with { Title = "New", Priority = 3 }).OnlyChanges(t => t.Title, t => t.Priority), Is.True);
        Assert.That(Of(s_task, s_task with { Title = "New", Priority = 3 }).OnlyChanges(t => t.Title), Is.False);
        Assert.That(Of(s_task, s_task with { }).OnlyChanges(), Is.True);
        Assert.That(Of(s_task, s_task with { Title = "New" }).OnlyChanges(), Is.False);
    });

    [Test]
    public void A_field_within_another_can_be_named() => Assert.Multiple(() =>
    {
        var (before, after) = (Models.NewPerson(), Models.NewPerson());
        (before.Home, after.Home) = (new Address("Paris", "Rue"), new Address("Rome", "Rue"));
        var change = new Change<Person>(Models.Model, "p1", before, after);
        Assert.That(change.IsChanged(p => p.Home!.City), Is.True);
        Assert.That(change.IsChanged(p => p.Home!.Street), Is.False);
        Assert.That(change.OnlyChanges(p => p.Home!.City), Is.True);
        Assert.That(change.OnlyChanges(p => p.Home!.Street), Is.False);
    });

    [Test]
    public void A_change_without_a_model_says_how_to_make_one_with_it() =>
        Assert.That(() => new Change<TaskItem>("t1", s_task, s_task).IsChanged(t => t.Title), Throws.InvalidOperationException.With.Message.Contains("(model, id, before, after)"));

    [Test]
    public void A_caller_is_a_user_and_has_roles() => Assert.Multiple(() =>
    {
        Assert.That(Caller.User("ada").Is("ada"), Is.True);
        Assert.That(Caller.User("ada").Is("Ada"), Is.False);
        Assert.That(Caller.User("ada").Is(null), Is.False);
        Assert.That(Caller.App("import").Is("app:import"), Is.False);
        Assert.That(With(new Claim(ClaimTypes.Role, "admin")).HasRole("admin"), Is.True);
        Assert.That(With(new Claim("role", "admin")).HasRole("admin"), Is.True);
        Assert.That(With(new Claim("role", "admins")).HasRole("admin"), Is.False);
        Assert.That(Caller.User("ada", new ClaimsPrincipal(new ClaimsIdentity([new Claim("groups", "admin")], "test", null, "groups"))).HasRole("admin"), Is.True);
    });

    private static Caller With(Claim claim) => Caller.User("ada", new ClaimsPrincipal(new ClaimsIdentity([claim], "test")));

    private static Change<TaskItem> Of(TaskItem? before, TaskItem? after) => new(Models.Model, "t1", before, after);
}
