namespace Sync.Server.Sqlite;

/// <summary>A table of ours for records that the database has no table for: id, version and the fields as they are, with a side index.</summary>
internal sealed class DocumentTable : StoredTable
{
    private readonly DocumentIndex _index;
    private readonly string _create;
    private readonly string _select;
    private readonly string _find;
    private readonly string _findVersion;
    private readonly string _insert;
    private readonly string _update;
    private readonly string _delete;

    public DocumentTable(TableModel model) : base(model)
    {
        var table = Sql.Name(SqlNameOf(model.Name));
        _index = new DocumentIndex(model);
        _create = $"CREATE TABLE IF NOT EXISTS {table} (id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, fields TEXT NOT NULL)";
        _select = $"SELECT id, version, fields FROM {table}";
        _find = $"SELECT version, fields FROM {table} WHERE id = ?1";
        _findVersion = $"SELECT version FROM {table} WHERE id = ?1";
        _insert = $"INSERT INTO {table} (id, version, fields) VALUES (?1, ?2, ?3)";
        _update = $"UPDATE {table} SET version = ?2, fields = ?3 WHERE id = ?1";
        _delete = $"DELETE FROM {table} WHERE id = ?1";
    }

    public static string SqlNameOf(string table) => "sync_doc_" + table;

    /// <summary>Makes the table where there is none, and its index anew where the model's indexes have changed. Within the caller's transaction.</summary>
    public void Create(SqliteSession session)
    {
        session.Execute(_create);
        _index.Create(session, () => All(session));
    }

    public override Record? Find(SqliteSession session, string id)
    {
        var find = session.Prepare(_find).BindText(1, id);
        if (!find.Step()) return null;
        var record = new Record(new RecordKey(Name, id), find.Int64(0), find.Json(1));
        find.Reset();
        return record;
    }

    public override long? FindVersion(SqliteSession session, string id)
    {
        var find = session.Prepare(_findVersion).BindText(1, id);
        if (!find.Step()) return null;
        var version = find.Int64(0);
        find.Reset();
        return version;
    }

    public override IEnumerable<Record> Candidates(SqliteSession session, IReadOnlyList<QueryCondition> conditions)
    {
        if (_index.Narrow(conditions) is not { } narrowing) return All(session);
        var rows = session.Prepare($"{_select} WHERE {narrowing.Where}");
        narrowing.Bind(rows);
        return Walk(rows);
    }

    public override void Insert(SqliteSession session, Record record, string? hidden)
    {
        session.Prepare(_insert).BindText(1, record.Id).BindInt64(2, record.Version).BindText(3, record.Fields).Run();
        _index.Replace(session, record.Id, CanonicalJson.EmptyObject, record.Fields, isNew: true);
    }

    public override bool Update(SqliteSession session, Record before, Record after)
    {
        if (session.Prepare(_update).BindText(1, after.Id).BindInt64(2, after.Version).BindText(3, after.Fields).Run() == 0) return false;
        _index.Replace(session, after.Id, before.Fields, after.Fields);
        return true;
    }

    public override void Delete(SqliteSession session, Record before)
    {
        session.Prepare(_delete).BindText(1, before.Id).Run();
        _index.Remove(session, before.Id, before.Fields);
    }

    public override string? ReadHidden(SqliteSession session, string id) => null;

    public override NormalizeResult Normalize(RecordKey key, CanonicalJson fields, DateTimeOffset now) => new(fields, null);

    private IEnumerable<Record> All(SqliteSession session) => Walk(session.Prepare(_select));

    private IEnumerable<Record> Walk(Statement rows)
    {
        try
        {
            while (rows.Step()) yield return new Record(new RecordKey(Name, rows.Text(0)), rows.Int64(1), rows.Json(2));
        }
        finally
        {
            rows.Reset();
        }
    }
}
