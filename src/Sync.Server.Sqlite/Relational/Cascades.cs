namespace Sync.Server.Sqlite;

/// <summary>
/// What foreign keys do by themselves when a record is deleted. Between registered tables it is told to the server, which makes operations of it; where a record
/// would go or change without anybody being able to tell, the start is refused.
/// </summary>
internal static class Cascades
{
    public static IReadOnlyList<StoreCascade> Find(IReadOnlyList<RelationalShape> shapes, IReadOnlyList<CatalogueTable> tables, SetupProblems problems)
    {
        var cascades = new List<StoreCascade>();
        foreach (var child in shapes)
        {
            var table = tables.First(t => t.Name == child.SqlTable);
            foreach (var key in table.ForeignKeys.Where(k => k.Acts))
            {
                if (shapes.FirstOrDefault(s => CatalogueTable.SameName(s.SqlTable, key.Parent)) is { } parent)
                {
                    if (Between(parent, child, key, problems) is { } cascade) cascades.Add(cascade);
                }
                else if (Ancestor(key.Parent, shapes, tables) is { } ancestor)
                {
                    problems.Add($"Deleting a row of {ancestor} reaches {child.SqlTable} through {key.Parent}, which is not registered, so nobody would be told: register {key.Parent}, or take ON DELETE {key.OnDelete} from {child.SqlTable}.{key.From}.");
                }
            }
        }

        return cascades;
    }

    private static StoreCascade? Between(RelationalShape parent, RelationalShape child, CatalogueForeignKey key, SetupProblems problems)
    {
        var where = $"{child.SqlTable}.{key.From} references {parent.SqlTable} ON DELETE {key.OnDelete}";
        if (key.OnDelete == "SET DEFAULT")
            problems.Add($"{where}, which cannot be told to others: use CASCADE, SET NULL or no action.");
        else if (key.IsComposite || (key.To is not null && !CatalogueTable.SameName(key.To, parent.Id.Name)) || (key.To is null && !parent.Id.IsPrimaryKey))
            problems.Add($"{where} by other columns than {parent.SqlTable}.{parent.Id.Name}: only actions that follow a record's id can be told to others.");
        else if (child.Columns.FirstOrDefault(c => CatalogueTable.SameName(c.InTable.Name, key.From)) is not { } column)
            problems.Add($"{where}, and the record type of {child.Model.Name} has no field for {key.From}: add it, or take the action away.");
        else
            return new StoreCascade(parent.Model.Name, child.Model.Name, FieldPath.Of(column.JsonName), key.OnDelete == "CASCADE" ? CascadeAction.Delete : CascadeAction.SetNull);
        return null;
    }

    /// <summary>A registered table whose deletes reach an unregistered one by cascades.</summary>
    private static string? Ancestor(string table, IReadOnlyList<RelationalShape> shapes, IReadOnlyList<CatalogueTable> tables)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { table };
        var open = new Queue<string>([table]);
        while (open.TryDequeue(out var name))
        {
            foreach (var key in tables.FirstOrDefault(t => CatalogueTable.SameName(t.Name, name))?.ForeignKeys.Where(k => k.OnDelete == "CASCADE") ?? [])
            {
                if (shapes.Any(s => CatalogueTable.SameName(s.SqlTable, key.Parent))) return key.Parent;
                if (seen.Add(key.Parent)) open.Enqueue(key.Parent);
            }
        }

        return null;
    }
}
