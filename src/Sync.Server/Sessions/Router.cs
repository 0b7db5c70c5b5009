namespace Sync.Server;

/// <summary>
/// Finds the subscriptions that a change can touch: through their queries, and through what their rules looked at. Belongs to the publisher's loop.
/// </summary>
internal sealed class Router
{
    private readonly Dictionary<Query, WatchedQuery> _queries = [];
    private readonly InterestIndex<WatchedQuery> _byQuery = new();
    private readonly InterestIndex<Subscription> _byDependency = new();
    private readonly HashSet<WatchedQuery> _found = [];

    /// <summary>Queries that changes were tested against since the start: what routing costs.</summary>
    public long Tested { get; private set; }

    public void Add(Subscription subscription)
    {
        if (!_queries.TryGetValue(subscription.Query, out var watched))
        {
            watched = new WatchedQuery(subscription.Query, Interest.Of(subscription.Query, subscription.Table));
            _queries.Add(subscription.Query, watched);
            foreach (var interest in watched.Interests) _byQuery.Add(interest, watched);
        }
        watched.Members.Add(subscription);
    }

    public void Remove(Subscription subscription)
    {
        SetDependencies(subscription, Dependencies.None);
        if (!_queries.TryGetValue(subscription.Query, out var watched) || !watched.Members.Remove(subscription) || watched.Members.Count > 0) return;
        _queries.Remove(subscription.Query);
        foreach (var interest in watched.Interests) _byQuery.Remove(interest, watched);
    }

    /// <summary>The watched queries that the change can touch, each with whether the record meets it now.</summary>
    public void FindQueries(RecordChange change, List<(WatchedQuery Watched, bool Matches)> found)
    {
        _found.Clear();
        _byQuery.Find(change, _found);
        foreach (var watched in _found)
        {
            Tested++;
            found.Add((watched, !change.After.IsDeleted && watched.Query.Matches(change.After)));
        }
    }

    /// <summary>The subscriptions whose rules looked at the changed record.</summary>
    public void FindDependents(RecordChange change, HashSet<Subscription> found) => _byDependency.Find(change, found);

    public void AddDependencies(Subscription subscription, Dependencies dependencies)
    {
        foreach (var key in dependencies.Keys)
        {
            if (subscription.DependsOnKeys.Add(key)) _byDependency.Add(InterestOf(key), subscription);
        }
        foreach (var lookup in dependencies.Lookups)
        {
            if (subscription.DependsOnLookups.Add(lookup)) _byDependency.Add(InterestOf(lookup), subscription);
        }
    }

    public void SetDependencies(Subscription subscription, Dependencies dependencies)
    {
        foreach (var key in subscription.DependsOnKeys.Where(k => !dependencies.Keys.Contains(k)).ToArray())
        {
            subscription.DependsOnKeys.Remove(key);
            _byDependency.Remove(InterestOf(key), subscription);
        }
        foreach (var lookup in subscription.DependsOnLookups.Where(l => !dependencies.Lookups.Contains(l)).ToArray())
        {
            subscription.DependsOnLookups.Remove(lookup);
            _byDependency.Remove(InterestOf(lookup), subscription);
        }
        AddDependencies(subscription, dependencies);
    }

    private static Interest.InRecord InterestOf(RecordKey key) => new(key.Table, key.Id);
    private static Interest.InValue InterestOf(RelatedLookup lookup) => new(lookup.Table, lookup.Field, lookup.Value);
}
