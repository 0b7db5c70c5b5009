using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using SQLitePCL;

namespace Sync.Server.Sqlite;

/// <summary>
/// The columns of an app's table that the record type does not have. They stay in the database; a tombstone keeps them as a JSON object, so that a restore brings the
/// whole row back. A blob is <c>{"blob":"base64"}</c>, a real <c>{"real":"…"}</c> with all its digits.
/// </summary>
internal sealed class HiddenColumns(string table, string idColumn, ImmutableArray<string> columns)
{
    private readonly string _select = $"SELECT {string.Join(", ", columns.Select(Sql.Name))} FROM {Sql.Name(table)} WHERE {Sql.Name(idColumn)} = ?1";

    public bool AreNone => columns.IsEmpty;

    public string? Read(SqliteSession session, Action<Statement> bindId)
    {
        if (AreNone) return null;
        var row = session.Prepare(_select);
        bindId(row);
        if (!row.Step()) return null;
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            for (var i = 0; i < columns.Length; i++)
            {
                if (row.IsNull(i)) continue;
                json.WritePropertyName(columns[i]);
                WriteValue(json, row, i);
            }

            json.WriteEndObject();
        }

        row.Reset();
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    /// <summary>The hidden columns that still exist, with a way to bind each.</summary>
    public IReadOnlyList<(string Column, Action<Statement, int> Bind)> Parse(string? hidden)
    {
        if (hidden is null) return [];
        using var json = JsonDocument.Parse(hidden);
        return [.. json.RootElement.EnumerateObject().Where(p => columns.Contains(p.Name)).Select(p => (p.Name, BindOf(p.Value.Clone())))];
    }

    private static void WriteValue(Utf8JsonWriter json, Statement row, int column)
    {
        switch (row.ColumnType(column))
        {
            case raw.SQLITE_INTEGER:
                json.WriteNumberValue(row.Int64(column));
                break;
            case raw.SQLITE_FLOAT:
                json.WriteStartObject();
                json.WriteString("real", row.Double(column).ToString("R", System.Globalization.CultureInfo.InvariantCulture));
                json.WriteEndObject();
                break;
            case raw.SQLITE_BLOB:
                json.WriteStartObject();
                json.WriteBase64String("blob", row.Bytes(column));
                json.WriteEndObject();
                break;
            default:
                json.WriteStringValue(row.Text(column));
                break;
        }
    }

    private static Action<Statement, int> BindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => (statement, i) => statement.BindInt64(i, value.GetInt64()),
        JsonValueKind.String => (statement, i) => statement.BindText(i, value.GetString()!),
        _ when value.TryGetProperty("blob", out var blob) => (statement, i) => statement.BindBlob(i, blob.GetBytesFromBase64()),
        _ => (statement, i) => statement.BindDouble(i, double.Parse(value.GetProperty("real").GetString()!, System.Globalization.CultureInfo.InvariantCulture)),
    };
}
