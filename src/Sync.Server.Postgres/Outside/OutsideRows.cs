using System.Text.Json;

namespace Sync.Server.Postgres;

/// <summary>What the triggers keep of rows that plain SQL changed, as records and operations.</summary>
internal static class OutsideRows
{
    /// <summary>Changes of tables that are registered no more are left out.</summary>
    public static IReadOnlyList<RecordChange> Read(StoreTables tables, ReadOnlyMemory<byte> json)
    {
        using var rows = JsonDocument.Parse(json);
        var changes = new List<RecordChange>();
        foreach (var row in rows.RootElement.EnumerateArray())
        {
            if (tables.FindRelational(row.GetProperty("table").GetString()!) is not { } table) continue;
            var key = new RecordKey(table.Name, row.GetProperty("id").GetString()!);
            changes.Add(new RecordChange(Side(table, key, row.GetProperty("before")), Side(table, key, row.GetProperty("after"))!));
        }
        return changes;
    }

    /// <summary>The fields of a row by its columns' texts: <c>{"title":"…"}</c>.</summary>
    public static CanonicalJson Fields(RelationalTable table, ReadOnlyMemory<byte> json)
    {
        using var row = JsonDocument.Parse(json);
        return Fields(table, row.RootElement);
    }

    /// <summary>Operations that would have done the same, for the log.</summary>
    public static CanonicalJson Operations(IEnumerable<RecordChange> changes) => CanonicalJson.List(changes.SelectMany(Operations).Select(ProtocolCodec.ToJson));

    private static IEnumerable<Operation> Operations(RecordChange change)
    {
        if (change.After.IsDeleted) return [new Operation.Delete(change.Key)];
        if (change.Before is not { IsDeleted: false } before) return [new Operation.Create(change.Key, change.After.Fields)];

        var names = before.Fields.Members.Concat(change.After.Fields.Members).Select(member => member.Key).Distinct();
        return names.Select(name => (Path: FieldPath.Of(name), Old: before.Fields[name], New: change.After.Fields[name])).Where(field => field.Old != field.New)
            .Select(field => field.New.IsMissing ? (Operation)new Operation.Unset(change.Key, field.Path) : new Operation.Set(change.Key, field.Path, field.New));
    }

    private static Record? Side(RelationalTable table, RecordKey key, JsonElement side)
    {
        if (side.ValueKind == JsonValueKind.Null) return null;
        var isDeleted = side.TryGetProperty("deleted", out var deleted) && deleted.GetBoolean();
        var fields = side.TryGetProperty("fields", out var known) && known.GetString() is { } text ? CanonicalJson.Parse(text) : Fields(table, side.GetProperty("row"));
        return new Record(key, side.GetProperty("version").GetInt64(), fields, isDeleted);
    }

    private static CanonicalJson Fields(RelationalTable table, JsonElement row) =>
        table.FieldsOf(row.EnumerateObject().ToDictionary(field => field.Name, field => field.Value.GetString(), StringComparer.Ordinal));
}
