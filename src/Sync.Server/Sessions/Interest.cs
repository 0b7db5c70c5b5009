namespace Sync.Server;

/// <summary>Which records somebody wants to hear of.</summary>
internal abstract record Interest(string Table)
{
    /// <summary>One record.</summary>
    public sealed record InRecord(string Table, string Id) : Interest(Table);

    /// <summary>Records whose field has a value or, of a list, holds it.</summary>
    public sealed record InValue(string Table, FieldPath Field, CanonicalJson Value) : Interest(Table);

    /// <summary>Every record of a table.</summary>
    public sealed record InTable(string Table) : Interest(Table);

    /// <summary>The narrowest interests that between them hear of every record that can meet a query.</summary>
    public static IReadOnlyList<Interest> Of(Query query, TableModel table)
    {
        IReadOnlyList<Interest>? best = null;
        foreach (var condition in query.Where)
        {
            var interests = Of(condition, table);
            if (interests is not null && (best is null || Rank(interests) < Rank(best))) best = interests;
        }
        return best ?? [new InTable(table.Name)];
    }

    private static Interest[]? Of(QueryCondition condition, TableModel table) => condition switch
    {
        QueryCondition.EqualTo { Path.IsId: true } one => Ids(table, [one.Value]),
        QueryCondition.AnyOf { Path.IsId: true } some => Ids(table, some.Values),
        QueryCondition.EqualTo equal when table.Indexes.Contains(equal.Path) => [new InValue(table.Name, equal.Path, equal.Value)],
        QueryCondition.Contains holds when table.Indexes.Contains(holds.Path) => [new InValue(table.Name, holds.Path, holds.Value)],
        QueryCondition.AnyOf some when table.Indexes.Contains(some.Path) => [.. some.Values.Select(v => new InValue(table.Name, some.Path, v))],
        _ => null,
    };

    // An id that is no string names no record.
    private static Interest[] Ids(TableModel table, IEnumerable<CanonicalJson> values) =>
        [.. values.Select(v => v.AsString()).OfType<string>().Select(id => new InRecord(table.Name, id))];

    private static int Rank(IReadOnlyList<Interest> interests) => interests is [] or [InRecord, ..] ? 0 : interests.Count;
}
