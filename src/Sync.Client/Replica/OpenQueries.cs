using System.Diagnostics.CodeAnalysis;

namespace Sync.Client;

/// <summary>The queries that are open, in the order in which they were opened, and their numbers in the session.</summary>
internal sealed class OpenQueries
{
    private readonly OrderedDictionary<Query, QueryRows> _byQuery = [];
    private readonly Dictionary<SubscriptionId, QueryRows> _byId = [];

    public IEnumerable<QueryRows> All => _byQuery.Values;
    public IEnumerable<QueryRows> Subscribed => _byId.Values;

    public bool TryGet(Query query, [NotNullWhen(true)] out QueryRows? rows) => _byQuery.TryGetValue(query, out rows);
    public bool TryGet(SubscriptionId id, [NotNullWhen(true)] out QueryRows? rows) => _byId.TryGetValue(id, out rows);

    public void Add(QueryRows rows) => _byQuery.Add(rows.Query, rows);

    public void Remove(QueryRows rows)
    {
        _byQuery.Remove(rows.Query);
        _byId.Remove(rows.Subscription.Id);
    }

    public void Subscribe(QueryRows rows, SubscriptionId id)
    {
        _byId.Remove(rows.Subscription.Id);
        rows.Subscription.Id = id;
        _byId.Add(id, rows);
    }

    public void Unsubscribe(QueryRows rows) => _byId.Remove(rows.Subscription.Id);

    public void UnsubscribeAll() => _byId.Clear();
}
