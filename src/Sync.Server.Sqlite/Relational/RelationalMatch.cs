using System.Collections.Immutable;

namespace Sync.Server.Sqlite;

/// <summary>Lays a registered table over a table of the database, by names without regard to case and underscores, and says what does not fit with the SQL that mends it.</summary>
internal sealed class RelationalMatch(SqliteSession session, SetupProblems problems)
{
    public static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>The shape, or null where something is missing; then it stands among the problems.</summary>
    public RelationalShape? Match(TableModel model, CatalogueTable table)
    {
        var id = IdOf(model, table);
        var version = VersionOf(table);
        if (ColumnsOf(model, table) is not { } columns || id is null || version is null) return null;

        var taken = columns.Select(c => c.InTable).Append(id).Append(version).ToHashSet();
        return new RelationalShape(
            model,
            table.Name,
            id,
            version,
            columns,
            [.. table.Columns.Where(c => !taken.Contains(c) && !c.IsGenerated).Select(c => c.Name)],
            table.HasTriggers,
            IndexesOf(model, table, id, columns));
    }

    private CatalogueColumn? IdOf(TableModel model, CatalogueTable table)
    {
        if (Find(table, "id") is not { } id)
        {
            problems.Add($"{table.Name} has no column \"id\"; {model.Name} needs one that is its primary key or unique.");
            return null;
        }

        if (id.Affinity is Affinity.Text or Affinity.Blob or Affinity.Integer)
        {
            if (!table.IsUnique(id)) problems.Add($"{table.Name}.{id.Name} is not unique: CREATE UNIQUE INDEX {Sql.Name($"{table.Name}_{id.Name}")} ON {Sql.Name(table.Name)} ({Sql.Name(id.Name)});");
            return id;
        }

        problems.Add($"{table.Name}.{id.Name} is declared {id.Type}, where SQLite may turn an id into a number: declare it TEXT.");
        return null;
    }

    private CatalogueColumn? VersionOf(CatalogueTable table)
    {
        if (Find(table, "version") is not { } version)
        {
            problems.Add($"{table.Name} has no version column: ALTER TABLE {Sql.Name(table.Name)} ADD COLUMN \"version\" INTEGER NOT NULL DEFAULT 1;");
            return null;
        }

        if (version.Affinity is Affinity.Integer or Affinity.Numeric or Affinity.Blob) return version;
        problems.Add($"{table.Name}.{version.Name} is declared {version.Type}: a version needs INTEGER.");
        return null;
    }

    private ImmutableArray<Column>? ColumnsOf(TableModel model, CatalogueTable table)
    {
        var isWhole = true;
        var columns = ImmutableArray.CreateBuilder<Column>();
        foreach (var field in model.Fields.OrderBy(f => CanonicalJson.From(f.Name)))
        {
            if (ColumnOf(table, field) is { } column) columns.Add(column);
            else isWhole = false;
        }

        foreach (var twice in columns.GroupBy(c => c.InTable.Name).Where(g => g.Count() > 1))
        {
            problems.Add($"{table.Name}.{twice.Key} matches more than one field: {string.Join(", ", twice.Select(c => c.JsonName))}. Rename one.");
            isWhole = false;
        }

        return isWhole ? columns.ToImmutable() : null;
    }

    private Column? ColumnOf(CatalogueTable table, FieldModel field)
    {
        if (Find(table, field.Name) is not { } column)
        {
            problems.Add($"{table.Name} has no column for the field {field.Name}: ALTER TABLE {Sql.Name(table.Name)} ADD COLUMN {Sql.Name(field.Name)} {ColumnCodec.DeclarationOf(field.Kind)};");
            return null;
        }

        if (column.IsGenerated)
        {
            problems.Add($"{table.Name}.{column.Name} is computed by the database, so the field {field.Name} could not be written: leave it out of {table.Name}'s record type.");
            return null;
        }

        if (ColumnCodec.For(field.Kind, column.Affinity) is { } codec) return new Column(field, column, codec, ColumnDefault.Of(session, column, field.Kind, codec));
        problems.Add($"{table.Name}.{column.Name} is declared {column.Type}, which cannot carry the field {field.Name} ({field.Kind}) unharmed: declare it {ColumnCodec.DeclarationOf(field.Kind)}.");
        return null;
    }

    private ImmutableDictionary<string, ListIndex> IndexesOf(TableModel model, CatalogueTable table, CatalogueColumn id, ImmutableArray<Column> columns)
    {
        var lists = ImmutableDictionary.CreateBuilder<string, ListIndex>();
        foreach (var path in model.Indexes)
        {
            if (path.IsId || columns.FirstOrDefault(c => c.JsonName == path.Root) is not { } column) continue;
            if (path.Segments.Length > 1 || column.Field.Kind is FieldKind.Object)
                problems.Add($"{model.Name} has an index on {path}, inside a JSON column, which SQLite cannot serve here: give the value a column of its own.");
            else if (column.Codec is JsonCodec)
                lists[column.JsonName] = new ListIndex(table.Name, id.Name, column.InTable.Name);
            else if (!table.IsIndexed(column.InTable))
                problems.Add($"{model.Name} has an index on {path}, {table.Name} has none: CREATE INDEX {Sql.Name($"{table.Name}_{column.InTable.Name}")} ON {Sql.Name(table.Name)} ({column.SqlName});");
        }

        return lists.ToImmutable();
    }

    private CatalogueColumn? Find(CatalogueTable table, string name)
    {
        var found = table.Columns.Where(c => Plain(c.Name) == Plain(name)).ToList();
        if (found.Count > 1) problems.Add($"{table.Name} has more than one column that \"{name}\" could mean: {string.Join(", ", found.Select(c => c.Name))}. Rename one.");
        return found.FirstOrDefault();
    }
}
