using FsCheck;
using FsCheck.Fluent;

namespace Sync.Core.Tests;

public sealed class DiffTests
{
    private static readonly RecordKey s_task = new("tasks", "t1");
    private static readonly RecordKey s_person = new("people", "p1");

    [Test]
    public void Nothing_changed_is_no_operation() => Assert.That(Models.Tasks.Diff(Models.Task, Models.Task with { Tags = ["a", "b"] }), Is.Empty);

    [Test]
    public void Only_what_changed_is_written() => Assert.That(
        Models.Tasks.Diff(Models.Task, Models.Task with { Title = "New", Status = TaskState.Done }),
        Is.EquivalentTo(new Operation[]
        {
            new Operation.Set(s_task, FieldPath.Of("title"), CanonicalJson.From("New")),
            new Operation.Set(s_task, FieldPath.Of("status"), CanonicalJson.From("Done")),
        }));

    [Test]
    public void A_property_gone_to_null_is_taken_away() => Assert.That(
        Models.Tasks.Diff(Models.Task, Models.Task with { DueDate = null }), Is.EqualTo(new[] { new Operation.Unset(s_task, FieldPath.Of("dueDate")) }));

    [Test]
    public void A_nested_object_is_written_by_path()
    {
        var (before, after) = (Models.NewPerson(), Models.NewPerson());
        before.Home = new Address("Paris", "Rue A", new Address("Lyon", null));
        after.Home = before.Home with { Street = null, Former = new Address("Nice", null) };
        Assert.That(Models.People.Diff(before, after), Is.EquivalentTo(new Operation[]
        {
            new Operation.Unset(s_person, FieldPath.Of("home", "street")),
            new Operation.Set(s_person, FieldPath.Of("home", "former", "city"), CanonicalJson.From("Nice")),
        }));
    }

    [Test]
    public void A_nested_object_that_was_not_there_is_written_whole()
    {
        var after = Models.NewPerson();
        after.Home = new Address("Paris", null);
        Assert.That(Models.People.Diff(Models.NewPerson(), after), Is.EqualTo(new[] { new Operation.Set(s_person, FieldPath.Of("home"), Some.Json("""{"city":"Paris"}""")) }));
    }

    [Test]
    public void A_dictionary_is_written_by_name_where_its_names_can_be_paths()
    {
        var (before, after, odd) = (Models.NewPerson(), Models.NewPerson(), Models.NewPerson());
        before.Scores = new() { ["a"] = 1, ["b.c"] = 2 };
        after.Scores = new() { ["a"] = 1, ["b.c"] = 3 };
        odd.Scores = new() { [""] = 1 };
        Assert.That(Models.People.Diff(before, after), Is.EqualTo(new[] { new Operation.Set(s_person, FieldPath.Of("scores", "b.c"), CanonicalJson.From(3)) }));
        Assert.That(Models.People.Diff(before, odd), Is.EqualTo(new[] { new Operation.Set(s_person, FieldPath.Of("scores"), Some.Json("""{"":1}""")) }));
    }

    [Test]
    public void A_list_of_objects_is_written_whole()
    {
        var (before, after) = (Models.NewPerson(), Models.NewPerson());
        after.Places = [new Address("Paris", null)];
        Assert.That(Models.People.Diff(before, after).Single(), Is.InstanceOf<Operation.Set>());
    }

    [Test]
    public void Properties_that_cannot_be_set_and_the_version_take_no_part()
    {
        var (before, after) = (Models.NewPerson(), new Person { Id = "p1", Version = 9, Name = "Ada", Nickname = null, Secret = "s" });
        Assert.That(Models.People.Diff(before, after), Is.Empty);
    }

    [Test]
    public void A_changed_id_is_an_error_of_the_caller() =>
        Assert.That(() => Models.Tasks.Diff(Models.Task, Models.Task with { Id = "t2" }), Throws.ArgumentException.With.Message.Contains("another id"));

    [Test]
    public void A_tag_is_added_behind_its_left_neighbour() => Assert.That(
        Models.Tasks.Diff(Models.Task, Models.Task with { Tags = ["a", "x", "b"] }),
        Is.EqualTo(new[] { new Operation.ListInsert(s_task, FieldPath.Of("tags"), CanonicalJson.From("x"), new ListPosition.After(CanonicalJson.From("a"))) }));

