using System.Threading.Channels;

namespace Sync.Server;

/// <summary>The queries that one session watches, and the loads that they wait for.</summary>
internal sealed class SessionSubscriptions(Session session, SessionContext context)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SubscriptionId, Subscription> _open = [];
    private readonly Dictionary<SubscriptionId, (Comparison Comparison, long HeardAt)> _comparisons = [];
    private readonly VerifyPlan _verifying = new(context.Rooms.Time, context.Rooms.Random, context.Limits.VerifyEvery);
    private readonly Channel<Subscription> _loads = Channel.CreateUnbounded<Subscription>(new UnboundedChannelOptions { AllowSynchronousContinuations = true });

    public int Count
    {
        get { lock (_gate) return _open.Count; }
    }

    /// <summary>What the client's tokens name is not of this store's log. Set before anything is opened.</summary>
    public bool IsOfOtherHistory { get; set; }

    /// <summary>False where it is refused at once, which the session is told.</summary>
    public bool Open(SubscriptionId id, Query query, Token token = default, Digest? claim = null)
    {
        var table = context.Rooms.Model.Find(query.Table);
        if (table is not null) query = table.Normalize(query);
        if (Check(id, query, table) is { } error)
        {
            session.Say(new ServerMessage.Error(error.Code, error.Message, id));
            return false;
        }
        var held = claim is { Count: > 0 } digest ? new ClientClaim(digest, IsOfOtherHistory ? Token.None : token) : null;
        var subscription = new Subscription(session, id, WithoutSoftDeleted(query, table!), table!, held);
        lock (_gate)
        {
            _open.Add(id, subscription);
            _verifying.Add(subscription);
        }
        Load(subscription);
        return true;
    }

    public void Close(SubscriptionId id)
    {
        Subscription? subscription;
        lock (_gate)
        {
            if (!_open.Remove(id, out subscription)) return;
            _comparisons.Remove(id);
            _verifying.Remove(subscription);
        }
        Close(subscription);
    }

    /// <summary>The client is about to be asked what it holds.</summary>
    public void Begin(Comparison comparison)
    {
        lock (_gate)
        {
            if (_open.ContainsKey(comparison.Subscription.Id)) _comparisons[comparison.Subscription.Id] = (comparison, context.Rooms.Time.GetTimestamp());
        }
    }

    /// <summary>What comes for a closed subscription is dropped.</summary>
    public void Hear(ClientMessage.Inventory inventory)
    {
        Subscription? subscription;
        Comparison? comparison;
        lock (_gate)
        {
            if (!_open.TryGetValue(inventory.Sub, out subscription)) return;
            comparison = _comparisons.TryGetValue(inventory.Sub, out var found) ? found.Comparison : null;
        }
        if (comparison is null)
        {
            Refuse(subscription, new ApplyError(ErrorCodes.BadInventory, "No inventory was asked for."));
            return;
        }
        if (!comparison.TryHear(inventory, out var next, out var error))
        {
            Refuse(subscription, error);
            return;
        }
        lock (_gate)
        {
            if (comparison.IsDone) _comparisons.Remove(inventory.Sub);
            else if (_comparisons.ContainsKey(inventory.Sub)) _comparisons[inventory.Sub] = (comparison, context.Rooms.Time.GetTimestamp());
        }
        if (comparison.IsDone) session.Settle(comparison);
        foreach (var compare in next) session.Say(compare);
    }

    /// <summary>Called now and then: gives up on comparisons that the client left, and has some subscriptions read again.</summary>
    public void Tick()
    {
        Subscription[] left, due;
        lock (_gate)
        {
            left = [.. _comparisons.Values.Where(c => context.Rooms.Time.GetElapsedTime(c.HeardAt) > context.Limits.CompareTimeout).Select(c => c.Comparison.Subscription)];
            due = _verifying.TakeDue();
        }
        foreach (var subscription in left) Refuse(subscription, new ApplyError(ErrorCodes.BadInventory, "The inventory that was asked for did not come."));
        foreach (var subscription in due) context.Publisher.Tell(new PublisherEntry.Verify(subscription));
    }

    public void VerifyAll()
    {
        Subscription[] all;
        lock (_gate) all = [.. _open.Values];
        foreach (var subscription in all) context.Publisher.Tell(new PublisherEntry.Verify(subscription));
    }

    /// <summary>The subscription is refused after all: its number is free for nobody, its place is.</summary>
    public void Refuse(Subscription subscription, ApplyError error)
    {
        Close(subscription.Id);
        session.Say(new ServerMessage.Error(error.Code, error.Message, subscription.Id));
    }

    public void CloseAll()
    {
        Subscription[] all;
        lock (_gate)
        {
            all = [.. _open.Values];
            _open.Clear();
            _comparisons.Clear();
            _verifying.Clear();
        }
        foreach (var subscription in all) Close(subscription);
        _loads.Writer.TryComplete();
    }

    /// <summary>Reads its whole result anew, soon. At most one load of a subscription is under way.</summary>
    public void Load(Subscription subscription) => _loads.Writer.TryWrite(subscription);

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        while (await _loads.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_loads.Reader.TryRead(out var subscription))
            {
                if (!subscription.IsClosed) await LoadAsync(subscription, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask LoadAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        try
        {
            var loaded = await context.Loader.LoadAsync(subscription, cancellationToken).ConfigureAwait(false);
            context.Publisher.Tell(new PublisherEntry.Loaded(loaded));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A store's fault, of any type: the client comes back later and asks again.
            SessionLog.LoadFailed(context.Logger, error);
            session.End(new TransportClose(TransportClose.TryAgainLater, "busy"));
        }
    }

    private void Close(Subscription subscription)
    {
        subscription.Close();
        session.Outbox.Drop(subscription);
        context.Publisher.Tell(new PublisherEntry.Closed(subscription));
    }

    // What the store leaves out of a first load must not come in by a change.
    private static Query WithoutSoftDeleted(Query query, TableModel table) =>
        table.SoftDeleteField is { } field && query.Where.All(c => c.Path != field)
            ? query with { Where = query.Where.Add(new QueryCondition.EqualTo(field, CanonicalJson.Null)) }
            : query;

    private ApplyError? Check(SubscriptionId id, Query query, TableModel? table)
    {
        lock (_gate)
        {
            if (_open.ContainsKey(id)) return new(ErrorCodes.BadMessage, $"Subscription {id} is open already: a number serves once in a session.");
            if (_open.Count >= context.Limits.MaxSubscriptions) return new(ErrorCodes.TooManySubscriptions, $"A session has at most {context.Limits.MaxSubscriptions} subscriptions.");
        }
        return table is { IsServerOnly: false }
            ? table.Check(query)
            : new(ErrorCodes.UnknownTable, "There is no such table.");
    }
}
