using System.Collections.Frozen;

namespace Sync.Server.Sqlite;

/// <summary>Every registered table and where its records are.</summary>
internal sealed class StoreTables
{
    private readonly FrozenDictionary<string, StoredTable> _byName;

    private StoreTables(IEnumerable<StoredTable> tables, IReadOnlyList<StoreCascade> cascades)
    {
        _byName = tables.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);
        Cascades = cascades;
    }

    public IReadOnlyList<StoreCascade> Cascades { get; }

    public StoredTable this[string table] => _byName.GetValueOrDefault(table) ?? throw new ArgumentException($"The table \"{table}\" is not registered.", nameof(table));

    public Record? FindRecord(SqliteSession session, RecordKey key) => this[key.Table].Find(session, key.Id) ?? Tombstones.Find(session, key);

    public long FindVersion(SqliteSession session, RecordKey key) => this[key.Table].FindVersion(session, key.Id) ?? Tombstones.FindVersion(session, key) ?? 0;

    /// <summary>Finds the app's tables, makes what is ours, and mends what direct SQL has left. Within the caller's transaction.</summary>
    /// <exception cref="StoreSetupException">The database does not fit the model.</exception>
    public static StoreTables Open(SqliteSession session, SyncModel model, SqliteStoreOptions options, string path)
    {
        var problems = new SetupProblems();
        var catalogue = Catalogue.Read(session);
        var match = new RelationalMatch(session, problems);
        var shapes = new List<RelationalShape>();
        var documents = new List<DocumentTable>();
        foreach (var table in model.Tables)
        {
            if (InDatabase(table, catalogue, options, problems) is not { } found) documents.Add(new DocumentTable(table));
            else if (match.Match(table, found) is { } shape) shapes.Add(shape);
        }

        foreach (var shape in shapes) CheckNoDocuments(session, shape, problems);
        foreach (var twice in shapes.GroupBy(s => s.SqlTable).Where(g => g.Count() > 1))
            problems.Add($"The tables {string.Join(" and ", twice.Select(s => s.Model.Name))} of the model are both kept in {twice.Key}.");
        foreach (var twice in documents.GroupBy(d => d.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
            problems.Add($"The tables {string.Join(" and ", twice.Select(d => d.Name))} of the model differ only in case, which SQLite does not tell apart.");
        var cascades = Sqlite.Cascades.Find(shapes, catalogue, problems);
        problems.ThrowIfAny(path);

        foreach (var document in documents) document.Create(session);
        var lists = shapes.SelectMany(s => s.Lists.Values).ToList();
        ListIndex.DropOthers(session, lists);
        foreach (var list in lists) list.Create(session);
        var relational = shapes.Select(s => new RelationalTable(s)).ToList();
        foreach (var table in relational) table.ContinueVersions(session);
        return new StoreTables([.. documents, .. relational], cascades);
    }

    private static CatalogueTable? InDatabase(TableModel table, IReadOnlyList<CatalogueTable> catalogue, SqliteStoreOptions options, SetupProblems problems)
    {
        if (options.Tables.TryGetValue(table.Name, out var named))
        {
            var exact = catalogue.FirstOrDefault(t => CatalogueTable.SameName(t.Name, named));
            if (exact is null) problems.Add($"{table.Name} is to be kept in {named}, which is no table of the database.");
            return exact;
        }

        var found = catalogue.Where(t => RelationalMatch.Plain(t.Name) == RelationalMatch.Plain(table.Name)).ToList();
        if (found.Count > 1)
            problems.Add($"More than one table could be \"{table.Name}\": {string.Join(", ", found.Select(t => t.Name))}. Name the right one: UseSqlite(path, o => o.Table({Sql.Name(table.Name)}, …)).");
        return found.FirstOrDefault();
    }

    private static void CheckNoDocuments(SqliteSession session, RelationalShape shape, SetupProblems problems)
    {
        var documents = DocumentTable.SqlNameOf(shape.Model.Name);
        if (session.Scalar($"SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = {Sql.Text(documents)}") is null) return;
        if (session.Scalar($"SELECT 1 FROM {Sql.Name(documents)} LIMIT 1") is null) return;
        problems.Add($"The records of {shape.Model.Name} are in {documents}, and now there is a table {shape.SqlTable} too: copy them into it, then DROP TABLE {Sql.Name(documents)};");
    }
}
