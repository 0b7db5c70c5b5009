namespace Sync.Core.Tests;

public sealed class TypedRecordTests
{
    [Test]
    public void What_is_written_reads_back_as_it_was()
    {
        var task = Models.Task with { UpdatedAt = Some.Now, Priority = 3 };
        var read = Models.Tasks.Read(Models.RecordOf(Models.Tasks, task))!;
        Assert.That(read with { Tags = task.Tags }, Is.EqualTo(task));
        Assert.That(read.Tags, Is.EqualTo(task.Tags));
    }

    [Test]
    public void What_is_written_has_neither_id_nor_nulls_nor_computed_properties() =>
        Assert.That(Models.Tasks.Write(Models.Task with { DueDate = null }).ToString(),
            Is.EqualTo("""{"priority":0,"status":"Todo","tags":["a","b"],"title":"Write","workspaceId":"w1"}"""));

    [Test]
    public void Instants_are_written_as_UTC_with_six_digits()
    {
        var written = Models.Tasks.Write(Models.Task with { UpdatedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)) });
        Assert.That(written["updatedAt"].AsString(), Is.EqualTo("2026-01-02T01:04:05.000000Z"));
    }

    [Test]
    public void A_record_that_the_type_cannot_read_reads_as_null() =>
        Assert.That(Models.Tasks.Read(Models.TaskRecord("""{"workspaceId":"w","title":5,"status":"Todo","tags":[]}""")), Is.Null);

    [Test]
    public void The_version_is_read_where_the_type_has_one() =>
        Assert.That(Models.People.Read(Models.PersonRecord("""{"name":"Ada","nickname":null}""", version: 7))!.Version, Is.EqualTo(7));

    [Test]
    public void A_missing_field_that_the_serializer_requires_reads_as_null() =>
        Assert.That(Models.People.Read(Models.PersonRecord("""{"name":"Ada"}"""))!.Nickname, Is.Null);

    [Test]
    public void A_type_that_refuses_unknown_members_still_reads_a_record_that_has_some()
    {
        var record = new Record(new RecordKey("strict", "s"), 3, Some.Json("""{"name":"n","newer":1}"""));
        Assert.That(Models.Model.TableOf<Strict>().Read(record), Is.EqualTo(new Strict("s", "n")));
    }

    [Test]
    public void Extension_data_is_kept_without_the_version()
    {
        var read = Models.People.Read(Models.PersonRecord("""{"name":"Ada","later":[1]}"""))!;
        Assert.That(read.More!.Keys, Is.EqualTo(["later"]));
        Assert.That(Models.People.Write(read)["later"], Is.EqualTo(Some.Json("[1]")));
    }

    [Test]
    public void The_same_record_is_read_once_by_rules()
    {
        var record = Models.RecordOf(Models.Tasks, Models.Task);
        var (first, again) = (Models.Tasks.ReadShared(record), Models.Tasks.ReadShared(record));
        Assert.That(again, Is.SameAs(first));
        Assert.That(Models.Tasks.Read(record), Is.Not.SameAs(first));
    }

    [Test]
    public void Paths_are_named_by_json_names() => Assert.Multiple(() =>
    {
        Assert.That(Models.Tasks.PathOf(t => t.WorkspaceId), Is.EqualTo(FieldPath.Of("workspaceId")));
        Assert.That(Models.Tasks.PathOf(t => t.Id).IsId, Is.True);
        Assert.That(Models.Tasks.PathOf(t => t.DueDate!.Value), Is.EqualTo(FieldPath.Of("dueDate")));
        Assert.That(Models.Tasks.PathOf(t => (object)t.Priority), Is.EqualTo(FieldPath.Of("priority")));
        Assert.That(Models.People.PathOf(p => p.Home!.Former!.City), Is.EqualTo(FieldPath.Of("home", "former", "city")));
        Assert.That(() => Models.People.PathOf(p => p.Version), Throws.ArgumentException);
        Assert.That(() => Models.People.PathOf(p => p.Secret), Throws.ArgumentException);
        Assert.That(() => Models.People.PathOf(p => p), Throws.ArgumentException);
        Assert.That(() => Models.People.PathOf(p => p.Name.ToUpperInvariant()), Throws.ArgumentException);
    });

    [Test]
    public void Values_are_written_as_their_field_keeps_them() => Assert.Multiple(() =>
    {
        var team = Guid.Parse("AAAAAAAA-0000-0000-0000-000000000001");
        Assert.That(Models.Tasks.WriteValue(FieldPath.Of("status"), TaskState.Done).AsString(), Is.EqualTo("Done"));
        Assert.That(Models.Tasks.WriteValue(FieldPath.Of("tags"), "x").AsString(), Is.EqualTo("x"));
        Assert.That(Models.Tasks.WriteValue(FieldPath.Of("tags"), (IReadOnlyList<string>)["x"]), Is.EqualTo(Some.Json("""["x"]""")));
        Assert.That(Models.Tasks.WriteValue(FieldPath.Of("dueDate"), (DateOnly?)new DateOnly(2026, 3, 4)).AsString(), Is.EqualTo("2026-03-04"));
        Assert.That(Models.People.WriteValue(FieldPath.Of("teamId"), team).AsString(), Is.EqualTo("aaaaaaaa-0000-0000-0000-000000000001"));
        Assert.That(Models.People.WriteValue(FieldPath.Of("mood"), TaskState.Doing).AsString(), Is.EqualTo("Doing"));
        Assert.That(Models.People.WriteValue(FieldPath.Of("feeling"), TaskState.Doing).AsString(), Is.EqualTo("Doing"));
        Assert.That(Models.People.WriteValue(FieldPath.Of("level"), Level.High).AsInt64(), Is.EqualTo(2));
        Assert.That(Models.Tasks.WriteValue(FieldPath.Of("priority"), 4).AsInt64(), Is.EqualTo(4));
        Assert.That(() => Models.Tasks.WriteValue(FieldPath.Of("title"), 4), Throws.ArgumentException.With.Message.Contains("title"));
        Assert.That(() => Models.Tasks.WriteValue(FieldPath.Of("status"), (TaskState)9), Throws.ArgumentException.With.Message.Contains("one of"));
        Assert.That(Models.People.WriteValue(FieldPath.Id, "p").AsString(), Is.EqualTo("p"));
        Assert.That(Models.People.WriteValue(FieldPath.Of("seenAt"), new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc)).AsString(), Is.EqualTo("2026-01-02T03:04:05.000000Z"));
    });
}
