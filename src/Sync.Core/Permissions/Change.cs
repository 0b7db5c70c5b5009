namespace Sync;

/// <summary>One record before and after a transaction. Before is null for a creation, after for a deletion.</summary>
public sealed class Change<T>(string id, T? before, T? after) where T : class
{
    public string Id { get; } = id;
    public T? Before { get; } = before;
    public T? After { get; } = after;
    public bool IsCreation => Before is null;
    public bool IsDeletion => After is null;

    /// <summary>The sides that there are. Ownership is judged on both, or somebody could give a record away and then take it.</summary>
    public IEnumerable<T> Sides
    {
        get
        {
            if (Before is { } before) yield return before;
            if (After is { } after) yield return after;
        }
    }
}
