namespace Sync;

/// <summary>Brings the values inside operations and queries to the form in which a type's fields are kept.</summary>
internal static class NormalForm
{
    public static Operation Of(Operation operation, RecordType type) => operation switch
    {
        Operation.Create create => create with { Value = type.Shape.Normalize(create.Value) },
        Operation.Set set => set with { Value = Field(type, set.Path, set.Value), If = Of(set.If, type.ShapeAt(set.Path)) },
        Operation.Unset unset => unset with { If = Of(unset.If, type.ShapeAt(unset.Path)) },
        Operation.Delete delete => delete with { If = Of(delete.If, type.Shape) },
        Operation.ListInsert insert => insert with { Value = Element(type, insert.Path, insert.Value), Position = Of(insert.Position, type, insert.Path) },
        Operation.ListRemove remove => remove with { Value = Element(type, remove.Path, remove.Value) },
        Operation.SetNow or Operation.Restore => operation,
        _ => throw new InvalidOperationException($"No such operation: {operation.GetType().Name}."),
    };

    public static Query Of(Query query, RecordType type) =>
        query.Where.IsEmpty ? query : query with { Where = [.. query.Where.Select(condition => Of(condition, type))] };

    private static QueryCondition Of(QueryCondition condition, RecordType type) => condition switch
    {
        QueryCondition.EqualTo equal => equal with { Value = Field(type, equal.Path, equal.Value) },
        QueryCondition.AnyOf any => any with { Values = [.. any.Values.Select(value => Field(type, any.Path, value))] },
        QueryCondition.LessThan less => less with { Value = Field(type, less.Path, less.Value) },
        QueryCondition.GreaterThan greater => greater with { Value = Field(type, greater.Path, greater.Value) },
        QueryCondition.Contains contains => contains with { Value = Element(type, contains.Path, contains.Value) },
        _ => throw new InvalidOperationException($"No such condition: {condition.GetType().Name}."),
    };

    private static Condition? Of(Condition? condition, Shape? shape) =>
        condition is Condition.ValueIs { Value: var value } && shape is not null ? new Condition.ValueIs(shape.Normalize(value)) : condition;

    private static ListPosition Of(ListPosition position, RecordType type, FieldPath path) => position switch
    {
        ListPosition.Before before => new ListPosition.Before(Element(type, path, before.Anchor)),
        ListPosition.After after => new ListPosition.After(Element(type, path, after.Anchor)),
        _ => position,
    };

    private static CanonicalJson Field(RecordType type, FieldPath path, CanonicalJson value) => type.ShapeAt(path)?.Normalize(value) ?? value;

    private static CanonicalJson Element(RecordType type, FieldPath path, CanonicalJson value) =>
        type.ShapeAt(path) is ListShape list ? list.Element.Normalize(value) : value;
}
