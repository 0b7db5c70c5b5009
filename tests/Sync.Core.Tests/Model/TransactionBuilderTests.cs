namespace Sync.Core.Tests;

public sealed class TransactionBuilderTests
{
    private readonly Dictionary<RecordKey, Record> _held = [];

    [Test]
    public void An_update_sees_the_creation_before_it()
    {
        var tx = Builder();
        tx.Table<TaskItem>().Create(Models.Task).Update("t1", t => t with { Title = "New" });
        Assert.That(tx.Operations, Has.Count.EqualTo(2));
        Assert.That(tx.Operations[1], Is.EqualTo(new Operation.Set(new("tasks", "t1"), FieldPath.Of("title"), CanonicalJson.From("New"))));
    }

    [Test]
    public void An_update_sees_the_typed_verbs_before_it()
    {
        Hold(Models.RecordOf(Models.Tasks, Models.Task));
        TaskItem? seen = null;
        Builder().Table<TaskItem>().Set("t1", t => t.Title, "One").ListInsert("t1", t => t.Tags, "c").SetNow("t1", t => t.UpdatedAt).Update("t1", t => seen = t);
        Assert.That((seen!.Title, seen.UpdatedAt), Is.EqualTo(("One", (DateTimeOffset?)Some.Now)));
        Assert.That(seen.Tags, Is.EqualTo(["a", "b", "c"]));
    }

    [Test]
    public void An_update_of_what_is_not_held_says_so() => Assert.Multiple(() =>
    {
        var error = Assert.Throws<RecordNotHeldException>(() => Builder().Table<TaskItem>().Update("t1", t => t))!;
        Assert.That(error.Key, Is.EqualTo(new RecordKey("tasks", "t1")));

        Hold(Models.RecordOf(Models.Tasks, Models.Task));
        Assert.That(() => Builder().Table<TaskItem>().Delete("t1").Update("t1", t => t), Throws.InstanceOf<RecordNotHeldException>());

        Hold(Models.PersonRecord("""{"name":"Ada","nickname":null,"deleted":"2026-01-02T03:04:05.000000Z"}"""));
        Assert.That(() => Builder().Table<Person>().Update("p1", p => p), Throws.InstanceOf<RecordNotHeldException>());
    });

    [Test]
    public void A_soft_delete_is_sent_as_the_delete_that_was_meant()
    {
        Hold(Models.PersonRecord("""{"born":"1815","name":"Ada","nickname":null}"""));
        var tx = Builder();
        tx.Table<Person>().Delete("p1").Restore("p1").Update("p1", p =>
        {
            p.Name = "Eve";
            return p;
        });
        Assert.That(tx.Operations[0], Is.EqualTo(new Operation.Delete(new("people", "p1"))));
        Assert.That(tx.Operations[1], Is.EqualTo(new Operation.Restore(new("people", "p1"))));
        Assert.That(tx.Operations.Skip(2), Does.Contain(new Operation.Set(new("people", "p1"), FieldPath.Of("name"), CanonicalJson.From("Eve"))));
    }

    [Test]
    public void A_soft_deleted_record_is_still_there_to_be_written()
    {
        Hold(Models.PersonRecord("""{"born":"1815","name":"Ada","nickname":null}"""));
        string? seen = null;
        Builder().Table<Person>().Delete("p1").Set("p1", p => p.Name, "Eve").Restore("p1").Update("p1", p =>
        {
            seen = p.Name;
            return p;
        });
        Assert.That(seen, Is.EqualTo("Eve"));
    }

    [Test]
    public void A_verb_needs_a_field_of_its_kind() => Assert.Multiple(() =>
    {
        Assert.That(() => Builder().Table<TaskItem>().SetNow("t1", t => t.Priority), Throws.ArgumentException.With.Message.Contains("priority"));
        Assert.That(() => Builder().Table<TaskItem>().ListInsert("t1", t => t.Title, 'x'), Throws.ArgumentException.With.Message.Contains("title"));
        Assert.That(() => Builder().Table<TaskItem>().ListRemove("t1", t => t.Title, 'x'), Throws.ArgumentException.With.Message.Contains("title"));
    });

    [Test]
    public void A_typed_verb_needs_no_prior_value()
    {
        var tx = Builder();
        tx.Table<TaskItem>().Set("t1", t => t.Status, TaskState.Done).Set("t1", t => t.DueDate, null).ListRemove("t1", t => t.Tags, "a").Unset("t1", t => t.UpdatedAt);
        var key = new RecordKey("tasks", "t1");
        Assert.That(tx.Operations, Is.EqualTo(new Operation[]
        {
            new Operation.Set(key, FieldPath.Of("status"), CanonicalJson.From("Done")),
            new Operation.Unset(key, FieldPath.Of("dueDate")),
            new Operation.ListRemove(key, FieldPath.Of("tags"), CanonicalJson.From("a")),
            new Operation.Unset(key, FieldPath.Of("updatedAt")),
        }));
    }

    [Test]
    public void A_record_is_looked_up_once()
    {
        var asked = 0;
        var tx = new TransactionBuilder(Models.Model, _ => asked++ == 0 ? Models.RecordOf(Models.Tasks, Models.Task) : null, Some.Now);
        tx.Table<TaskItem>().Update("t1", t => t with { Title = "A" }).Update("t1", t => t with { Title = "B" });
        Assert.That(asked, Is.EqualTo(1));
    }

    [Test]
    public void The_id_cannot_be_set() => Assert.That(() => Builder().Table<TaskItem>().Set("t1", t => t.Id, "t2"), Throws.ArgumentException);

    [Test]
    public void An_operation_on_a_table_that_is_not_registered_is_an_error_of_the_caller() =>
        Assert.That(() => Builder().Add(new Operation.Delete(new("nothing", "x"))), Throws.ArgumentException.With.Message.Contains("m.Table"));

    private TransactionBuilder Builder() => new(Models.Model, key => _held.GetValueOrDefault(key), Some.Now);

    private void Hold(Record record) => _held[record.Key] = record;

    [SetUp]
    public void Forget() => _held.Clear();
}
