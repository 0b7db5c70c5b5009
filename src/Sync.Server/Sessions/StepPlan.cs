namespace Sync.Server;

/// <summary>Whom a step concerns, and in what. Made anew when the step grows.</summary>
internal sealed class StepPlan
{
    private readonly Dictionary<Session, SessionWork> _bySession = [];
    private readonly List<SessionWork> _inOrder = [];

    private StepPlan() { }

    public IReadOnlyList<SessionWork> Sessions => _inOrder;

    /// <summary>Subscriptions whose rules looked at something that changed.</summary>
    public HashSet<Subscription> Stale { get; } = [];

    public static StepPlan Of(Step step, Router router, Func<TransactionId, IReadOnlyList<PendingWrite>> writesOf)
    {
        var plan = new StepPlan();
        var found = new List<(WatchedQuery Watched, bool Matches)>();
        foreach (var change in step.Changes)
        {
            found.Clear();
            router.FindQueries(change, found);
            foreach (var (watched, matches) in found) plan.Add(change, watched, matches);
            if (IsOfNote(change)) router.FindDependents(change, plan.Stale);
        }
        foreach (var commit in step.Commits) plan.Add(commit, writesOf(commit.Id), step);
        return plan;
    }

    private void Add(RecordChange change, WatchedQuery watched, bool matches)
    {
        foreach (var subscription in watched.Members)
        {
            if (subscription.IsClosed) continue;
            if (matches)
            {
                var work = WorkOf(subscription.Session);
                work.Arrivals.Add((subscription, change.After));
                work.Ask(change.After);
            }
            else if (subscription.Rows.Holds(change.Key.Id)) WorkOf(subscription.Session).Departures.Add((subscription, change.Key.Id));
        }
    }

    private void Add(Commit commit, IReadOnlyList<PendingWrite> writes, Step step)
    {
        if (writes.Count == 0) return;
        var touched = commit.Changes.Select(c => step.After(c.Key)).ToArray();
        foreach (var write in writes)
        {
            var work = WorkOf(write.Session);
            work.Writes.Add((write, touched));
            foreach (var record in touched.Where(r => !r.IsDeleted)) work.Ask(record);
        }
    }

    // A change that only counts the version up alters no rule's mind.
    private static bool IsOfNote(RecordChange change) =>
        change.Before is null || change.Before.IsDeleted != change.After.IsDeleted || change.Before.Fields != change.After.Fields;

    private SessionWork WorkOf(Session session)
    {
        if (_bySession.TryGetValue(session, out var work)) return work;
        work = _bySession[session] = new SessionWork(session);
        _inOrder.Add(work);
        return work;
    }
}
