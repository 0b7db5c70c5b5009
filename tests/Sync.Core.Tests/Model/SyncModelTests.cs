namespace Sync.Core.Tests;

public sealed class SyncModelTests
{
    [Test]
    public void A_type_without_a_json_name_id_is_refused_and_the_usual_cause_is_named() => Refuses(
        m => m.Table("workspaces", PlainJson.Default.Workspace), "JsonSerializerDefaults.Web");

    [Test]
    public void An_id_that_is_written_as_a_number_is_refused() => Refuses(m => m.Table("numbered", ModelJson.Default.Numbered), "\"id\" that is written as a string");

    [Test]
    public void A_version_that_is_no_number_is_refused() => Refuses(m => m.Table("counted", ModelJson.Default.Counted), "JsonPropertyName");

    [Test]
    public void One_type_cannot_serve_two_tables() => Refuses(m =>
    {
        m.Table("one", ModelJson.Default.Workspace);
        m.Table("two", ModelJson.Default.Workspace);
    }, "record type of its own");

    [Test]
    public void One_name_cannot_stand_for_two_tables() => Refuses(m =>
    {
        m.Table("one", ModelJson.Default.Workspace);
        m.Table("one", ModelJson.Default.TaskItem);
    }, "registered twice");

    [Test]
    public void An_index_must_be_a_field() => Assert.Multiple(() =>
    {
        Refuses(m => m.Table("tasks", ModelJson.Default.TaskItem).Index(t => t.Title + "x"), "chain of properties");
        Refuses(m => m.Table("tasks", ModelJson.Default.TaskItem).Index(t => t.Heading), "can be set");
        Refuses(m => m.Table("tasks", ModelJson.Default.TaskItem).Index(t => t.Title.Length), "names no field");
        Refuses(m => m.Table("people", PeopleJson.Default.Person).Index(p => p.Home), "Index one of its scalar fields");
        Refuses(m => m.Table("tasks", ModelJson.Default.TaskItem).Index(t => t.Id), "always indexed");
    });

    [Test]
    public void A_soft_delete_needs_a_nullable_instant() =>
        Refuses(m => m.Table("tasks", ModelJson.Default.TaskItem).SoftDelete(t => t.Title), "DateTimeOffset?");

    [Test]
    public void A_server_only_field_stands_at_the_top_may_be_missing_and_tells_no_deletion() => Assert.Multiple(() =>
    {
        Refuses(m => m.Table("tasks", ModelJson.Default.TaskItem).ServerOnly(t => t.Id), "ServerOnly()");
        Refuses(m => m.Table("tasks", ModelJson.Default.TaskItem).ServerOnly(t => t.Title), "nullable, or give it a default");
        Refuses(m => m.Table("people", PeopleJson.Default.Person).ServerOnly(p => p.Home!.City), "within another field");
        Refuses(m => m.Table("people", PeopleJson.Default.Person).SoftDelete(p => p.Deleted).ServerOnly(p => p.Deleted), "can't be both");
        Refuses(m => m.Table("people", PeopleJson.Default.Person).ServerOnly(p => p.Deleted).SoftDelete(p => p.Deleted), "can't be both");
    });

    [Test]
    public void A_server_only_field_is_told_apart() =>
        Assert.That(Hiding.Fields.Where(f => f.IsServerOnly).Select(f => f.Name), Is.EqualTo(["dueDate", "priority"]));

    [Test]
    public void What_users_create_lacks_server_only_fields_that_nobody_set() => Assert.Multiple(() =>
    {
        Assert.That(Hiding.WriteOfUser(Models.Task with { DueDate = null }), Is.EqualTo(Some.Json("""{"workspaceId":"w1","title":"Write","status":"Todo","tags":["a","b"]}""")));
        Assert.That(Hiding.WriteOfUser(Models.Task), Is.EqualTo(Hiding.Write(Models.Task)), "what was set stays, to be refused");
    });

