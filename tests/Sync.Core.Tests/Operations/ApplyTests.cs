namespace Sync.Core.Tests;

public sealed class ApplyTests
{
    private static FieldPath At(string dotted) => FieldPath.Of(dotted.Split('.'));

    [TestCase("""{"a":1}""", "b", "2", """{"a":1,"b":2}""")]
    [TestCase("""{"b":1}""", "a", "2", """{"a":2,"b":1}""")]
    [TestCase("""{"a":1,"c":1}""", "b", "2", """{"a":1,"b":2,"c":1}""")]
    [TestCase("{}", "a", "2", """{"a":2}""")]
    [TestCase("""{"a":1}""", "a", "[1]", """{"a":[1]}""")]
    [TestCase("{}", "a.b.c", "1", """{"a":{"b":{"c":1}}}""")]
    [TestCase("""{"a":null}""", "a.b", "1", """{"a":{"b":1}}""")]
    [TestCase("""{"a":{"z":1}}""", "a.b", "1", """{"a":{"b":1,"z":1}}""")]
    public void Set_writes_a_value_and_makes_missing_or_null_parents(string fields, string path, string value, string expected) =>
        AssertFields(fields, new Operation.Set(Some.Key, At(path), Some.Json(value)), expected);

    [TestCase("""{"a":1,"b":2}""", "a", """{"b":2}""")]
    [TestCase("""{"a":1,"b":2}""", "b", """{"a":1}""")]
    [TestCase("""{"a":1}""", "a", "{}")]
    [TestCase("""{"a":1}""", "x.y", """{"a":1}""")]
    [TestCase("""{"a":{"b":1,"c":2}}""", "a.b", """{"a":{"c":2}}""")]
    [TestCase("""{"a":null}""", "a.b", """{"a":null}""")]
    public void Unset_takes_a_field_away(string fields, string path, string expected) =>
        AssertFields(fields, new Operation.Unset(Some.Key, At(path)), expected);

    [TestCase("""["a","b","c"]""", "\"d\"", "prepend", """["d","a","b","c"]""")]
    [TestCase("""["a","b","c"]""", "\"d\"", "append", """["a","b","c","d"]""")]
    [TestCase("""["a","b","c"]""", "\"d\"", "before b", """["a","d","b","c"]""")]
    [TestCase("""["a","b","c"]""", "\"d\"", "after b", """["a","b","d","c"]""")]
    [TestCase("""["a","b","c"]""", "\"d\"", "before x", """["d","a","b","c"]""", Description = "anchor not found: before goes to the front")]
    [TestCase("""["a","b","c"]""", "\"d\"", "after x", """["a","b","c","d"]""", Description = "anchor not found: after goes to the end")]
    [TestCase("""["a","b","c"]""", "\"a\"", "append", """["b","c","a"]""", Description = "an element already there is moved")]
    [TestCase("""["a","b","c"]""", "\"c\"", "before a", """["c","a","b"]""")]
    [TestCase("""["a","b","c"]""", "\"b\"", "after b", """["a","b","c"]""", Description = "anchor equal to the value: it keeps its place")]
    [TestCase("""["a","b","c"]""", "\"b\"", "before b", """["a","b","c"]""")]
    [TestCase("""["a","c"]""", "\"b\"", "before b", """["b","a","c"]""")]
    [TestCase("""["a","c"]""", "\"b\"", "after b", """["a","c","b"]""")]
    [TestCase("""["a","b","a"]""", "\"a\"", "append", """["b","a"]""", Description = "every equal element is taken out")]
    [TestCase("""["a","b","a"]""", "\"a\"", "before a", """["a","b"]""")]
    [TestCase("""[1,{"b":1,"a":2}]""", """{"a":2,"b":1}""", "prepend", """[{"a":2,"b":1},1]""", Description = "equality is by value, not by text")]
    [TestCase("[]", "1.0", "after 3", "[1]")]
    [TestCase("null", "1", "append", "[1]")]
    public void A_list_insert_puts_an_element_in_its_one_place(string list, string value, string position, string expected)
    {
        var anchor = position.Split(' ') is [_, var text] ? Some.Json(char.IsDigit(text[0]) ? text : $"\"{text}\"") : default;
        ListPosition place = position.Split(' ')[0] switch
        {
            "prepend" => ListPosition.AtStart,
            "append" => ListPosition.AtEnd,
            "before" => new ListPosition.Before(anchor),
            _ => new ListPosition.After(anchor),
        };
        AssertFields($$"""{"l":{{list}}}""", new Operation.ListInsert(Some.Key, At("l"), Some.Json(value), place), $$"""{"l":{{expected}}}""");
    }

