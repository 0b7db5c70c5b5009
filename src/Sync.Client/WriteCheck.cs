namespace Sync.Client;

/// <summary>What is refused at the door, before anything is written: only what no server would take, or what makes a record that does not pass the model's checks.</summary>
internal static class WriteCheck
{
    /// <summary>Largest transaction that is taken in; the server's own bound may be lower.</summary>
    public const int MaxTransactionBytes = 256 * 1024;

    public const int MaxOperations = 1000;

    /// <exception cref="InvalidWriteException">Names the record and what is wrong with it.</exception>
    public static void Pass(SyncModel model, TransactionBuilder transaction, Func<RecordKey, Record?> before)
    {
        var bytes = 0;
        var operations = transaction.Operations;
        foreach (var operation in operations)
        {
            if (Refusal(model, operation) is { } error) throw new InvalidWriteException(operation.Key, error);
            bytes += 128 + operation.ValueBytes();
        }
        if (operations.Count > MaxOperations)
            throw new InvalidWriteException(operations[0].Key, new ApplyError(ErrorCodes.TooManyOperations, $"A transaction may have at most {MaxOperations} operations, but has {operations.Count}."));
        if (bytes > MaxTransactionBytes)
            throw new InvalidWriteException(operations[0].Key, new ApplyError(ErrorCodes.TooLarge, $"A transaction may have at most {MaxTransactionBytes} bytes, but has about {bytes}."));

        foreach (var key in operations.Count == 1 ? [operations[0].Key] : operations.Select(operation => operation.Key).Distinct())
        {
            var table = model.Find(key.Table)!;
            if (transaction.Find(key) is not { } after || table.IsDeleted(after) || table.Validate(after) is not { } fault) continue;

            // A record that was wrong before, as an older version of the app may find it, can still be written to.
            if (before(key) is not { } record || table.IsDeleted(record) || table.Validate(record) is null) throw new InvalidWriteException(key, fault);
        }
    }

    private static ApplyError? Refusal(SyncModel model, Operation operation)
    {
        if (model.Find(operation.Key.Table) is not { IsServerOnly: false } table) return SyncModel.UnknownTable(operation.Key.Table);
        return IdRule.Check(operation.Key.Id) ?? RefusalOf(operation.FieldPath()) ?? table.Check(operation);
    }

    private static ApplyError? RefusalOf(FieldPath? path)
    {
        if (path is not { } given) return null;
        if (given.Segments.Length is 0 or > FieldPath.MaxSegments) return new ApplyError(ErrorCodes.BadPath, $"A path must have 1 to {FieldPath.MaxSegments} segments.");
        foreach (var segment in given.Segments)
        {
            if (FieldPath.CheckSegment(segment) is { } error) return error;
        }
        return null;
    }
}
