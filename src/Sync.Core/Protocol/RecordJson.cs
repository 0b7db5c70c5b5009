using System.Collections.Immutable;

namespace Sync;

/// <summary>Records as they travel, <c>{"id","version",…fields}</c>: the stored bytes of the fields behind a head of their own.</summary>
internal static class RecordJson
{
    public static void Write(FrameWriter to, Record record)
    {
        if (record.IsDeleted) throw new ArgumentException($"The tombstone {record.Key} must not travel: it would come back to life where it arrives.", nameof(record));
        to.Raw("{\"id\":"u8);
        to.Text(record.Id);
        to.Raw(",\"version\":"u8);
        to.Number(record.Version);
        var fields = record.Fields.Utf8.Span;
        if (fields.Length <= 2)
        {
            to.Raw("}"u8);
            return;
        }
        to.Raw(","u8);
        to.Raw(fields[1..]);
    }

    /// <summary>Writes <c>{"table":{"id":record}}</c> from records in the order of their keys, each key once.</summary>
    public static void WriteMap(FrameWriter to, IEnumerable<Record> ordered)
    {
        Record? last = null;
        to.Raw("{"u8);
        foreach (var record in ordered)
        {
            if (last?.Table == record.Table)
            {
                if (last.Key.CompareTo(record.Key) >= 0) throw new ArgumentException($"The record {record.Key} stands twice in one message.", nameof(ordered));
                to.Raw(","u8);
            }
            else
            {
                if (last is not null) to.Raw("},"u8);
                to.Text(record.Table);
                to.Raw(":{"u8);
            }
            to.Text(record.Id);
            to.Raw(":"u8);
            Write(to, record);
            last = record;
        }
        to.Raw(last is null ? "}"u8 : "}}"u8);
    }

    public static void WriteMap(FrameWriter to, ImmutableArray<Record> records)
    {
        if (records.IsDefault) records = [];
        for (var i = 1; i < records.Length; i++)
        {
            if (records[i - 1].Key.CompareTo(records[i].Key) < 0) continue;
            records = records.Sort(static (left, right) => left.Key.CompareTo(right.Key));
            break;
        }
        WriteMap(to, (IEnumerable<Record>)records);
    }

    public static Record? Read(string table, CanonicalJson json, Intake intake)
    {
        if (json.Kind != JsonKind.Object)
        {
            intake.Expected("A record", "an object", json);
            return null;
        }
        var fields = Fields(json, out var id, out var version);
        var record = new Record(new RecordKey(table, intake.IdOf(id, MemberName.Id)), intake.WholeOf(version, MemberName.Version, least: 1), fields);
        return intake.IsSound ? record : null;
    }

    public static ImmutableArray<Record> ReadMap(CanonicalJson json, Intake intake)
    {
        if (json.IsMissingOrNull) return [];
        if (json.Kind != JsonKind.Object) intake.Expected("'records'", "an object of tables", json);

        var records = ImmutableArray.CreateBuilder<Record>();
        foreach (var (table, rows) in json.Members)
        {
            if (rows.Kind != JsonKind.Object) intake.Expected("A table in 'records'", "an object of records by id", rows);
            foreach (var (id, row) in rows.Members)
            {
                if (Read(table, row, intake) is not { } record) return [];
                if (record.Id != id)
                {
                    intake.Refuse(ErrorCodes.BadMessage, "A record in 'records' must stand under its own id.");
                    return [];
                }
                records.Add(record);
            }
        }
        return records.DrainToImmutable();
    }

    /// <summary>A copy of an object without its <c>id</c> and <c>version</c>, so that a record does not keep the frame alive that it came in.</summary>
    public static CanonicalJson Fields(CanonicalJson whole, out CanonicalJson id, out CanonicalJson version)
    {
        (id, version) = (default, default);
        var bytes = whole.Utf8.Span;
        var copy = new byte[bytes.Length];
        copy[0] = (byte)'{';
        var length = 1;
        var runStart = 1;
        for (var at = 1; bytes[at] != (byte)'}';)
        {
            var nameEnd = JsonScanner.SkipString(bytes, at);
            var end = JsonScanner.SkipValue(bytes, nameEnd + 1);
            var isId = bytes[at..nameEnd].SequenceEqual("\"id\""u8);
            var isVersion = !isId && bytes[at..nameEnd].SequenceEqual("\"version\""u8);
            if (isId || isVersion)
            {
                var value = CanonicalJson.FromCanonicalBytes(whole.Utf8[(nameEnd + 1)..end]);
                if (isId) id = value;
                else version = value;
                AddRun(bytes[runStart..at], copy, ref length);
                runStart = end;
            }
            at = bytes[end] == (byte)',' ? end + 1 : end;
        }
        AddRun(bytes[runStart..^1], copy, ref length);
        copy[length++] = (byte)'}';
        return CanonicalJson.FromCanonicalBytes(length == copy.Length ? copy : copy.AsSpan(0, length).ToArray());
    }

    private static void AddRun(ReadOnlySpan<byte> members, byte[] copy, ref int length)
    {
        members = members.Trim((byte)',');
        if (members.IsEmpty) return;
        if (length > 1) copy[length++] = (byte)',';
        members.CopyTo(copy.AsSpan(length));
        length += members.Length;
    }
}
