namespace Sync.Core.Tests;

public sealed class QueryEqualityTests
{
    private static readonly QueryCondition One = new QueryCondition.EqualTo(FieldPath.Of("a"), CanonicalJson.From(1));
    private static readonly QueryCondition Two = new QueryCondition.AnyOf(FieldPath.Of("b"), [CanonicalJson.From(1), CanonicalJson.From(2)]);

    [Test]
    public void Queries_made_apart_are_equal_when_they_ask_the_same()
    {
        var query = new Query { Table = "tasks", Where = [One, Two], OrderBy = [new(FieldPath.Of("c"))], Limit = 5 };
        var same = new Query { Table = "tasks", Where = [Two, One, One], OrderBy = [new(FieldPath.Parse("c"))], Limit = 5 };

        Assert.That(same, Is.EqualTo(query));
        Assert.That(same.GetHashCode(), Is.EqualTo(query.GetHashCode()));
    }

    [Test]
    public void The_order_of_an_ins_values_does_not_matter_and_null_is_missing()
    {
        Assert.That(Asking(new QueryCondition.AnyOf(FieldPath.Of("b"), [CanonicalJson.From(2), CanonicalJson.From(1), CanonicalJson.From(2)])), Is.EqualTo(Asking(Two)));
        Assert.That(Asking(new QueryCondition.EqualTo(FieldPath.Of("a"), default)), Is.EqualTo(Asking(new QueryCondition.EqualTo(FieldPath.Of("a"), CanonicalJson.Null))));
    }

    [Test]
    public void Queries_that_ask_for_something_else_differ()
    {
        var query = new Query { Table = "tasks", Where = [One], OrderBy = [new(FieldPath.Of("a")), new(FieldPath.Of("b"))], Limit = 5 };

        Assert.That(query with { Table = "users" }, Is.Not.EqualTo(query));
        Assert.That(query with { Where = [Two] }, Is.Not.EqualTo(query));
        Assert.That(query with { Where = [] }, Is.Not.EqualTo(query));
        Assert.That(query with { OrderBy = [new(FieldPath.Of("b")), new(FieldPath.Of("a"))] }, Is.Not.EqualTo(query));
        Assert.That(query with { OrderBy = [new(FieldPath.Of("a"), true), new(FieldPath.Of("b"))] }, Is.Not.EqualTo(query));
        Assert.That(query with { Limit = null }, Is.Not.EqualTo(query));
        Assert.That(Asking(new QueryCondition.LessThan(FieldPath.Of("a"), CanonicalJson.From(1), false)), Is.Not.EqualTo(Asking(new QueryCondition.LessThan(FieldPath.Of("a"), CanonicalJson.From(1), true))));
        Assert.That(Asking(new QueryCondition.EqualTo(FieldPath.Of("a", "b"), CanonicalJson.From(1))), Is.Not.EqualTo(Asking(new QueryCondition.EqualTo(FieldPath.Of("a.b"), CanonicalJson.From(1)))));
    }

    [Test]
    public void A_copy_that_was_changed_after_its_key_was_asked_for_has_a_key_of_its_own()
    {
        var query = Asking(One);
        _ = query.Key;

        Assert.That((query with { Limit = 1 }).Key.ToString(), Does.Contain("limit"));
    }

    [Test]
    public void An_in_that_was_changed_after_it_was_used_matches_by_its_own_values()
    {
        var any = new QueryCondition.AnyOf(FieldPath.Of("b"), [CanonicalJson.From(1)]);
        var record = Some.Record("""{"b":2}""");
        Assert.That(Asking(any).Matches(record), Is.False);

        Assert.That(Asking(any with { Values = [CanonicalJson.From(2)] }).Matches(record), Is.True);
    }

    [Test]
    public void Conditions_made_apart_are_equal() =>
        Assert.That(new QueryCondition.AnyOf(FieldPath.Of("b"), [CanonicalJson.From(1), CanonicalJson.From(2)]), Is.EqualTo(Two));

    [Test]
    public void The_key_is_the_querys_one_form_on_the_wire() =>
        Assert.That(SomeMessages.Query.Key.ToString(), Is.EqualTo(
            """{"limit":50,"orderBy":[{"descending":true,"field":"dueDate"},{"field":["with.dot","x"]}],"table":"tasks","where":[{"field":"orderIndex","op":"gt","value":1},"""
            + """{"field":"orderIndex","op":"gte","value":2},{"field":"orderIndex","op":"lt","value":9},{"field":"orderIndex","op":"lte","value":8},{"field":"status","op":"in","value":["done","todo"]},"""
            + """{"field":"tags","op":"contains","value":"x"},{"field":"workspaceId","op":"eq","value":"demo"}]}"""));

    private static Query Asking(QueryCondition condition) => new() { Table = "tasks", Where = [condition] };
}
