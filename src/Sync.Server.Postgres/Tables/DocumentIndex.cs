using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Sync.Server.Postgres;

/// <summary>
/// Which records of a document table have which value in an indexed field, a row for each element of a list. A value stands there as its canonical text, or, where that is long,
/// by its hash, so that a lookup is exact and every row fits into an index page.
/// </summary>
internal sealed class DocumentIndex(TableModel model, string documents, string sqlName)
{
    private const int MaxValueBytes = 200;

    private readonly ImmutableArray<FieldPath> _paths = model.Indexes;

    /// <summary>What makes the table.</summary>
    public string Script => $"CREATE TABLE IF NOT EXISTS {sqlName} (field smallint NOT NULL, value text COLLATE \"C\" NOT NULL, id text COLLATE \"C\" NOT NULL, PRIMARY KEY (field, value, id))";

    /// <summary>Makes its rows anew where the model's indexes have changed. Runs within the caller's transaction.</summary>
    public async Task FillAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var fields = CanonicalJson.List(_paths.Select(p => p.ToJson())).ToString();
        var built = await connection.ScalarAsync("SELECT fields FROM sync.indexes WHERE record_table = $1", cancellationToken, model.Name).ConfigureAwait(false);
        if (built is string known && known == fields) return;

        await connection.ExecuteAsync($"DELETE FROM {sqlName}", cancellationToken).ConfigureAwait(false);
        await AddAllAsync(connection, cancellationToken).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "INSERT INTO sync.indexes (record_table, fields) VALUES ($1, $2) ON CONFLICT (record_table) DO UPDATE SET fields = excluded.fields", cancellationToken, model.Name, fields).ConfigureAwait(false);
    }

    /// <summary>Brings the rows of records from their fields before to those after.</summary>
    public IEnumerable<SqlDraft> Replace(IReadOnlyList<(string Id, CanonicalJson Before, CanonicalJson After)> records, bool isGone = false)
    {
        var gone = new List<(short Field, string Value, string Id)>();
        var come = new List<(short Field, string Value, string Id)>();
        foreach (var (id, before, after) in records)
        {
            var isNew = before.Equals(CanonicalJson.EmptyObject);
            for (short field = 0; field < _paths.Length; field++)
            {
                var old = before.Get(_paths[field]);
                var now = after.Get(_paths[field]);
                var oldValues = ValuesOf(old);
                if (isGone || old == now) 
                {
                    if (isGone) gone.AddRange(oldValues.Select(value => (field, value, id)));
                    else come.AddRange(isNew ? ValuesOf(now).Select(value => (field, value, id)) : []);
                    continue;
                }
                var newValues = ValuesOf(now);
                gone.AddRange(oldValues.Except(newValues).Select(value => (field, value, id)));
                come.AddRange((isNew ? newValues : newValues.Except(oldValues)).Select(value => (field, value, id)));
            }
        }

        if (gone.Count > 0)
        {
            var delete = new SqlDraft();
            delete.Append($"DELETE FROM {sqlName} AS x USING {Rows(delete, gone)} AS v (field, value, id) WHERE x.field = v.field AND x.value = v.value AND x.id = v.id");
            yield return delete;
        }

        if (come.Count > 0)
        {
            var insert = new SqlDraft();
            insert.Append($"INSERT INTO {sqlName} (field, value, id) SELECT * FROM {Rows(insert, come)} ON CONFLICT DO NOTHING");
            yield return insert;
        }
    }

    /// <summary>Every condition that the id or an index can narrow; the conditions themselves decide.</summary>
    public string Where(IReadOnlyList<QueryCondition> conditions, SqlDraft sql, out bool isExact)
    {
        isExact = true;
        var parts = new List<string>();
        foreach (var condition in conditions)
        {
            if (condition.Path.IsId && condition is not QueryCondition.Contains && ScalarsOf(condition) is { } ids)
            {
                parts.Add($"t.id = ANY ({sql.AddTexts(ids.Where(v => v.Kind == JsonKind.String).Select(v => v.AsString()))})");
                continue;
            }

            isExact = false;
            var field = _paths.IndexOf(condition.Path);
            if (field < 0 || ScalarsOf(condition) is not { } values) continue;
            parts.Add($"t.id IN (SELECT x.id FROM {sqlName} AS x WHERE x.field = {field} AND x.value = ANY ({sql.AddTexts(values.Select(TextOf))}))");
        }

        return string.Join(" AND ", parts);
    }

    public string? Lookup(FieldPath field) =>
        field.IsId ? "to_json(t.id)::text = v.value"
        : _paths.IndexOf(field) is var place and >= 0 ? $"EXISTS (SELECT FROM {sqlName} AS x WHERE x.field = {place} AND x.value = v.value AND x.id = t.id)" : null;

    public static string? LookupText(CanonicalJson value) => value.Kind is JsonKind.List or JsonKind.Object ? null : TextOf(value);

    private async Task AddAllAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const int RecordsAtOnce = 1000;
        var last = "";
        while (true)
        {
            var page = new List<(string Id, CanonicalJson Before, CanonicalJson After)>();
            var rows = new NpgsqlCommand($"SELECT t.id, t.fields FROM {documents} AS t WHERE t.id > $1 ORDER BY t.id LIMIT {RecordsAtOnce}", connection);
            await using (rows.ConfigureAwait(false))
            {
                rows.Parameters.Add(new NpgsqlParameter { Value = last });
                var reader = await rows.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                        page.Add((reader.GetString(0), CanonicalJson.EmptyObject, CanonicalJson.FromCanonicalBytes(reader.GetFieldValue<byte[]>(1))));
                }
            }

            if (page.Count == 0) return;
            foreach (var indexing in Replace(page)) await connection.ExecuteAsync(indexing, cancellationToken).ConfigureAwait(false);
            last = page[^1].Id;
        }
    }

    private static string Rows(SqlDraft sql, List<(short Field, string Value, string Id)> rows)
    {
        var fields = sql.Add(NpgsqlDbType.Array | NpgsqlDbType.Smallint, rows.Select(r => r.Field).ToArray());
        return $"unnest({fields}::smallint[], {sql.AddTexts(rows.Select(r => r.Value))}, {sql.AddTexts(rows.Select(r => r.Id))})";
    }

    /// <summary>The values that a condition asks for; null for one that no row of the index answers.</summary>
    private static IReadOnlyList<CanonicalJson>? ScalarsOf(QueryCondition condition) => condition switch
    {
        QueryCondition.EqualTo { Value.Kind: not (JsonKind.List or JsonKind.Object) } c => [c.Value],
        QueryCondition.Contains c => [c.Value],
        QueryCondition.AnyOf { Values.IsDefault: false } c when c.Values.All(v => v.Kind is not (JsonKind.List or JsonKind.Object)) => c.Values,
        _ => null,
    };

    private static HashSet<string> ValuesOf(CanonicalJson value) => value.Kind == JsonKind.List ? [.. value.Elements.Select(TextOf)] : [TextOf(value)];

    private static string TextOf(CanonicalJson value)
    {
        if (value.IsMissing) return "null";
        if (value.Utf8.Length <= MaxValueBytes) return Encoding.UTF8.GetString(value.Utf8.Span);
        return "#" + Convert.ToHexStringLower(SHA256.HashData(value.Utf8.Span));
    }
}
