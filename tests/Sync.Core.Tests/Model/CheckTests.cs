namespace Sync.Core.Tests;

public sealed class CheckTests
{
    private static readonly CanonicalJson s_value = CanonicalJson.From("x");

    [Test]
    public void A_query_by_an_indexed_field_or_the_id_is_answered() => Assert.Multiple(() =>
    {
        Assert.That(Check("tasks", new QueryCondition.EqualTo(FieldPath.Of("workspaceId"), s_value)), Is.Null);
        Assert.That(Check("tasks", new QueryCondition.AnyOf(FieldPath.Of("status"), [s_value])), Is.Null);
        Assert.That(Check("tasks", new QueryCondition.Contains(FieldPath.Of("tags"), s_value)), Is.Null);
        Assert.That(Check("tasks", new QueryCondition.EqualTo(FieldPath.Id, s_value)), Is.Null);
        Assert.That(Check("people", new QueryCondition.EqualTo(FieldPath.Of("home", "city"), s_value)), Is.Null);
        Assert.That(Check("tasks", new QueryCondition.EqualTo(FieldPath.Of("workspaceId"), s_value), new QueryCondition.LessThan(FieldPath.Of("dueDate"), s_value, false)), Is.Null);
    });

    [Test]
    public void A_small_table_may_be_asked_for_whole() => Assert.That(Check("workspaces"), Is.Null);

    [Test]
    public void A_query_that_no_index_serves_names_the_index_to_add() => Assert.Multiple(() =>
    {
        var error = Check("tasks", new QueryCondition.EqualTo(FieldPath.Of("dueDate"), s_value))!;
        Assert.That(error.Code, Is.EqualTo(ErrorCodes.QueryNotIndexed));
        Assert.That(error.Message, Does.Contain(".Index(x => x.DueDate)"));
        Assert.That(Check("tasks")?.Code, Is.EqualTo(ErrorCodes.QueryNotIndexed));
        Assert.That(Check("tasks", new QueryCondition.LessThan(FieldPath.Of("workspaceId"), s_value, true))?.Code, Is.EqualTo(ErrorCodes.QueryNotIndexed));
        Assert.That(Check("tasks", new QueryCondition.EqualTo(FieldPath.Of("tags"), s_value))?.Message, Does.Contain("contains"));
    });

    [Test]
    public void A_hidden_field_is_answered_exactly_as_one_that_is_not_there()
    {
        var hidden = Check("tasks", new QueryCondition.EqualTo(FieldPath.Of("heading"), s_value))!;
        var none = Check("tasks", new QueryCondition.EqualTo(FieldPath.Of("nothing"), s_value))!;
        Assert.That(hidden.Code, Is.EqualTo(ErrorCodes.UnknownField));
        Assert.That(hidden.Message.Replace("heading", "nothing"), Is.EqualTo(none.Message));
        Assert.That(none.Code, Is.EqualTo(hidden.Code));
        Assert.That(Check("people", new QueryCondition.EqualTo(FieldPath.Of("home", "label"), s_value))?.Code, Is.EqualTo(ErrorCodes.UnknownField));
    }

    [Test]
    public void The_order_names_fields_that_there_are() =>
        Assert.That(Models.Model.Check(new Query { Table = "workspaces", OrderBy = [new SortField(FieldPath.Of("nothing"))] })?.Code, Is.EqualTo(ErrorCodes.UnknownField));

    [Test]
    public void A_limit_is_at_least_one()
    {
        Assert.That(Models.Model.Check(new Query { Table = "workspaces", Limit = 0 })?.Code, Is.EqualTo(ErrorCodes.BadQuery));
        Assert.That(Models.Model.Check(new Query { Table = "workspaces", Limit = 1 }), Is.Null);
    }

    [Test]
    public void A_server_only_table_is_answered_exactly_as_one_that_is_not_there()
    {
        var hidden = Check("memberships", new QueryCondition.EqualTo(FieldPath.Of("userId"), s_value))!;
        Assert.That(hidden.Code, Is.EqualTo(ErrorCodes.UnknownTable));
        Assert.That(hidden.Message.Replace("memberships", "nothing"), Is.EqualTo(Check("nothing")!.Message));
    }

    [Test]
    public void An_operation_writes_only_fields_that_the_type_has() => Assert.Multiple(() =>
    {
        var task = new RecordKey("tasks", "t1");
        var person = new RecordKey("people", "p1");
        Assert.That(CodeOf(new Operation.Set(task, FieldPath.Of("title"), s_value)), Is.Null);
        Assert.That(CodeOf(new Operation.Set(task, FieldPath.Of("nothing"), s_value)), Is.EqualTo(ErrorCodes.UnknownField));
        Assert.That(CodeOf(new Operation.Set(task, FieldPath.Of("heading"), s_value)), Is.EqualTo(ErrorCodes.UnknownField));
        Assert.That(CodeOf(new Operation.SetNow(task, FieldPath.Of("nothing"))), Is.EqualTo(ErrorCodes.UnknownField));
        Assert.That(CodeOf(new Operation.Create(task, Some.Json("""{"title":"x","nothing":1}"""))), Is.EqualTo(ErrorCodes.UnknownField));
        Assert.That(CodeOf(new Operation.Create(task, Some.Json("""{"title":"x","version":1}"""))), Is.EqualTo(ErrorCodes.ReservedField));
        Assert.That(CodeOf(new Operation.Unset(task, FieldPath.Id)), Is.EqualTo(ErrorCodes.ReservedField));
        Assert.That(CodeOf(new Operation.Set(person, FieldPath.Of("anything"), s_value)), Is.Null);
        Assert.That(CodeOf(new Operation.Set(person, FieldPath.Of("secret"), s_value)), Is.EqualTo(ErrorCodes.UnknownField));
        Assert.That(CodeOf(new Operation.Set(person, FieldPath.Of("home", "planet"), s_value)), Is.EqualTo(ErrorCodes.UnknownField));
        Assert.That(CodeOf(new Operation.Set(person, FieldPath.Of("home"), Some.Json("""{"city":"c","planet":"p"}"""))), Is.EqualTo(ErrorCodes.UnknownField));
        Assert.That(CodeOf(new Operation.ListInsert(person, FieldPath.Of("places"), Some.Json("""{"planet":"p"}"""), ListPosition.AtEnd)), Is.EqualTo(ErrorCodes.UnknownField));
        Assert.That(CodeOf(new Operation.Set(person, FieldPath.Of("scores", "any"), CanonicalJson.From(1))), Is.Null);
        Assert.That(CodeOf(new Operation.Delete(person)), Is.Null);
    });

    private static ApplyError? Check(string table, params QueryCondition[] where) => Models.Model.Check(new Query { Table = table, Where = [.. where] });

    private static string? CodeOf(Operation operation) => Models.Model.Find(operation.Key.Table)!.Check(operation)?.Code;
}
