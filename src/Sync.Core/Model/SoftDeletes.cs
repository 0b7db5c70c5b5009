namespace Sync;

/// <summary>Tables where a deleted record stays a record, with the time of its deletion in a field.</summary>
internal static class SoftDeletes
{
    public static bool IsSet(Record record, FieldPath? field) => field is { } path && !record.Get(path).IsMissingOrNull;

    /// <remarks>A conditional delete whose condition does not hold stays a delete: it changes nothing, and applying it says so.</remarks>
    public static Operation Translate(Operation operation, Record? current, FieldPath? field)
    {
        if (field is not { } path || current is null or { IsDeleted: true }) return operation;

        return operation switch
        {
            Operation.Delete { If: not null } delete when Operations.Apply(current, delete, default).ConditionFailed => operation,
            Operation.Delete => new Operation.SetNow(operation.Key, path),
            Operation.Restore when IsSet(current, field) => new Operation.Unset(operation.Key, path),
            _ => operation,
        };
    }
}
