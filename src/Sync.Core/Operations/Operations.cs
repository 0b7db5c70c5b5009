namespace Sync;

/// <summary>Applies and inverts operations. Pure and total: no clock, no I/O, an error is a value.</summary>
public static partial class Operations
{
    /// <summary>
    /// Applies one operation to a record. <paramref name="record"/> is null where there never was one and a tombstone where it was deleted.
    /// Every operation that is applied raises the version by one, also when it changes nothing.
    /// </summary>
    /// <param name="now">What <c>set-now</c> writes: the server's clock on the server, a guess on the client.</param>
    public static ApplyResult Apply(Record? record, Operation operation, DateTimeOffset now) => throw new NotImplementedException();

    /// <summary>
    /// The operations that undo one applied operation, in the order in which they must be applied; none where nothing changed.
    /// Exact: applying them to <paramref name="after"/> gives back the fields of <paramref name="before"/> to the letter.
    /// </summary>
    public static IReadOnlyList<Operation> Invert(Record? before, Operation operation, Record after) => throw new NotImplementedException();
}
