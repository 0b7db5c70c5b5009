namespace Sync.Server.Sqlite;

/// <summary>The app's own tables as the database describes them.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<CatalogueTable> Read(SqliteSession session)
    {
        var names = new List<string>();
        var tables = session.Prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND NOT name GLOB 'sqlite_*' AND NOT name GLOB 'sync_*' ORDER BY name");
        while (tables.Step()) names.Add(tables.Text(0));
        return [.. names.Select(name => new CatalogueTable(name, Columns(session, name), ForeignKeys(session, name), Indexes(session, name), HasTriggers(session, name)))];
    }

    private static List<CatalogueColumn> Columns(SqliteSession session, string table)
    {
        var columns = new List<CatalogueColumn>();
        var rows = session.Prepare("SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1)").BindText(1, table);
        while (rows.Step())
            columns.Add(new(rows.Text(0), rows.Text(1), rows.Int64(2) != 0, rows.IsNull(3) ? null : rows.Text(3), rows.Int64(4) != 0, rows.Int64(5) != 0));
        return columns;
    }

    private static List<CatalogueForeignKey> ForeignKeys(SqliteSession session, string table)
    {
        var keys = new List<(long Id, string Parent, string From, string? To, string OnDelete)>();
        var rows = session.Prepare("SELECT id, \"table\", \"from\", \"to\", on_delete FROM pragma_foreign_key_list(?1)").BindText(1, table);
        while (rows.Step()) keys.Add((rows.Int64(0), rows.Text(1), rows.Text(2), rows.IsNull(3) ? null : rows.Text(3), rows.Text(4)));
        return [.. keys.GroupBy(k => k.Id).Select(g => new CatalogueForeignKey(g.First().Parent, g.First().From, g.First().To, g.First().OnDelete, g.Count() > 1))];
    }

    private static bool HasTriggers(SqliteSession session, string table)
    {
        var rows = session.Prepare("SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE AND NOT name GLOB 'sync_*'").BindText(1, table);
        var has = rows.Step();
        rows.Reset();
        return has;
    }

    private static List<CatalogueIndex> Indexes(SqliteSession session, string table)
    {
        var indexes = new List<CatalogueIndex>();
        var rows = session.Prepare("""
            SELECT i.name, i."unique", i.partial, c.name, (SELECT count(*) FROM pragma_index_info(i.name))
            FROM pragma_index_list(?1) AS i JOIN pragma_index_info(i.name) AS c ON c.seqno = 0
            """).BindText(1, table);
        while (rows.Step())
        {
            if (rows.Int64(2) == 0 && !rows.IsNull(3)) indexes.Add(new(rows.Text(3), IsUnique: rows.Int64(1) != 0, IsSingle: rows.Int64(4) == 1));
        }

        return indexes;
    }
}

internal sealed record CatalogueTable(
    string Name, IReadOnlyList<CatalogueColumn> Columns, IReadOnlyList<CatalogueForeignKey> ForeignKeys, IReadOnlyList<CatalogueIndex> Indexes, bool HasTriggers)
{
    public bool IsUnique(CatalogueColumn column) =>
        (column.IsPrimaryKey && Columns.Count(c => c.IsPrimaryKey) == 1) || Indexes.Any(i => i.IsUnique && i.IsSingle && SameName(i.FirstColumn, column.Name));

    public bool IsIndexed(CatalogueColumn column) =>
        IsUnique(column) || Indexes.Any(i => SameName(i.FirstColumn, column.Name)) || Columns.FirstOrDefault(c => c.IsPrimaryKey) == column;

    public static bool SameName(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}

internal sealed record CatalogueColumn(string Name, string Type, bool NotNull, string? Default, bool IsPrimaryKey, bool IsGenerated)
{
    public Affinity Affinity { get; } = AffinityOf(Type);

    /// <summary>SQLite's own rules: a column takes its affinity from words in its declared type.</summary>
    private static Affinity AffinityOf(string type)
    {
        bool Has(string word) => type.Contains(word, StringComparison.OrdinalIgnoreCase);
        if (Has("INT")) return Affinity.Integer;
        if (Has("CHAR") || Has("CLOB") || Has("TEXT")) return Affinity.Text;
        if (type.Length == 0 || Has("BLOB")) return Affinity.Blob;
        return Has("REAL") || Has("FLOA") || Has("DOUB") ? Affinity.Real : Affinity.Numeric;
    }
}

internal enum Affinity { Blob, Text, Integer, Real, Numeric }

/// <param name="To">The parent's column; null for its primary key.</param>
internal sealed record CatalogueForeignKey(string Parent, string From, string? To, string OnDelete, bool IsComposite)
{
    public bool Acts => OnDelete is "CASCADE" or "SET NULL" or "SET DEFAULT";
}

/// <summary>An index that covers every row, by its first column.</summary>
internal sealed record CatalogueIndex(string FirstColumn, bool IsUnique, bool IsSingle);
