namespace Sync.Client;

internal static class OperationParts
{
    /// <summary>The bytes of an operation's value: what makes transactions large.</summary>
    public static int ValueBytes(this Operation operation) => operation switch
    {
        Operation.Create create => create.Value.Utf8.Length,
        Operation.Set set => set.Value.Utf8.Length,
        Operation.ListInsert insert => insert.Value.Utf8.Length,
        Operation.ListRemove remove => remove.Value.Utf8.Length,
        _ => 0,
    };

    /// <summary>The field that an operation names; null where it is about the whole record.</summary>
    public static FieldPath? FieldPath(this Operation operation) => operation switch
    {
        Operation.Set set => set.Path,
        Operation.Unset unset => unset.Path,
        Operation.SetNow setNow => setNow.Path,
        Operation.ListInsert insert => insert.Path,
        Operation.ListRemove remove => remove.Path,
        _ => null,
    };
}
