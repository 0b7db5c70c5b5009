namespace Sync.Server;

/// <summary>What changes do to what rules looked at.</summary>
internal static class RuleDependencies
{
    /// <summary>Whether a change may alter what rules said that looked at these.</summary>
    public static bool AreTouchedBy(this Dependencies dependencies, RecordChange change)
    {
        if (dependencies.Keys.Contains(change.Key)) return true;
        foreach (var lookup in dependencies.Lookups)
        {
            if (lookup.Finds(change.After) || (change.Before is { } before && lookup.Finds(before))) return true;
        }
        return false;
    }

    public static bool AreTouchedBy(this Dependencies dependencies, IEnumerable<RecordChange> changes) => changes.Any(dependencies.AreTouchedBy);

    public static Dependencies With(this Dependencies one, Dependencies other)
    {
        if (one.Keys.Count == 0 && one.Lookups.Count == 0) return other;
        if (other.Keys.Count == 0 && other.Lookups.Count == 0) return one;
        return new(one.Keys.Union(other.Keys).ToHashSet(), one.Lookups.Union(other.Lookups).ToHashSet());
    }
}
