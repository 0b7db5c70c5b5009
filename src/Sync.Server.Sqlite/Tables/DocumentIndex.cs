using System.Collections.Immutable;
using System.Text;

namespace Sync.Server.Sqlite;

/// <summary>
/// The indexed fields of a document table, in a table beside it: a row for a value, and one for each element of a list. Long values stand cut, so a row
/// says "may have this value". Kept by us alone: nobody else writes document tables.
/// </summary>
internal sealed class DocumentIndex
{
    private const int MaxValueBytes = 200;

    private readonly string _table;
    private readonly string _name;
    private readonly ImmutableArray<FieldPath> _paths;
    private readonly string _insert;
    private readonly string _delete;

    public DocumentIndex(TableModel model)
    {
        _table = model.Name;
        _paths = model.Indexes;
        _name = Sql.Name($"sync_doc_{model.Name}_index");
        _insert = $"INSERT OR IGNORE INTO {_name} (field, value, id) VALUES (?1, ?2, ?3)";
        _delete = $"DELETE FROM {_name} WHERE field = ?1 AND value = ?2 AND id = ?3";
    }

    public void Create(SqliteSession session, Func<IEnumerable<Record>> all)
    {
        session.Execute($"CREATE TABLE IF NOT EXISTS {_name} (field INTEGER NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (field, value, id)) WITHOUT ROWID");

        var fields = CanonicalJson.List(_paths.Select(p => p.ToJson()));
        var built = session.Prepare("SELECT fields FROM sync_indexes WHERE record_table = ?1").BindText(1, _table);
        var isBuilt = built.Step() && built.Json(0) == fields;
        built.Reset();
        if (isBuilt) return;

        session.Execute($"DELETE FROM {_name}");
        foreach (var record in all()) Replace(session, record.Id, CanonicalJson.EmptyObject, record.Fields, isNew: true);
        session.Prepare("INSERT INTO sync_indexes (record_table, fields) VALUES (?1, ?2) ON CONFLICT (record_table) DO UPDATE SET fields = excluded.fields")
            .BindText(1, _table).BindText(2, fields).Run();
    }

    public void Replace(SqliteSession session, string id, CanonicalJson before, CanonicalJson after, bool isNew = false)
    {
        for (var field = 0; field < _paths.Length; field++)
        {
            var old = before.Get(_paths[field]);
            var now = after.Get(_paths[field]);
            if (isNew)
            {
                foreach (var value in ValuesOf(now)) Run(session, _insert, field, value, id);
                continue;
            }

            if (old == now) continue;
            var oldValues = ValuesOf(old);
            var newValues = ValuesOf(now);
            foreach (var value in oldValues.Except(newValues)) Run(session, _delete, field, value, id);
            foreach (var value in newValues.Except(oldValues)) Run(session, _insert, field, value, id);
        }
    }

    public void Remove(SqliteSession session, string id, CanonicalJson before)
    {
        for (var field = 0; field < _paths.Length; field++)
        {
            foreach (var value in ValuesOf(before.Get(_paths[field]))) Run(session, _delete, field, value, id);
        }
    }

    /// <summary>By the id, else by the condition that is likely to leave least; null where no index serves.</summary>
    public Narrowing? Narrow(IReadOnlyList<QueryCondition> conditions)
    {
        foreach (var condition in conditions)
        {
            if (condition.Path.IsId && ScalarsOf(condition) is { } ids)
            {
                var list = CanonicalJson.List(ids.Where(v => v.Kind == JsonKind.String));
                return new Narrowing("id IN (SELECT value FROM json_each(?1))", rows => rows.BindText(1, list));
            }
        }

        var best = conditions
            .Select(c => (Field: _paths.IndexOf(c.Path), Values: ScalarsOf(c)))
            .Where(c => c.Field >= 0 && c.Values is not null)
            .OrderBy(c => c.Values!.Count)
            .FirstOrDefault();
        if (best.Values is null) return null;

        var values = CanonicalJson.List(best.Values.Select(v => CanonicalJson.From(Cut(v))));
        return new Narrowing(
            $"id IN (SELECT id FROM {_name} WHERE field = ?1 AND value IN (SELECT value FROM json_each(?2)))",
            rows => rows.BindInt64(1, best.Field).BindText(2, values));
    }

    /// <summary>The values that a condition asks for; null for one that no row of the index answers.</summary>
    private static IReadOnlyList<CanonicalJson>? ScalarsOf(QueryCondition condition) => condition switch
    {
        QueryCondition.EqualTo { Value.Kind: not (JsonKind.List or JsonKind.Object) } c => [c.Value],
        QueryCondition.Contains c => [c.Value],
        QueryCondition.AnyOf c when c.Values.All(v => v.Kind is not (JsonKind.List or JsonKind.Object)) => c.Values,
        _ => null,
    };

    private static HashSet<string> ValuesOf(CanonicalJson value) =>
        value.Kind == JsonKind.List ? [.. value.Elements.Select(Cut)] : [Cut(value)];

    private static string Cut(CanonicalJson value)
    {
        if (value.IsMissing) return "null";
        var utf8 = value.Utf8.Span;
        if (utf8.Length <= MaxValueBytes) return Encoding.UTF8.GetString(utf8);
        var end = MaxValueBytes;
        while ((utf8[end] & 0xC0) == 0x80) end--;
        return Encoding.UTF8.GetString(utf8[..end]);
    }

    private static void Run(SqliteSession session, string sql, int field, string value, string id) =>
        session.Prepare(sql).BindInt64(1, field).BindText(2, value).BindText(3, id).Run();
}
