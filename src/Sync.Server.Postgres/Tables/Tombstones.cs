namespace Sync.Server.Postgres;

/// <summary>Deleted records of all tables, with their last image. They outlive the log.</summary>
internal static class Tombstones
{
    /// <summary>Writes or renews tombstones. Before the rows go: the columns that no record shows are read from them. What a tombstone hides is kept where there is no row any more.</summary>
    public static SqlDraft Put(StoredTable table, IReadOnlyList<Record> tombstones)
    {
        var put = new SqlDraft();
        var name = put.AddText(table.Name);
        var ids = put.AddTexts(tombstones.Select(t => t.Id));
        var versions = put.AddLongs(tombstones.Select(t => t.Version));
        var fields = put.AddTexts(tombstones.Select(t => t.Fields.ToString()));
        put.Append($"INSERT INTO sync.tombstones (record_table, id, version, fields, hidden) SELECT {name}, v.id, v.version, v.fields, {table.Hidden ?? "NULL"}");
        put.Append($" FROM unnest({ids}, {versions}, {fields}) AS v (id, version, fields)");
        if (table.Hidden is not null) put.Append($" LEFT JOIN {table.SqlName} AS t ON {table.HasId("t", "v.id")}");
        put.Append(" ON CONFLICT (record_table, id) DO UPDATE SET version = excluded.version, fields = excluded.fields, row = NULL, hidden = coalesce(excluded.hidden, tombstones.hidden)");
        return put;
    }

    public static SqlDraft Remove(StoredTable table, IEnumerable<string> ids)
    {
        var remove = new SqlDraft();
        return remove.Append($"DELETE FROM sync.tombstones WHERE record_table = {remove.AddText(table.Name)} AND id = ANY ({remove.AddTexts(ids)})");
    }
}