    [Test]
    public void A_list_insert_into_a_missing_list_makes_one() => AssertFields("{}", new Operation.ListInsert(Some.Key, At("l.m"), Some.Json("1"), ListPosition.AtEnd), """{"l":{"m":[1]}}""");

    [TestCase("""{"l":["a","b","a"]}""", """{"l":["b"]}""")]
    [TestCase("""{"l":["b"]}""", """{"l":["b"]}""")]
    [TestCase("""{"l":null}""", """{"l":null}""")]
    [TestCase("{}", "{}")]
    public void A_list_remove_takes_every_equal_element_out(string fields, string expected) =>
        AssertFields(fields, new Operation.ListRemove(Some.Key, At("l"), Some.Json("\"a\"")), expected);

    [Test]
    public void Set_now_writes_the_clock_it_is_handed() => AssertFields("{}", new Operation.SetNow(Some.Key, At("at")), """{"at":"2026-01-02T03:04:05.000000Z"}""");

    [Test]
    public void Every_operation_counts_also_when_it_changes_nothing()
    {
        var after = Operations.Apply(Some.Record("""{"a":1}""", version: 7), new Operation.Set(Some.Key, At("a"), Some.Json("1.0")), Some.Now).Record!;
        Assert.That(after.Version, Is.EqualTo(8));
    }

    [Test]
    public void Create_gives_version_1_and_is_refused_on_an_existing_record()
    {
        var create = new Operation.Create(Some.Key, Some.Json("""{"a":1}"""));
        Assert.That(Operations.Apply(null, create, Some.Now).Record!.Version, Is.EqualTo(1));
        AssertRefused(Some.Record("{}"), create, ErrorCodes.AlreadyExists);
    }

    [Test]
    public void A_deleted_record_keeps_counting_and_comes_back_with_its_fields()
    {
        var gone = Operations.Apply(Some.Record("""{"a":1}""", version: 3), new Operation.Delete(Some.Key), Some.Now).Record!;
        Assert.That((gone.IsDeleted, gone.Version), Is.EqualTo((true, 4)));
        AssertRefused(gone, new Operation.Set(Some.Key, At("a"), Some.Json("1")), ErrorCodes.NotFound);
        var back = Operations.Apply(gone, new Operation.Restore(Some.Key), Some.Now).Record!;
        Assert.That((back.IsDeleted, back.Version, back.Fields.ToString()), Is.EqualTo((false, 5, """{"a":1}""")));
        var anew = Operations.Apply(gone, new Operation.Create(Some.Key, Some.Json("{}")), Some.Now).Record!;
        Assert.That((anew.IsDeleted, anew.Version, anew.Fields.ToString()), Is.EqualTo((false, 5, "{}")));
    }

    [TestCase("a.b", "[1]")]
    [TestCase("a.b", "\"text\"")]
    [TestCase("a.b.c", "5")]
    public void A_path_through_a_scalar_or_a_list_is_refused(string path, string value)
    {
        var record = Some.Record($$"""{"a":{{value}}}""");
        AssertRefused(record, new Operation.Set(Some.Key, At(path), Some.Json("1")), ErrorCodes.TypeMismatch);
        AssertRefused(record, new Operation.Unset(Some.Key, At(path)), ErrorCodes.TypeMismatch);
        AssertRefused(record, new Operation.ListInsert(Some.Key, At(path), Some.Json("1"), ListPosition.AtEnd), ErrorCodes.TypeMismatch);
        AssertRefused(record, new Operation.ListRemove(Some.Key, At(path), Some.Json("1")), ErrorCodes.TypeMismatch);
    }

