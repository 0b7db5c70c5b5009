using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>Rows of sync.tombstones as deleted records.</summary>
internal static class TombstoneRows
{
    public static SqlDraft Select(StoredTable table, IEnumerable<string> ids)
    {
        var sql = new SqlDraft();
        return sql.Append($"SELECT id, version, fields, row::text FROM sync.tombstones WHERE record_table = {sql.AddText(table.Name)} AND id = ANY ({sql.AddTexts(ids)})");
    }

    public static Record Read(StoredTable table, NpgsqlDataReader row, int column) =>
        new(new RecordKey(table.Name, row.GetString(column)), row.GetInt64(column + 1), Fields(table, row, column + 2), isDeleted: true);

    private static CanonicalJson Fields(StoredTable table, NpgsqlDataReader row, int column) => row.IsDBNull(column) && table is RelationalTable relational
        ? OutsideRows.Fields(relational, row.GetFieldValue<byte[]>(column + 1))
        : CanonicalJson.FromCanonicalBytes(row.GetFieldValue<byte[]>(column));
}