    [Test]
    public void Two_people_who_add_tags_both_keep_theirs()
    {
        var start = Models.RecordOf(Models.Tasks, Models.Task);
        var mine = Models.Tasks.Diff(Models.Task, Models.Task with { Tags = ["a", "b", "mine"] });
        var theirs = Models.Tasks.Diff(Models.Task, Models.Task with { Tags = ["theirs", "b"] });
        Assert.That(Models.Tasks.Read(Models.After(start, mine.Concat(theirs)))!.Tags, Is.EqualTo(["theirs", "b", "mine"]));
    }

    [Test]
    public void An_element_that_moved_is_one_operation() => Assert.That(
        Models.Tasks.Diff(Models.Task with { Tags = ["a", "b", "c", "d"] }, Models.Task with { Tags = ["b", "c", "a", "d"] }),
        Has.Length.EqualTo(1));

    [Test]
    public void An_element_that_moved_to_the_front_is_one_operation() => Assert.That(
        Models.Tasks.Diff(Models.Task with { Tags = ["a", "b", "c", "d"] }, Models.Task with { Tags = ["d", "a", "b", "c"] }),
        Is.EqualTo(new[] { new Operation.ListInsert(s_task, FieldPath.Of("tags"), CanonicalJson.From("d"), ListPosition.AtStart) }));

    [Test]
    public void A_list_with_duplicates_is_written_whole() => Assert.That(
        Models.Tasks.Diff(Models.Task, Models.Task with { Tags = ["a", "a"] }), Is.EqualTo(new[] { new Operation.Set(s_task, FieldPath.Of("tags"), Some.Json("""["a","a"]""")) }));

    [Test]
    public void Carrying_out_a_difference_gives_exactly_the_other_value() =>
        Prop.ForAll(Arb.From(Tasks), Arb.From(Tasks), (before, after) =>
        {
            var operations = Models.Tasks.Diff(before, after);
            return Models.After(Models.RecordOf(Models.Tasks, before), operations).Fields == Models.Tasks.Write(after);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Test]
    public void So_it_does_for_nested_values() =>
        Prop.ForAll(Arb.From(People), Arb.From(People), (before, after) =>
        {
            var operations = Models.People.Diff(before, after);
            return Models.After(Models.RecordOf(Models.People, before), operations).Fields == Models.People.Write(after);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static Gen<TaskItem> Tasks { get; } =
        from title in Gen.Elements("T", "U")
        from status in Gen.Elements(TaskState.Todo, TaskState.Done)
        from tags in Gen.Elements("a", "b", "c", "d", "e", "f", "g", "h").ListOf()
        from isSet in Gen.Choose(0, 4)
        from due in Gen.Elements<DateOnly?>(null, new DateOnly(2026, 1, 1), new DateOnly(2026, 1, 2))
        from updated in Gen.Elements<DateTimeOffset?>(null, Some.Now, Some.Now.ToOffset(TimeSpan.FromHours(3)))
        select new TaskItem("t1", "w", title, status, due, isSet == 0 ? tags.ToList() : tags.Distinct().ToList(), updated);

    private static Gen<Address?> Addresses { get; } =
        from city in Gen.Elements("Paris", "Rome")
        from street in Gen.Elements<string?>(null, "A", "B")
        from former in Gen.Elements<Address?>(null, new Address("Lyon", null), new Address("Nice", "C"))
        from isNull in Gen.Choose(0, 3)
        select isNull == 0 ? null : new Address(city, street, former);

    private static Gen<Person> People { get; } =
        from nickname in Gen.Elements<string?>(null, "x")
        from home in Addresses
        from places in Addresses.ListOf()
        from names in Gen.Elements("a", "b.c", "", "__proto__").ListOf()
        from score in Gen.Choose(0, 2)
        from mood in Gen.Elements(TaskState.Todo, TaskState.Done)
        select new Person
        {
            Id = "p1", Name = "Ada", Nickname = nickname, Home = home, Mood = mood,
            Places = places.Take(2).OfType<Address>().ToList(), Scores = names.Distinct().ToDictionary(n => n, _ => score),
        };
}