    [Test]
    public void Where_a_type_keeps_unknown_fields_a_server_only_one_is_refused_all_the_same()
    {
        var people = SyncModel.Create(m => m.Table("people", PeopleJson.Default.Person).ServerOnly(p => p.Nickname)).TableOf<Person>();
        Assert.That(people.Check(new Operation.Set(new("people", "p1"), FieldPath.Of("colour"), CanonicalJson.Null)), Is.Null);
        Assert.That(people.Check(new Operation.Set(new("people", "p1"), FieldPath.Of("nickname"), CanonicalJson.Null))!.Code, Is.EqualTo(ErrorCodes.UnknownField));
    }

    [Test]
    public void What_is_told_of_operations_names_no_server_only_field() => Assert.Multiple(() =>
    {
        var key = new RecordKey("tasks", "t1");
        Assert.That(Hiding.Reveal(new Operation.Set(key, FieldPath.Of("priority"), CanonicalJson.From(1))), Is.Null);
        Assert.That(Hiding.Reveal(new Operation.Unset(key, FieldPath.Parse("dueDate.x"))), Is.Null);
        Assert.That(Hiding.Reveal(new Operation.Create(key, Some.Json("""{"title":"T","priority":1}"""))), Is.EqualTo(new Operation.Create(key, Some.Json("""{"title":"T"}"""))));
        Assert.That(
            Hiding.Reveal(new Operation.Delete(key, new Condition.ValueIs(Some.Json("""{"title":"T","priority":1}""")))),
            Is.EqualTo(new Operation.Delete(key, new Condition.ValueIs(Some.Json("""{"title":"T"}""")))));
        Assert.That(Hiding.Reveal(new Operation.SetNow(key, FieldPath.Of("updatedAt"))), Is.Not.Null);
    });

    private static TableModel<TaskItem> Hiding { get; } =
        SyncModel.Create(m => m.Table("tasks", ModelJson.Default.TaskItem).ServerOnly(t => t.DueDate).ServerOnly(t => t.Priority)).TableOf<TaskItem>();

    [Test]
    public void The_fields_are_those_that_are_written_and_can_be_set() => Assert.Multiple(() =>
    {
        Assert.That(Models.Tasks.Fields.Select(f => f.Name), Is.EquivalentTo(["workspaceId", "title", "status", "dueDate", "tags", "updatedAt", "priority"]));
        Assert.That(Models.People.Fields.Select(f => f.Name), Does.Not.Contain("secret").And.Not.Contain("version").And.Not.Contain("more"));
        Assert.That(Models.People.AllowsUnknownFields, Is.True);
        Assert.That(Models.Tasks.AllowsUnknownFields, Is.False);
    });

    [TestCase("title", FieldKind.String, false, false)]
    [TestCase("status", FieldKind.String, false, false)]
    [TestCase("dueDate", FieldKind.Date, true, false)]
    [TestCase("tags", FieldKind.List, false, false)]
    [TestCase("updatedAt", FieldKind.Instant, true, false)]
    [TestCase("priority", FieldKind.Number, false, true)]
    public void A_field_tells_its_kind_and_whether_it_may_be_missing(string name, FieldKind kind, bool isNullable, bool hasDefault)
    {
        var field = Models.Tasks.FindField(name)!;
        Assert.That((field.Kind, field.IsNullable, field.HasDefault), Is.EqualTo((kind, isNullable, hasDefault)));
    }

    [TestCase("name", false, false)]
    [TestCase("nickname", true, false)]
    [TestCase("born", false, false)]
    [TestCase("home", true, false)]
    [TestCase("marks", false, true)]
    public void Members_of_a_class_tell_it_too(string name, bool isNullable, bool hasDefault)
    {
        var field = Models.People.FindField(name)!;
        Assert.That((field.IsNullable, field.HasDefault || field.IsNullable), Is.EqualTo((isNullable, hasDefault || isNullable)));
    }

    private static void Refuses(Action<SyncModelBuilder> build, string expected) =>
        Assert.That(() => SyncModel.Create(build), Throws.ArgumentException.With.Message.Contains(expected));
}