    [Test]
    public void A_list_operation_on_something_else_is_refused() =>
        AssertRefused(Some.Record("""{"a":"x"}"""), new Operation.ListInsert(Some.Key, At("a"), Some.Json("1"), ListPosition.AtEnd), ErrorCodes.TypeMismatch);

    [TestCase("id")]
    [TestCase("version")]
    [TestCase("version.x")]
    public void Id_and_version_cannot_be_written(string path)
    {
        AssertRefused(Some.Record("{}"), new Operation.Set(Some.Key, At(path), Some.Json("9")), ErrorCodes.ReservedField);
        AssertRefused(Some.Record("{}"), new Operation.Unset(Some.Key, At(path)), ErrorCodes.ReservedField);
    }

    [TestCase("""{"__proto__":1}""", ErrorCodes.ReservedName)]
    [TestCase("""{"":1}""", ErrorCodes.BadPath)]
    public void A_created_value_that_no_frame_could_carry_is_refused(string value, string code) => AssertRefused(null, new Operation.Create(Some.Key, Some.Json(value)), code);

    [Test]
    public void A_created_value_may_nest_64_deep_and_not_deeper()
    {
        static CanonicalJson Nested(int depth) => CanonicalJson.FromCanonicalBytes(System.Text.Encoding.UTF8.GetBytes($"{{\"a\":{new string('[', depth)}{new string(']', depth)}}}"));

        Assert.That(Operations.Apply(null, new Operation.Create(Some.Key, Nested(63)), Some.Now).Error, Is.Null);
        AssertRefused(null, new Operation.Create(Some.Key, Nested(64)), ErrorCodes.TooDeep);
    }

    [Test]
    public void Operations_on_a_record_that_is_not_there_are_refused() => AssertRefused(null, new Operation.Set(Some.Key, At("a"), Some.Json("1")), ErrorCodes.NotFound);

    [TestCase("""{"a":1}""", true)]
    [TestCase("""{"a":2}""", false)]
    [TestCase("{}", false)]
    public void A_condition_on_the_value_decides_when_it_is_applied(string fields, bool holds) =>
        AssertCondition(fields, new Condition.ValueIs(Some.Json("1.0")), holds);

    [TestCase("{}", true)]
    [TestCase("""{"a":null}""", false)]
    public void A_condition_on_absence_holds_only_where_nothing_is(string fields, bool holds) => AssertCondition(fields, Condition.Absent.Instance, holds);

    [TestCase(4, true)]
    [TestCase(5, false)]
    public void A_condition_on_the_version_compares_the_running_one(long version, bool holds) => AssertCondition("{}", new Condition.VersionIs(version), holds);

    [Test]
    public void A_value_that_would_nest_too_deep_below_its_path_is_refused()
    {
        var deep = Some.Json(new string('[', 63) + new string(']', 63));
        Assert.That(Operations.Apply(Some.Record("{}"), new Operation.Set(Some.Key, At("a"), deep), Some.Now).Record, Is.Not.Null);
        AssertRefused(Some.Record("{}"), new Operation.Set(Some.Key, At("a.b"), deep), ErrorCodes.TooDeep);
    }

    private static void AssertCondition(string fields, Condition condition, bool holds)
    {
        var record = Some.Record(fields, version: 4);
        foreach (var operation in (Operation[])[new Operation.Set(Some.Key, At("a"), Some.Json("\"new\""), condition), new Operation.Unset(Some.Key, At("a"), condition)])
        {
            var result = Operations.Apply(record, operation, Some.Now);
            Assert.That((result.ConditionFailed, result.Record!.Version), Is.EqualTo((!holds, 5)));
            if (!holds) Assert.That(result.Record.Fields, Is.EqualTo(record.Fields));
        }
    }

    private static void AssertFields(string fields, Operation operation, string expected) =>
        Assert.That(Operations.Apply(Some.Record(fields), operation, Some.Now).Record?.Fields.ToString(), Is.EqualTo(expected));

    private static void AssertRefused(Record? record, Operation operation, string code) =>
        Assert.That(Operations.Apply(record, operation, Some.Now).Error?.Code, Is.EqualTo(code));
}
