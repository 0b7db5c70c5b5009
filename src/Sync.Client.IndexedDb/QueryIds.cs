namespace Sync.Client.IndexedDb;

/// <summary>The ids that a query names, so that only these are read.</summary>
internal static class QueryIds
{
    /// <summary>Null where it names none. Ids are strings, so a value of another kind is nobody's.</summary>
    public static IEnumerable<string>? Of(Query query)
    {
        foreach (var condition in query.Where)
        {
            if (condition is QueryCondition.EqualTo { Path.IsId: true } equal) return Strings([equal.Value]);
            if (condition is QueryCondition.AnyOf { Path.IsId: true } any) return Strings(any.Values);
        }
        return null;
    }

    private static IEnumerable<string> Strings(IEnumerable<CanonicalJson> values) => values.Select(value => value.AsString()).OfType<string>();
}
