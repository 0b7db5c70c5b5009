using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>Rows of a table as records: <c>id, version, content…</c></summary>
internal static class RecordRows
{
    public static string Columns(StoredTable table) => string.Join(", ", table.Content.Prepend($"greatest(t.{table.VersionColumn}, 1)").Prepend(table.IdText("t")));

    public static SqlDraft Select(StoredTable table, IEnumerable<string> ids)
    {
        var sql = new SqlDraft();
        return sql.Append($"SELECT {Columns(table)} FROM {table.SqlName} AS t WHERE {table.IsOneOf("t", sql.AddTexts(ids.Where(table.CanBeId)))}");
    }

    public static SqlDraft Select(StoredTable table, IReadOnlyList<QueryCondition> conditions, out bool isExact)
    {
        var sql = new SqlDraft();
        var where = table.Where(conditions, sql, out isExact);
        sql.Append($"SELECT {Columns(table)} FROM {table.SqlName} AS t");
        return where.Length == 0 ? sql : sql.Append($" WHERE {where}");
    }

    public static Record Read(StoredTable table, NpgsqlDataReader row, int column) =>
        new(new RecordKey(table.Name, row.GetString(column)), row.GetInt64(column + 1), table.ReadFields(row, column + 2));
}
