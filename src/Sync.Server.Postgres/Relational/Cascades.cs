namespace Sync.Server.Postgres;

/// <summary>
/// What foreign keys do by themselves when a record is deleted. Between registered tables it is told to the server, which makes operations of it; where a record
/// would go or change without anybody being able to tell, the start is refused.
/// </summary>
internal static class Cascades
{
    public static IReadOnlyList<StoreCascade> Find(IReadOnlyList<RelationalShape> shapes, IReadOnlyList<CatalogueForeignKey> keys, SetupProblems problems)
    {
        var cascades = new List<StoreCascade>();
        foreach (var child in shapes)
        {
            foreach (var key in keys.Where(k => k.Acts && k.Child == child.Table.Relation.Oid))
            {
                if (shapes.FirstOrDefault(s => s.Table.Relation.Oid == key.Parent) is { } parent)
                {
                    if (Between(parent, child, key, problems) is { } cascade) cascades.Add(cascade);
                }
                else if (Ancestor(key.Parent, shapes, keys) is { } ancestor)
                {
                    problems.Add($"Deleting a row of {ancestor} reaches {child.SqlTable} through {key.SqlParent}, which is not registered, so nobody would be told: register {key.SqlParent}, or take ON DELETE {key.Action} from the foreign key {key.Name} of {child.SqlTable}.");
                }
            }
        }

        return cascades;
    }

    private static StoreCascade? Between(RelationalShape parent, RelationalShape child, CatalogueForeignKey key, SetupProblems problems)
    {
        var where = $"{child.SqlTable} ({key.FromNames}) references {parent.SqlTable} ON DELETE {key.Action}";
        if (key.OnDelete == "d")
            problems.Add($"{where}, which cannot be told to others: use CASCADE, SET NULL or no action.");
        else if (parent.Ids.IsComposite || key.To is not [var to] || to != parent.Ids.Parts[0].Column.Number)
            problems.Add($"{where} by other columns than {parent.SqlTable}.{string.Join(", ", parent.Ids.Parts.Select(p => p.Column.Name))}: only actions that follow a record's id can be told to others.");
        else if (child.Columns.FirstOrDefault(c => c.InTable.Number == key.From[0]) is not { } column)
            problems.Add($"{where}, and the record type of {child.Model.Name} has no field for {key.FromNames}: add it, or take the action away.");
        else if (!HoldsIds(column, parent))
            problems.Add($"{where}, and the field {column.JsonName} of {child.Model.Name} is no string, as ids are: make it one, or take the action away.");
        else
            return new StoreCascade(parent.Model.Name, child.Model.Name, FieldPath.Of(column.JsonName), key.OnDelete == "c" ? CascadeAction.Delete : CascadeAction.SetNull);
        return null;
    }

    /// <summary>An id is a string: the field that refers to it must be one too, or nobody finds the records that go with it.</summary>
    private static bool HoldsIds(Column column, RelationalShape parent) => column.Codec.GetType() == parent.Ids.Parts[0].Codec.GetType();

    /// <summary>A registered table whose deletes reach an unregistered one by cascades.</summary>
    private static string? Ancestor(uint table, IReadOnlyList<RelationalShape> shapes, IReadOnlyList<CatalogueForeignKey> keys)
    {
        var seen = new HashSet<uint> { table };
        var open = new Queue<uint>([table]);
        while (open.TryDequeue(out var child))
        {
            foreach (var key in keys.Where(k => k.Child == child && k.OnDelete == "c"))
            {
                if (shapes.Any(s => s.Table.Relation.Oid == key.Parent)) return key.SqlParent;
                if (seen.Add(key.Parent)) open.Enqueue(key.Parent);
            }
        }

        return null;
    }
}
