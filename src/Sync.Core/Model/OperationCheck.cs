namespace Sync;

/// <summary>Which fields an operation may name. Whether the values fit is judged on the record that comes of it.</summary>
internal static class OperationCheck
{
    public static ApplyError? Of(Operation operation, TableSettings table) => operation switch
    {
        Operation.Create create => OfCreate(create, table),
        Operation.Set set => OfPath(set.Path, table) ?? OfValue(set.Path, table.Type.ShapeAt(set.Path), set.Value, table),
        Operation.Unset unset => OfPath(unset.Path, table),
        Operation.SetNow setNow => OfPath(setNow.Path, table),
        Operation.ListInsert insert => OfPath(insert.Path, table) ?? OfValue(insert.Path, (table.Type.ShapeAt(insert.Path) as ListShape)?.Element, insert.Value, table),
        Operation.ListRemove remove => OfPath(remove.Path, table),
        Operation.Delete or Operation.Restore => null,
        _ => throw new InvalidOperationException($"No such operation: {operation.GetType().Name}."),
    };

    private static ApplyError? OfCreate(Operation.Create create, TableSettings table)
    {
        foreach (var (name, _) in create.Value.Members)
            if (RecordType.IsReserved(name)) return Reserved(name);
        return table.Type.Shape.FindUnknown(create.Value) is { } unknown ? UnknownField(table, unknown) : null;
    }

    private static ApplyError? OfPath(FieldPath path, TableSettings table)
    {
        if (RecordType.IsReserved(path.Root)) return Reserved(path.Root);
        return table.Type.Lacks(path) ? UnknownField(table, path.ToString()) : null;
    }

    private static ApplyError? OfValue(FieldPath path, Shape? shape, CanonicalJson value, TableSettings table) =>
        shape?.FindUnknown(value) is { } unknown ? UnknownField(table, ShapeFault.Join(path.ToString(), unknown)) : null;

    private static ApplyError Reserved(string name) => new(ErrorCodes.ReservedField, $"\"{name}\" can't be written by an operation.");

    /// <summary>One answer for what is hidden and for what is not there.</summary>
    internal static ApplyError UnknownField(TableSettings table, string path) => new(ErrorCodes.UnknownField, $"The table \"{table.Name}\" has no field \"{path}\".");
}
