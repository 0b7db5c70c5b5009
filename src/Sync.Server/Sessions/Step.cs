namespace Sync.Server;

/// <summary>Consecutive commits published as one: of each record the first image before and the last image after.</summary>
internal sealed class Step
{
    private readonly Dictionary<RecordKey, RecordChange> _changes = [];

    public List<Commit> Commits { get; } = [];
    public Revision Revision => Commits[^1].Revision;
    public IReadOnlyCollection<RecordChange> Changes => _changes.Values;

    public void Add(Commit commit)
    {
        Commits.Add(commit);
        foreach (var change in commit.Changes) Add(_changes, change);
    }

    public Record After(RecordKey key) => _changes[key].After;

    /// <summary>The changes of some commits, merged by record.</summary>
    public static IReadOnlyCollection<RecordChange> Merge(IEnumerable<Commit> commits) => Merge(commits.SelectMany(c => c.Changes));

    /// <summary>Changes in the order in which they happened, merged by record.</summary>
    public static IReadOnlyCollection<RecordChange> Merge(IEnumerable<RecordChange> changes)
    {
        var merged = new Dictionary<RecordKey, RecordChange>();
        foreach (var change in changes) Add(merged, change);
        return merged.Values;
    }

    private static void Add(Dictionary<RecordKey, RecordChange> changes, RecordChange change) =>
        changes[change.Key] = changes.TryGetValue(change.Key, out var first) ? new RecordChange(first.Before, change.After) : change;
}
