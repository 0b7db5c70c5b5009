namespace Sync;

/// <summary>A page of a record's history as JSON, its members in canonical order. The record's key is the reader's own: it asked for it.</summary>
internal static class HistoryJson
{
    public static void Write(FrameWriter to, HistoryPage page)
    {
        to.Raw("{"u8);
        if (page.Cursor is { } cursor)
        {
            to.Raw("\"cursor\":"u8);
            to.Text(cursor);
            to.Raw(","u8);
        }
        to.Raw("\"entries\":"u8);
        to.List(page.Entries.AsSpan(), WriteEntry);
        to.Raw(page.IsTrimmed ? ",\"trimmed\":true}"u8 : ",\"trimmed\":false}"u8);
    }

    public static HistoryPage Read(RecordKey key, CanonicalJson json, Intake intake) => new(
        intake.RequiredList(json, MemberName.Entries, (entry, taking) => ReadEntry(key, entry, taking)),
        intake.OptionalMark(json, MemberName.Cursor),
        intake.Flag(json, MemberName.Trimmed));

    private static void WriteEntry(FrameWriter to, HistoryEntry entry)
    {
        to.Raw("{"u8);
        if (entry.After is { } after)
        {
            to.Raw("\"after\":"u8);
            RecordJson.Write(to, after);
            to.Raw(","u8);
        }
        to.Raw("\"authorId\":"u8);
        to.Text(entry.AuthorId);
        if (entry.Before is { } before)
        {
            to.Raw(",\"before\":"u8);
            RecordJson.Write(to, before);
        }
        to.Raw(",\"fields\":"u8);
        to.List(entry.Fields.AsSpan(), WriteField);
        to.Raw(",\"kind\":\""u8);
        to.Raw(NameOf(entry.Kind));
        to.Raw("\",\"now\":"u8);
        to.Raw(CanonicalJson.From(entry.Now));
        to.Raw(",\"operations\":"u8);
        to.List(entry.Operations.AsSpan(), OperationJson.Write);
        to.Raw(",\"txId\":"u8);
        to.Text(entry.TxId);
        to.Raw("}"u8);
    }

    private static void WriteField(FrameWriter to, FieldChange field)
    {
        to.Raw("{"u8);
        WriteSide(to, "\"after\":"u8, field.After);
        WriteSide(to, "\"before\":"u8, field.Before);
        to.Raw("\"field\":"u8);
        to.Path(field.Path);
        to.Raw("}"u8);
    }

    private static void WriteSide(FrameWriter to, ReadOnlySpan<byte> name, CanonicalJson value)
    {
        if (value.IsMissing) return;
        to.Raw(name);
        to.Raw(value);
        to.Raw(","u8);
    }

    private static HistoryEntry ReadEntry(RecordKey key, CanonicalJson json, Intake intake) => new()
    {
        AuthorId = intake.Id(json, MemberName.AuthorId),
        TxId = intake.Id(json, MemberName.TxId),
        Now = intake.OptionalInstant(json, MemberName.Now),
        Kind = ReadKind(json, intake),
        Before = ReadSide(key, json.Get(MemberName.Before), intake),
        After = ReadSide(key, json.Get(MemberName.After), intake),
        Fields = intake.RequiredList(json, MemberName.Fields, static (field, taking) =>
            new FieldChange(taking.Path(field, MemberName.Field), field.Get(MemberName.Before), field.Get(MemberName.After))),
        Operations = intake.RequiredList(json, MemberName.Operations, static (operation, taking) => OperationJson.Read(operation, taking)!),
    };

    private static Record? ReadSide(RecordKey key, CanonicalJson json, Intake intake)
    {
        if (json.IsMissingOrNull || RecordJson.Read(key.Table, json, intake) is not { } record) return null;
        if (record.Id != key.Id) intake.Refuse(ErrorCodes.BadMessage, "A side of an entry must be the record that was asked for.");
        return record;
    }

    private static HistoryKind ReadKind(CanonicalJson json, Intake intake)
    {
        switch (intake.Text(json, MemberName.Kind))
        {
            case "created": return HistoryKind.Created;
            case "changed": return HistoryKind.Changed;
            case "deleted": return HistoryKind.Deleted;
            case "restored": return HistoryKind.Restored;
            default:
                intake.Refuse(ErrorCodes.BadMessage, "'kind' must be \"created\", \"changed\", \"deleted\" or \"restored\".");
                return HistoryKind.Changed;
        }
    }

    private static ReadOnlySpan<byte> NameOf(HistoryKind kind) => kind switch
    {
        HistoryKind.Created => "created"u8,
        HistoryKind.Changed => "changed"u8,
        HistoryKind.Deleted => "deleted"u8,
        HistoryKind.Restored => "restored"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This kind of entry has no name."),
    };
}
