namespace Sync.Client;

internal static class QueryFirst
{
    /// <summary>Those of the records that are the query's result, if there are no others: of a window the first ones, else all that match.</summary>
    public static IEnumerable<Record> FirstOf(this Query query, IEnumerable<Record> records)
    {
        var matching = records.Where(query.Matches);
        return query.Limit is { } limit ? matching.Order(Comparer<Record>.Create(query.Compare)).Take(limit) : matching;
    }
}
