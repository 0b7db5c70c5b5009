namespace Sync;

/// <summary>One operation as JSON, its members in canonical order.</summary>
internal static class OperationJson
{
    public static void Write(FrameWriter to, Operation operation)
    {
        to.Raw("{\"id\":"u8);
        to.Text(operation.Key.Id);
        if (operation.Condition is { } condition)
        {
            to.Raw(",\"if\":"u8);
            WriteCondition(to, condition);
        }
        switch (operation)
        {
            case Operation.Create create:
                Tail(to, "create"u8, create, create.Value);
                break;
            case Operation.Set set:
                Path(to, set.Path);
                Tail(to, "set"u8, set, set.Value);
                break;
            case Operation.Unset unset:
                Path(to, unset.Path);
                Tail(to, "unset"u8, unset);
                break;
            case Operation.SetNow setNow:
                Path(to, setNow.Path);
                Tail(to, "set-now"u8, setNow);
                break;
            case Operation.ListInsert insert:
                Path(to, insert.Path);
                to.Raw(",\"position\":"u8);
                WritePosition(to, insert.Position);
                Tail(to, "listInsert"u8, insert, insert.Value);
                break;
            case Operation.ListRemove remove:
                Path(to, remove.Path);
                Tail(to, "listRemove"u8, remove, remove.Value);
                break;
            case Operation.Delete delete:
                Tail(to, "delete"u8, delete);
                break;
            case Operation.Restore restore:
                Tail(to, "restore"u8, restore);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(operation), operation.GetType(), "This case of Operation has no JSON.");
        }
    }

    public static Operation? Read(CanonicalJson json, Intake intake)
    {
        var type = intake.Text(json, MemberName.Type);
        if (!intake.IsSound) return null;
        var key = intake.Key(json);
        switch (type)
        {
            case "create":
                NoCondition(json, type, intake);
                return new Operation.Create(key, CreateValue(json.Get(MemberName.Value), key, intake));
            case "set":
                return new Operation.Set(key, WritablePath(json, intake), Value(json, intake), ReadCondition(json, intake));
            case "unset":
                return new Operation.Unset(key, WritablePath(json, intake), ReadCondition(json, intake));
            case "set-now":
                NoCondition(json, type, intake);
                return new Operation.SetNow(key, WritablePath(json, intake));
            case "listInsert":
                NoCondition(json, type, intake);
                return new Operation.ListInsert(key, WritablePath(json, intake), Value(json, intake), ReadPosition(json.Get(MemberName.Position), intake));
            case "listRemove":
                NoCondition(json, type, intake);
                return new Operation.ListRemove(key, WritablePath(json, intake), Value(json, intake));
            case "delete":
                return new Operation.Delete(key, ReadCondition(json, intake));
            case "restore":
                NoCondition(json, type, intake);
                return new Operation.Restore(key);
            default:
                intake.Refuse(ErrorCodes.UnknownOperation, $"'{Intake.Shown(type)}' is no operation; known are create, set, unset, set-now, listInsert, listRemove, delete and restore.");
                return null;
        }
    }

    private static void Path(FrameWriter to, FieldPath path)
    {
        to.Raw(",\"key\":"u8);
        to.Path(path);
    }

    private static void Tail(FrameWriter to, ReadOnlySpan<byte> type, Operation operation)
    {
        to.Raw(",\"table\":"u8);
        to.Text(operation.Key.Table);
        to.Raw(",\"type\":\""u8);
        to.Raw(type);
        to.Raw("\"}"u8);
    }

    private static void Tail(FrameWriter to, ReadOnlySpan<byte> type, Operation operation, CanonicalJson value)
    {
        to.Raw(",\"table\":"u8);
        to.Text(operation.Key.Table);
        to.Raw(",\"type\":\""u8);
        to.Raw(type);
        to.Raw("\",\"value\":"u8);
        to.Raw(value);
        to.Raw("}"u8);
    }

    private static void WriteCondition(FrameWriter to, Condition condition)
    {
        switch (condition)
        {
            case Condition.ValueIs valueIs:
                to.Raw("{\"value\":"u8);
                to.Raw(valueIs.Value);
                to.Raw("}"u8);
                break;
            case Condition.Absent:
                to.Raw("{\"absent\":true}"u8);
                break;
            case Condition.VersionIs versionIs:
                to.Raw("{\"version\":"u8);
                to.Number(versionIs.Version);
                to.Raw("}"u8);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(condition), condition.GetType(), "This case of Condition has no JSON.");
        }
    }

    private static void WritePosition(FrameWriter to, ListPosition position)
    {
        switch (position)
        {
            case ListPosition.Prepend:
                to.Raw("\"prepend\""u8);
                break;
            case ListPosition.Append:
                to.Raw("\"append\""u8);
                break;
            case ListPosition.Before before:
                to.Raw("{\"before\":"u8);
                to.Raw(before.Anchor);
                to.Raw("}"u8);
                break;
            case ListPosition.After after:
                to.Raw("{\"after\":"u8);
                to.Raw(after.Anchor);
                to.Raw("}"u8);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(position), position.GetType(), "This case of ListPosition has no JSON.");
        }
    }

    private static FieldPath WritablePath(CanonicalJson json, Intake intake)
    {
        var path = intake.Path(json, MemberName.Key);
        if (intake.IsSound && path.Root is "id" or "version")
            intake.Refuse(ErrorCodes.ReservedField, $"The field '{path.Root}' can't be written by an operation.");
        return path;
    }

    private static CanonicalJson Value(CanonicalJson json, Intake intake)
    {
        var value = json.Get(MemberName.Value);
        if (value.IsMissing) intake.Refuse(ErrorCodes.BadMessage, "'value' must be there; write null to store null, or unset to take a field away.");
        return value;
    }

    private static CanonicalJson CreateValue(CanonicalJson value, RecordKey key, Intake intake)
    {
        if (value.Kind != JsonKind.Object)
        {
            intake.Expected("'value'", "an object of fields", value);
            return value;
        }
        var fields = RecordJson.Fields(value, out var id, out _);
        if (!id.IsMissing && id != CanonicalJson.From(key.Id)) intake.Refuse(ErrorCodes.ReservedField, "The 'id' in a created record's value must be the operation's own id, or be left out.");
        foreach (var (name, _) in fields.Members) intake.Refuse(FieldPath.CheckSegment(name));
        if (JsonScanner.DepthOf(fields.Utf8.Span) > JsonLimits.MaxDepth) intake.Refuse(ErrorCodes.TooDeep, $"Lists and objects in a record may nest {JsonLimits.MaxDepth} deep.");
        return fields;
    }

    /// <summary>A condition that would be passed over is refused: the writer relies on it.</summary>
    private static void NoCondition(CanonicalJson json, string type, Intake intake)
    {
        if (!json.Get(MemberName.If).IsMissing) intake.Refuse(ErrorCodes.BadMessage, $"A {type} takes no 'if'; set, unset and delete do.");
    }

    private static Condition? ReadCondition(CanonicalJson operation, Intake intake)
    {
        var json = operation.Get(MemberName.If);
        if (json.IsMissing) return null;
        var (value, absent, version) = (json.Get(MemberName.Value), json.Get(MemberName.Absent), json.Get(MemberName.Version));
        switch (value.IsMissing, absent.IsMissing, version.IsMissing)
        {
            case (false, true, true):
                return new Condition.ValueIs(value);
            case (true, false, true) when absent == CanonicalJson.True:
                return Condition.Absent.Instance;
            case (true, true, false):
                return new Condition.VersionIs(intake.Whole(json, MemberName.Version));
            default:
                intake.Refuse(ErrorCodes.BadMessage, "'if' must be an object with exactly one of \"value\", \"absent\": true and \"version\".");
                return null;
        }
    }

    private static ListPosition ReadPosition(CanonicalJson json, Intake intake)
    {
        if (json.AsString() is "prepend") return ListPosition.AtStart;
        if (json.AsString() is "append") return ListPosition.AtEnd;
        var (before, after) = (json.Get(MemberName.Before), json.Get(MemberName.After));
        if (!before.IsMissing && after.IsMissing) return new ListPosition.Before(before);
        if (!after.IsMissing && before.IsMissing) return new ListPosition.After(after);
        intake.Refuse(ErrorCodes.BadMessage, "'position' must be \"prepend\", \"append\", {\"before\": value} or {\"after\": value}.");
        return ListPosition.AtEnd;
    }
}
