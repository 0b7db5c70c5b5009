namespace Sync;

/// <summary>Applies and inverts operations. Pure and total: no clock, no I/O, an error is a value.</summary>
public static partial class Operations
{
    /// <summary>
    /// Applies one operation to a record. <paramref name="record"/> is null where there never was one and a tombstone where it was deleted.
    /// Every operation that is applied raises the version by one, also when it changes nothing.
    /// </summary>
    /// <param name="now">What <c>set-now</c> writes: the server's clock on the server, a guess on the client.</param>
    public static ApplyResult Apply(Record? record, Operation operation, DateTimeOffset now)
    {
        if (record is { Version: long.MaxValue }) return ApplyResult.Refused(ErrorCodes.NumberRange, "The record's version cannot grow any more.");
        return operation switch
        {
            Operation.Create create => ApplyCreate(record, create),
            Operation.Restore => ApplyRestore(record),
            _ when record is null or { IsDeleted: true } => ApplyResult.Refused(ErrorCodes.NotFound, "There is no such record."),
            Operation.Delete delete => Holds(delete.If, record, record.Fields)
                ? ApplyResult.Applied(new Record(record.Key, record.Version + 1, record.Fields, isDeleted: true))
                : Unchanged(record),
            Operation.Set set => Holds(set.If, record, record.Get(set.Path)) ? SetField(record, set.Path, set.Value) : Unchanged(record),
            Operation.Unset unset => Holds(unset.If, record, record.Get(unset.Path)) ? UnsetField(record, unset.Path) : Unchanged(record),
            Operation.SetNow setNow => SetField(record, setNow.Path, CanonicalJson.From(now)),
            Operation.ListInsert insert => ChangeList(record, insert.Path, list => JsonList.Insert(list, insert.Value, insert.Position), ifNone: CanonicalJson.List(insert.Value)),
            Operation.ListRemove remove => ChangeList(record, remove.Path, list => JsonList.Remove(list, remove.Value), ifNone: default),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Not an operation of this version."),
        };
    }

    private static ApplyResult ApplyCreate(Record? record, Operation.Create create)
    {
        if (record is { IsDeleted: false }) return ApplyResult.Refused(ErrorCodes.AlreadyExists, "A record with this id exists already.");
        if (create.Value.Kind != JsonKind.Object) return ApplyResult.Refused(ErrorCodes.TypeMismatch, "A record's value must be an object.");
        if (!create.Value["id"].IsMissing || !create.Value["version"].IsMissing)
            return ApplyResult.Refused(ErrorCodes.ReservedField, "A record's value holds neither id nor version.");
        return ApplyResult.Applied(new Record(create.Key, (record?.Version ?? 0) + 1, create.Value));
    }

    private static ApplyResult ApplyRestore(Record? record) => record is null
        ? ApplyResult.Refused(ErrorCodes.NotFound, "There is no such record.")
        : ApplyResult.Applied(new Record(record.Key, record.Version + 1, record.Fields));

    private static bool Holds(Condition? condition, Record record, CanonicalJson current) => condition switch
    {
        null => true,
        Condition.ValueIs valueIs => current == valueIs.Value,
        Condition.Absent => current.IsMissing,
        Condition.VersionIs versionIs => record.Version == versionIs.Version,
        _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "Not a condition of this version."),
    };

    private static ApplyResult Unchanged(Record record) => ApplyResult.Applied(new Record(record.Key, record.Version + 1, record.Fields), conditionFailed: true);

    private static ApplyResult SetField(Record record, FieldPath path, CanonicalJson value)
    {
        if (Check(path) is { } refused) return refused;
        if (path.Segments.Length + JsonScanner.DepthOf(value.Utf8.Span) > JsonLimits.MaxDepth)
            return ApplyResult.Refused(ErrorCodes.TooDeep, $"Lists and objects may nest {JsonLimits.MaxDepth} deep.");
        return FieldSplice.TrySet(record.Fields, path, value, out var fields) ? Changed(record, fields) : ThroughScalar(path);
    }

    private static ApplyResult UnsetField(Record record, FieldPath path)
    {
        if (Check(path) is { } refused) return refused;
        return FieldSplice.TryUnset(record.Fields, path, out var fields) ? Changed(record, fields) : ThroughScalar(path);
    }

    private static ApplyResult ChangeList(Record record, FieldPath path, Func<CanonicalJson, CanonicalJson> change, CanonicalJson ifNone)
    {
        if (Check(path) is { } refused) return refused;
        var current = record.Get(path);
        if (current.Kind == JsonKind.List) return SetField(record, path, change(current));
        if (!current.IsMissingOrNull) return ApplyResult.Refused(ErrorCodes.TypeMismatch, $"A list operation needs a list at {path}, but something else is there.");
        if (!ifNone.IsMissing) return SetField(record, path, ifNone);
        return FieldSplice.TryUnset(record.Fields, path, out _) ? Changed(record, record.Fields) : ThroughScalar(path);
    }

    private static ApplyResult? Check(FieldPath path) => path.Segments switch
    {
        [] => ApplyResult.Refused(ErrorCodes.BadPath, "A path names at least one field."),
        ["id" or "version", ..] => ApplyResult.Refused(ErrorCodes.ReservedField, "An operation writes neither id nor version."),
        _ => null,
    };

    private static ApplyResult Changed(Record record, CanonicalJson fields) => ApplyResult.Applied(new Record(record.Key, record.Version + 1, fields));

    private static ApplyResult ThroughScalar(FieldPath path) =>
        ApplyResult.Refused(ErrorCodes.TypeMismatch, $"The path {path} leads through a value that is no object.");
}
