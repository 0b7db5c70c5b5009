namespace Sync.Client;

/// <summary>Rows at one moment.</summary>
public sealed record LiveSnapshot<T>(IReadOnlyList<T> Rows, Freshness Freshness);

/// <summary>Steps from one snapshot to the next, in the order in which they are to be applied.</summary>
public sealed record LiveChange<T>(IReadOnlyList<RowChange<T>> Rows, Freshness Freshness);

/// <summary>One step: a row added, removed, moved or replaced, with its indexes in the list as it is at that step.</summary>
public abstract record RowChange<T>
{
    private RowChange(string id) => Id = id;
    public string Id { get; }
    public sealed record Added(string Id, int Index, T Row) : RowChange<T>(Id);
    public sealed record Removed(string Id, int Index, T Row) : RowChange<T>(Id);

    /// <param name="To">Its index once it has been taken out at <paramref name="From"/>.</param>
    public sealed record Moved(string Id, int From, int To, T Row) : RowChange<T>(Id);
    public sealed record Replaced(string Id, int Index, T Row, T Before) : RowChange<T>(Id);
}
