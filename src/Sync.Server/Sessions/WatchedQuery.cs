namespace Sync.Server;

/// <summary>A query that subscriptions of any number of sessions share, so that a record is tested once for all of them.</summary>
internal sealed class WatchedQuery(Query query, IReadOnlyList<Interest> interests)
{
    public Query Query { get; } = query;
    public IReadOnlyList<Interest> Interests { get; } = interests;
    public HashSet<Subscription> Members { get; } = [];
}
