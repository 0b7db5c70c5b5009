namespace Sync.Server;

/// <summary>The newest published commits, a bounded number: what a load that was read a moment ago has missed.</summary>
internal sealed class RecentCommits(Revision start)
{
    private const int MaxCommits = 4096;

    private readonly Queue<Commit> _commits = [];
    private Revision _coveredAfter = start;

    public void Add(Commit commit)
    {
        _commits.Enqueue(commit);
        if (_commits.Count > MaxCommits) _coveredAfter = _commits.Dequeue().Revision;
    }

    /// <summary>False when commits after this revision are no longer kept.</summary>
    public bool Covers(Revision after) => after >= _coveredAfter;

    public IEnumerable<Commit> After(Revision revision) => _commits.SkipWhile(c => c.Revision <= revision);
}
