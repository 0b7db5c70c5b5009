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
            Operation.ListInsert insert => InsertIntoList(record, insert),
            Operation.ListRemove remove => RemoveFromList(record, remove),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Not an operation of this version."),
        };
    }

    private static ApplyResult ApplyCreate(Record? record, Operation.Create create)
    {
        if (record is { IsDeleted: false }) return ApplyResult.Refused(ErrorCodes.AlreadyExists, "A record with this id exists already.");
        if (create.Value.Kind != JsonKind.Object) return ApplyResult.Refused(ErrorCodes.TypeMismatch, "A record's value must be an object.");
        if (!create.Value["id"].IsMissing || !create.Value["version"].IsMissing)
            return ApplyResult.Refused(ErrorCodes.ReservedField, "A record's value holds neither id nor version.");
        foreach (var (name, _) in create.Value.Members)
        {
            if (FieldPath.CheckSegment(name) is { } refused) return ApplyResult.Refused(refused.Code, refused.Message);
        }
        if (TooDeep(0, create.Value) is { } tooDeep) return tooDeep;
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
        if (TooDeep(path.Segments.Length, value) is { } tooDeep) return tooDeep;
        return FieldSplice.TrySet(record.Fields, path, value, out var fields) ? Changed(record, fields) : ThroughScalar(path);
    }

    private static ApplyResult UnsetField(Record record, FieldPath path)
    {
        if (Check(path) is { } refused) return refused;
        return FieldSplice.TryUnset(record.Fields, path, out var fields) ? Changed(record, fields) : ThroughScalar(path);
    }

    private static ApplyResult InsertIntoList(Record record, Operation.ListInsert insert)
    {
        if (Check(insert.Path) is { } refused) return refused;
        if (record.Get(insert.Path) is { IsMissingOrNull: false } list)
        {
            if (list.Kind != JsonKind.List) return NoList(insert.Path);
            return TooDeep(insert.Path.Segments.Length + 1, insert.Value) ?? Changed(record, SwapPart(record.Fields, list, JsonList.Insert(list, insert.Value, insert.Position)));
        }
        return SetField(record, insert.Path, CanonicalJson.List(insert.Value));
    }

    private static ApplyResult RemoveFromList(Record record, Operation.ListRemove remove)
    {
        if (Check(remove.Path) is { } refused) return refused;
        if (record.Get(remove.Path) is { IsMissingOrNull: false } list)
            return list.Kind == JsonKind.List ? Changed(record, SwapPart(record.Fields, list, JsonList.Remove(list, remove.Value))) : NoList(remove.Path);
        return FieldSplice.TryUnset(record.Fields, remove.Path, out _) ? Changed(record, record.Fields) : ThroughScalar(remove.Path);
    }

    /// <summary>Replaces a part that was read out of the fields, and so lies in their memory.</summary>
    private static CanonicalJson SwapPart(CanonicalJson fields, CanonicalJson part, CanonicalJson replacement)
    {
        if (part == replacement) return fields;
        fields.Utf8.Span.Overlaps(part.Utf8.Span, out var start);
        return FieldSplice.Replace(fields.Utf8.Span, start, start + part.Utf8.Length, replacement.Utf8.Span);
    }

    private static ApplyResult? Check(FieldPath path) => path.Segments switch
    {
        [] => ApplyResult.Refused(ErrorCodes.BadPath, "A path names at least one field."),
        ["id" or "version", ..] => ApplyResult.Refused(ErrorCodes.ReservedField, "An operation writes neither id nor version."),
        _ => null,
    };

    private static ApplyResult? TooDeep(int depth, CanonicalJson value) => depth + JsonScanner.DepthOf(value.Utf8.Span) <= JsonLimits.MaxDepth
        ? null
        : ApplyResult.Refused(ErrorCodes.TooDeep, $"Lists and objects may nest {JsonLimits.MaxDepth} deep.");

    private static ApplyResult NoList(FieldPath path) =>
        ApplyResult.Refused(ErrorCodes.TypeMismatch, $"A list operation needs a list at {path}, but something else is there.");

    private static ApplyResult Changed(Record record, CanonicalJson fields) => ApplyResult.Applied(new Record(record.Key, record.Version + 1, fields));

    private static ApplyResult ThroughScalar(FieldPath path) =>
        ApplyResult.Refused(ErrorCodes.TypeMismatch, $"The path {path} leads through a value that is no object.");
}
