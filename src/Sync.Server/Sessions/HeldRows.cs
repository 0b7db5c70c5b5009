namespace Sync.Server;

/// <summary>One row's way in or out of a subscription. Without a record it goes out; <paramref name="IsNew"/>: the session did not have it.</summary>
internal readonly record struct RowChange(string Id, Record? Record, bool IsNew);

internal static class RowChanges
{
    /// <summary>One change a row, in the order of the first: what the session had before all of them counts, and what it is to have after.</summary>
    public static IReadOnlyList<RowChange> Merge(IReadOnlyList<RowChange> changes)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var merged = new List<RowChange>(changes.Count);
        foreach (var change in changes)
        {
            if (places.TryAdd(change.Id, merged.Count)) merged.Add(change);
            else merged[places[change.Id]] = merged[places[change.Id]] with { Record = change.Record };
        }
        merged.RemoveAll(c => c.Record is null && c.IsNew);
        return merged;
    }
}

/// <summary>The rows of a subscription that its session has or is owed, as far as the next change needs them: a retract names nothing else.</summary>
internal abstract class HeldRows
{
    public static HeldRows For(Query query) => query.Limit is { } limit ? new WindowRows(query, limit) : new OpenRows();

    public abstract int Count { get; }
    public abstract bool Holds(string id);

    /// <summary>A row that meets the query and may be read. False when rows that are not held here may have moved up: read them again.</summary>
    public abstract bool Put(Record record, List<RowChange> told);

    /// <summary>A row that does not meet the query, is gone, or may not be read. False as for <see cref="Put"/>.</summary>
    public abstract bool Remove(string id, List<RowChange> told);

    /// <summary>The whole result, read afresh, in the query's order. Tells only the difference of rows: contents are kept current by changes.</summary>
    public abstract void Replace(IReadOnlyList<Record> rows, bool mayHaveMore, List<RowChange> told);
}
