namespace Sync.Server;

/// <summary>What the store was asked: a query with all its conditions and without a limit, and how many records at most.</summary>
internal sealed record QueryKey(Query Query, int Max);

/// <summary>The rows of a query at one revision.</summary>
/// <param name="IsAsRead">They are the store's own; else what was committed since was brought in.</param>
/// <param name="AskedAt">When the store was asked, by the clock's own count.</param>
internal sealed record SharedResult(QueryKey Key, StoreQueryResult Result, bool IsAsRead, long AskedAt)
{
    /// <summary>With what was committed since; null where that cannot be told without the store: behind a cut result nobody knows what comes next.</summary>
    public SharedResult? With(IEnumerable<Commit> commits, Revision head)
    {
        var touched = new Dictionary<string, Record>(StringComparer.Ordinal);
        foreach (var change in commits.Where(c => c.Revision > Result.Revision).SelectMany(c => c.Changes))
        {
            if (change.Key.Table == Key.Query.Table && IsTouchedBy(change)) touched[change.Key.Id] = change.After;
        }
        if (touched.Count == 0) return this with { Result = Result with { Revision = head } };
        if (Result.IsCut) return null;

        var arrivals = touched.Values.Where(Key.Query.Matches).ToList();
        arrivals.Sort(Key.Query.Compare);
        var rows = new List<Record>(Result.Records.Count + arrivals.Count);
        var next = 0;
        foreach (var row in Result.Records)
        {
            if (touched.ContainsKey(row.Id)) continue;
            while (next < arrivals.Count && Key.Query.Compare(arrivals[next], row) < 0) rows.Add(arrivals[next++]);
            rows.Add(row);
        }
        rows.AddRange(arrivals.Skip(next));
        return rows.Count > Key.Max ? null : this with { Result = new StoreQueryResult(head, rows, false), IsAsRead = false };
    }

    private bool IsTouchedBy(RecordChange change) => Key.Query.Matches(change.After) || (change.Before is { } before && Key.Query.Matches(before));
}
