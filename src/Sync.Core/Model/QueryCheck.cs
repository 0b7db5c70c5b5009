namespace Sync;

/// <summary>Which queries a table answers: those over fields it has, that an index, the id or its smallness keeps cheap.</summary>
internal static class QueryCheck
{
    public static ApplyError? Of(Query query, TableSettings table)
    {
        if (table.IsServerOnly) return SyncModel.UnknownTable(table.Name);
        if (query.Limit < 1) return new(ErrorCodes.BadQuery, "The limit must be at least 1; leave it out for all records.");

        foreach (var path in query.Where.Select(condition => condition.Path).Concat(query.OrderBy.Select(sort => sort.Path)))
            if (Lacks(path, table)) return OperationCheck.UnknownField(table, path.ToString());

        if (table.SmallMaxRecords is not null || query.Where.Any(condition => IsServed(condition, table))) return null;
        return new(ErrorCodes.QueryNotIndexed, NotIndexed(query, table));
    }

    public static bool Lacks(FieldPath path, TableSettings table) => !path.IsId && (RecordType.IsReserved(path.Root) || table.Type.Lacks(path));

    private static bool IsServed(QueryCondition condition, TableSettings table)
    {
        if (condition.Path.IsId) return condition is QueryCondition.EqualTo or QueryCondition.AnyOf;
        if (!table.Indexes.Contains(condition.Path)) return false;

        // The index of a list has an entry for each element, so it finds what the list holds and not what it is.
        return table.Type.ShapeAt(condition.Path)?.Kind switch
        {
            FieldKind.List => condition is QueryCondition.Contains,
            FieldKind.Any => condition is QueryCondition.EqualTo or QueryCondition.AnyOf or QueryCondition.Contains,
            _ => condition is QueryCondition.EqualTo or QueryCondition.AnyOf,
        };
    }

    private static string NotIndexed(Query query, TableSettings table)
    {
        var wanted = query.Where.FirstOrDefault(c => !c.Path.IsId && c is QueryCondition.EqualTo or QueryCondition.AnyOf or QueryCondition.Contains);
        var advice = wanted switch
        {
            null => "Add a condition on its id or on an indexed field by equality, in or contains, or declare it .Small(…)",
            { } listed when table.Indexes.Contains(listed.Path) && table.Type.ShapeAt(listed.Path)?.Kind == FieldKind.List => $"Ask whether the list \"{listed.Path}\" contains a value, which its index serves",
            { } scalar when table.Indexes.Contains(scalar.Path) => $"Ask for \"{scalar.Path}\" by equality or in, which its index serves",
            { } missing => $"Add .Index({table.Type.ExpressionOf(missing.Path)}) to the table in SyncModel.Create, or declare it .Small(…)",
        };
        return $"No index serves this query of \"{table.Name}\". {advice}.";
    }
}
