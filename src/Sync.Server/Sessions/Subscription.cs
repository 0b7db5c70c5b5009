namespace Sync.Server;

/// <summary>A query that one session watches, and what that session was given of it.</summary>
internal sealed class Subscription(Session session, SubscriptionId id, Query query, TableModel table, ClientClaim? claim = null)
{
    private volatile bool _isClosed;

    public Session Session { get; } = session;
    public SubscriptionId Id { get; } = id;
    public Query Query { get; } = query;
    public TableModel Table { get; } = table;

    /// <summary>Closed by the session; the publisher and the loads pass it over from then on.</summary>
    public bool IsClosed => _isClosed;
    public void Close() => _isClosed = true;

    /// <summary>What the client held before; null once its first load has joined. Written by the publisher's loop, which asks for the next load after that.</summary>
    public ClientClaim? Claim { get; set; } = claim;

    /// <summary>The load under way is to tell the digest. Written by the publisher's loop before it asks for that load.</summary>
    public bool IsToBeVerified { get; set; }

    // The publisher's loop only.
    public HeldRows Rows { get; } = HeldRows.For(query);
    public HashSet<RecordKey> DependsOnKeys { get; } = [];
    public HashSet<RelatedLookup> DependsOnLookups { get; } = [];

    /// <summary>True once its first load has joined the stream.</summary>
    public bool HasJoined { get; set; }

    /// <summary>A load or refresh is under way: what changes meanwhile is noticed when it joins.</summary>
    public bool IsLoading { get; set; } = true;

    /// <summary>Loads in a row that were overtaken by changes to what their rules looked at.</summary>
    public int OvertakenLoads { get; set; }
}
