using System.Threading.Channels;

namespace Sync.Server;

/// <summary>The queries that one session watches, and the loads that they wait for.</summary>
internal sealed class SessionSubscriptions(Session session, SessionContext context)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SubscriptionId, Subscription> _open = [];
    private readonly Channel<Subscription> _loads = Channel.CreateUnbounded<Subscription>(new UnboundedChannelOptions { AllowSynchronousContinuations = true });

    public int Count
    {
        get { lock (_gate) return _open.Count; }
    }

    /// <summary>False where it is refused at once, which the session is told.</summary>
    public bool Open(SubscriptionId id, Query query)
    {
        if (Check(id, query) is { } error)
        {
            session.Say(new ServerMessage.Error(error.Code, error.Message, id));
            return false;
        }
        var table = context.Rooms.Model.Find(query.Table)!;
        var subscription = new Subscription(session, id, WithoutSoftDeleted(query, table), table);
        lock (_gate) _open.Add(id, subscription);
        Load(subscription);
        return true;
    }

    public void Close(SubscriptionId id)
    {
        Subscription? subscription;
        lock (_gate)
        {
            if (!_open.Remove(id, out subscription)) return;
        }
        Close(subscription);
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

    private ApplyError? Check(SubscriptionId id, Query query)
    {
        lock (_gate)
        {
            if (_open.ContainsKey(id)) return new(ErrorCodes.BadMessage, $"Subscription {id} is open already: a number serves once in a session.");
            if (_open.Count >= context.Limits.MaxSubscriptions) return new(ErrorCodes.TooManySubscriptions, $"A session has at most {context.Limits.MaxSubscriptions} subscriptions.");
        }
        return context.Rooms.Model.Find(query.Table) is { IsServerOnly: false } table
            ? table.Check(query)
            : new(ErrorCodes.UnknownTable, "There is no such table.");
    }
}
