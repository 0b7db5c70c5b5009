namespace Sync.Client;

/// <summary>One step from a query's rows to its next ones, before it is typed. Indexes are those of the list as it is at that step.</summary>
internal readonly record struct RowStep(RowStepKind Kind, int Index, int To, Row Row)
{
    public static RowStep Added(int index, Row row) => new(RowStepKind.Added, index, index, row);
    public static RowStep Removed(int index, Row row) => new(RowStepKind.Removed, index, index, row);
    public static RowStep Moved(int from, int to, Row row) => new(RowStepKind.Moved, from, to, row);
    public static RowStep Replaced(int index, Row row) => new(RowStepKind.Replaced, index, index, row);
}

internal enum RowStepKind { Added, Removed, Moved, Replaced }

/// <summary>What one checkpoint or write did to a query's rows: told together.</summary>
internal sealed record RowBatch(RowStep[] Steps, Freshness Freshness, ApplyError? Error)
{
    /// <summary>There will be no other, and the rows go.</summary>
    public static RowBatch End { get; } = new([], Freshness.Unknown, null);
}
