namespace Sync.Core.Tests;

public sealed class QueryTests
{
    private static readonly FieldPath A = FieldPath.Of("a");

    [TestCase("eq", "1", "1", true)]
    [TestCase("eq", "1", "1.0", true)]
    [TestCase("eq", "1", "\"1\"", false)]
    [TestCase("eq", "null", "null", true)]
    [TestCase("eq", "null", "", true)]
    [TestCase("eq", "false", "", false)]
    [TestCase("eq", "{\"x\":1,\"y\":2}", "{\"y\":2,\"x\":1}", true)]
    [TestCase("in", "[1,\"x\"]", "\"x\"", true)]
    [TestCase("in", "[1,\"x\"]", "2", false)]
    [TestCase("in", "[1,null]", "", true)]
    [TestCase("in", "[]", "1", false)]
    [TestCase("lt", "2", "1", true)]
    [TestCase("lt", "2", "2", false)]
    [TestCase("lte", "2", "2", true)]
    [TestCase("lt", "2", "null", false)]
    [TestCase("lt", "2", "", false)]
    [TestCase("lt", "2", "false", false)]
    [TestCase("lt", "\"b\"", "\"a\"", true)]
    [TestCase("lt", "\"b\"", "1", false)]
    [TestCase("lt", "true", "false", true)]
    [TestCase("lte", "null", "", true)]
    [TestCase("lt", "null", "", false)]
    [TestCase("lt", "2", "[]", false)]
    [TestCase("gt", "2", "3", true)]
    [TestCase("gt", "2", "2", false)]
    [TestCase("gte", "2", "2", true)]
    [TestCase("gt", "2", "\"a\"", false)]
    [TestCase("gt", "2", "{}", false)]
    [TestCase("gt", "false", "true", true)]
    [TestCase("gt", "\"\\uffff\"", "\"😀\"", true)]
    [TestCase("contains", "1", "[2,1]", true)]
    [TestCase("contains", "1", "[2]", false)]
    [TestCase("contains", "1", "1", false)]
    [TestCase("contains", "1", "", false)]
    [TestCase("contains", "null", "[null]", true)]
    [TestCase("contains", "{\"x\":1,\"y\":2}", "[{\"y\":2,\"x\":1}]", true)]
    public void A_condition_holds_by_value(string op, string value, string field, bool expected)
    {
        var record = Some.Record(field.Length == 0 ? "{}" : $$"""{"a":{{field}}}""");
        Assert.That(ProtocolCodec.TryReadQuery(Some.Json($$"""{"table":"tasks","where":[{"field":"a","op":"{{op}}","value":{{value}}}]}"""), out var query, out _), Is.True);

        Assert.That(query!.Matches(record), Is.EqualTo(expected));
    }

    [TestCase("[]")]
    [TestCase("{}")]
    public void Nothing_is_less_or_greater_than_a_list_or_an_object(string value)
    {
        foreach (var field in new[] { "[]", "{}", "1", "null" })
        {
            var record = Some.Record($$"""{"a":{{field}}}""");
            Assert.That(Where(new QueryCondition.LessThan(A, Some.Json(value), OrEqual: true)).Matches(record), Is.False);
            Assert.That(Where(new QueryCondition.GreaterThan(A, Some.Json(value), OrEqual: true)).Matches(record), Is.False);
        }
    }

    [Test]
    public void All_conditions_must_hold()
    {
        var query = Where(new QueryCondition.EqualTo(A, Some.Json("1")), new QueryCondition.EqualTo(FieldPath.Of("b"), Some.Json("2")));

        Assert.That(query.Matches(Some.Record("""{"a":1,"b":2}""")), Is.True);
        Assert.That(query.Matches(Some.Record("""{"a":1,"b":3}""")), Is.False);
    }

    [Test]
    public void The_path_id_means_the_records_id()
    {
        Assert.That(Query.ForRecord(Some.Key).Matches(Some.Record("{}")), Is.True);
        Assert.That(Query.ForRecord(Some.Key with { Id = "other" }).Matches(Some.Record("{}")), Is.False);
    }

    [Test]
    public void A_deleted_record_and_one_of_another_table_never_match()
    {
        Assert.That(Where().Matches(Some.Record("{}")), Is.True);
        Assert.That(Where().Matches(Some.Record("{}", isDeleted: true)), Is.False);
        Assert.That((Where() with { Table = "users" }).Matches(Some.Record("{}")), Is.False);
    }

    [Test]
    public void Results_stand_in_the_one_order_of_values()
    {
        string[] inOrder = ["", "false", "true", "-1", "0", "1.5", "10", "\"\"", "\"10\"", "\"9\"", "\"a\"", "\"\\uffff\"", "\"😀\"", "[]"];
        var query = Where() with { OrderBy = [new SortField(A)] };
        var records = inOrder.Select((value, i) => new Record(new("tasks", $"{99 - i}"), 1, Some.Json(value.Length == 0 ? "{}" : $$"""{"a":{{value}}}"""))).ToList();

        Assert.That(records.AsEnumerable().Reverse().Order(By(query)), Is.EqualTo(records));
        Assert.That(records.Order(By(query with { OrderBy = [new SortField(A, Descending: true)] })), Is.EqualTo(records.AsEnumerable().Reverse()));
    }

    [Test]
    public void Missing_and_null_are_one_place_and_so_are_lists_and_objects()
    {
        var query = Where() with { OrderBy = [new SortField(A, Descending: true)] };

        Assert.That(query.Compare(WithId("1", "{}"), WithId("2", """{"a":null}""")), Is.Negative);
        Assert.That(query.Compare(WithId("1", """{"a":{}}"""), WithId("2", """{"a":[1]}""")), Is.Negative);
    }

    [Test]
    public void Ties_go_by_id_ascending_by_code_point_whatever_the_direction()
    {
        string[] ids = ["A", "Z", "a", "ä", "\ue000", "\uffff", "😀"];
        var records = ids.Select(id => WithId(id, """{"a":1}""")).ToList();

        foreach (var descending in new[] { false, true })
        {
            var query = Where() with { OrderBy = [new SortField(A, descending)] };
            Assert.That(records.AsEnumerable().Reverse().Order(By(query)).Select(r => r.Id), Is.EqualTo(ids));
        }
    }

    [Test]
    public void A_second_field_orders_where_the_first_is_equal()
    {
        var query = Where() with { OrderBy = [new SortField(A), new SortField(FieldPath.Of("b"), Descending: true)] };

        Assert.That(query.Compare(WithId("1", """{"a":1,"b":1}"""), WithId("2", """{"a":1,"b":2}""")), Is.Positive);
        Assert.That(query.Compare(WithId("1", """{"a":0,"b":1}"""), WithId("2", """{"a":1,"b":2}""")), Is.Negative);
    }

    [Test]
    public void One_may_order_by_the_id_itself()
    {
        var query = Where() with { OrderBy = [new SortField(FieldPath.Id, Descending: true)] };

        Assert.That(query.Compare(WithId("\uffff", "{}"), WithId("😀", "{}")), Is.Positive);
    }

    private static Query Where(params QueryCondition[] conditions) => new() { Table = "tasks", Where = [.. conditions] };
    private static Record WithId(string id, string fields) => new(new("tasks", id), 1, Some.Json(fields));
    private static Comparer<Record> By(Query query) => Comparer<Record>.Create(query.Compare);
}
