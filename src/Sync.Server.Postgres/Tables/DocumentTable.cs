using System.Collections.Immutable;
using Npgsql;
using NpgsqlTypes;

namespace Sync.Server.Postgres;

/// <summary>A table of ours for records that the database has no table for: id, version and the fields as they are, with a side index.</summary>
internal sealed class DocumentTable : StoredTable
{
    private readonly DocumentIndex _index;

    public DocumentTable(TableModel model) : base(model)
    {
        SqlName = Sql.Name(Schema, TableNameOf("doc", model.Name));
        _index = new DocumentIndex(model, SqlName, Sql.Name(Schema, TableNameOf("docx", model.Name)));
    }

    public const string Schema = "sync";

    public override string SqlName { get; }
    public override string VersionColumn => "\"version\"";
    public override bool IsRelational => false;
    public override ImmutableArray<string> Content { get; } = ["t.fields"];

    /// <summary>A name that fits into the 63 bytes of PostgreSQL's names.</summary>
    public static string TableNameOf(string prefix, string table)
    {
        const int MaxBytes = 63;
        var name = $"{prefix}_{table}";
        if (System.Text.Encoding.UTF8.GetByteCount(name) <= MaxBytes) return name;
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(table)));
        return $"{prefix}_{hash[..40]}";
    }

    /// <summary>What makes the table and its index.</summary>
    public IEnumerable<string> Script =>
        [$"CREATE TABLE IF NOT EXISTS {SqlName} (id text COLLATE \"C\" PRIMARY KEY, version bigint NOT NULL, fields text COLLATE \"C\" NOT NULL)", _index.Script];

    /// <summary>Makes what is not there, and the index anew where the model's indexes have changed. Runs within the caller's transaction.</summary>
    public async Task CreateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Asked first: a role that may not make tables is refused even where there is nothing to make.
        if (await connection.ScalarAsync("SELECT to_regclass($1)::text", cancellationToken, SqlName).ConfigureAwait(false) is null)
        {
            foreach (var sql in Script) await connection.ExecuteAsync(sql, cancellationToken).ConfigureAwait(false);
        }

        await _index.FillAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    public override CanonicalJson ReadFields(NpgsqlDataReader row, int column) => CanonicalJson.FromCanonicalBytes(row.GetFieldValue<byte[]>(column));

    public override string IdText(string alias) => $"{alias}.id";

    public override string HasId(string alias, string text) => $"{alias}.id = {text}";

    public override string IsOneOf(string alias, string texts) => $"{alias}.id = ANY ({texts})";

    public override bool CanBeId(string id) => true;

    public override string Where(IReadOnlyList<QueryCondition> conditions, SqlDraft sql, out bool isExact) => _index.Where(conditions, sql, out isExact);

    public override string? OrderBy(Query query) => query.OrderBy.IsDefaultOrEmpty ? "t.id" : null;

    public override string? Lookup(FieldPath field) => _index.Lookup(field);

    public override string? LookupText(FieldPath field, CanonicalJson value) => DocumentIndex.LookupText(value);

    public override IEnumerable<SqlDraft> Insert(IReadOnlyList<Record> records, IReadOnlyCollection<string> restored)
    {
        var insert = new SqlDraft();
        var (ids, versions, fields) = Columns(insert, records);
        insert.Append($"INSERT INTO {SqlName} (id, version, fields) SELECT * FROM unnest({ids}, {versions}, {fields})");
        yield return insert;
        foreach (var indexing in _index.Replace([.. records.Select(r => (r.Id, CanonicalJson.EmptyObject, r.Fields))])) yield return indexing;
    }

    public override IEnumerable<SqlDraft> Update(IReadOnlyList<RecordChange> changes)
    {
        var update = new SqlDraft();
        var (ids, versions, fields) = Columns(update, changes.Select(c => c.After));
        var count = update.AddLong(changes.Count);
        update.Append($"WITH w AS (UPDATE {SqlName} AS t SET version = v.version, fields = v.fields FROM unnest({ids}, {versions}, {fields}) AS v (id, version, fields) WHERE t.id = v.id RETURNING 1)");
        update.Append($" SELECT sync.must_write((SELECT count(*) FROM w), {count})");
        yield return update;
        foreach (var indexing in _index.Replace([.. changes.Select(c => (c.Key.Id, c.Before!.Fields, c.After.Fields))])) yield return indexing;
    }

    public override IEnumerable<SqlDraft> Delete(IReadOnlyList<Record> before)
    {
        var delete = new SqlDraft();
        delete.Append($"DELETE FROM {SqlName} WHERE id = ANY ({delete.AddTexts(before.Select(r => r.Id))})");
        yield return delete;
        foreach (var indexing in _index.Replace([.. before.Select(r => (r.Id, r.Fields, CanonicalJson.EmptyObject))], isGone: true)) yield return indexing;
    }

    public override NormalizeResult Normalize(RecordKey key, CanonicalJson fields, DateTimeOffset now) => new(fields, null);

    private static (string Ids, string Versions, string Fields) Columns(SqlDraft sql, IEnumerable<Record> records)
    {
        var all = records.ToList();
        return (sql.AddTexts(all.Select(r => r.Id)), sql.AddLongs(all.Select(r => r.Version)), sql.AddTexts(all.Select(r => r.Fields.ToString())));
    }
}
