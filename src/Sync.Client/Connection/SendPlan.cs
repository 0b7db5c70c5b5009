using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>
/// What is to be said next on a connection, decided when the socket is ready to take it, so that nothing is queued twice: hello, then what to watch no
/// longer, then answers to what the server asked, then transactions in the order of the queue, several in flight, then what to watch, then a ping where all was quiet. Transactions go before
/// watching: what an earlier connection has decided of them should come no later than first rows that show it. Pure; under the client's lock.
/// </summary>
internal sealed class SendPlan(Replica replica, int maxInFlight)
{
    /// <summary>Most transactions in one message.</summary>
    public const int MaxTransactionsPerPush = 64;

    /// <summary>A message of transactions that has grown beyond this takes no more.</summary>
    public const int MaxPushBytes = 64 * 1024;

    private readonly Queue<ClientMessage> _answers = [];
    private readonly Queue<QueryRows> _toSubscribe = [];
    private readonly Queue<SubscriptionId> _toUnsubscribe = [];
    private readonly MessagePace _pace = new();
    private Stage _stage;
    private long _lastSubscription;
    private long _lastPushed;
    private int _inFlight;
    private bool _isHeld;
    private bool _mayClaim = true;
    private string _helloId = "";

    private enum Stage { Closed, Hello, AwaitingWelcome, Open }

    public bool IsOpen => _stage == Stage.Open;

    /// <summary>A new connection: whatever was said on an earlier one counts no more.</summary>
    public void Begin()
    {
        _stage = Stage.Hello;
        (_lastSubscription, _lastPushed, _inFlight, _isHeld) = (0, 0, 0, false);
        _answers.Clear();
        _toUnsubscribe.Clear();
        WatchAll();
    }

    /// <summary>False where what this device holds has made no sense to the server: it then asks for everything.</summary>
    public void MayClaim(bool mayClaim) => _mayClaim = mayClaim;

    public void Welcome()
    {
        if (_stage == Stage.AwaitingWelcome) _stage = Stage.Open;
    }

    public void Answer(ClientMessage answer) => _answers.Enqueue(answer);

    public void End() => _stage = Stage.Closed;

    public void Watch(QueryRows rows)
    {
        if (_stage != Stage.Closed && !rows.Subscription.IsReading) _toSubscribe.Enqueue(rows);
    }

    public void Unwatch(SubscriptionId id)
    {
        if (_stage != Stage.Closed && id != default) _toUnsubscribe.Enqueue(id);
    }

    /// <summary>All that is watched is asked for anew, under new ids.</summary>
    public void WatchAgain(IEnumerable<SubscriptionId> former)
    {
        if (_stage == Stage.Closed) return;
        foreach (var id in former) Unwatch(id);
        WatchAll();
    }

    public void Answered(string txId)
    {
        if (replica.Queue.Find(txId) is { } transaction && transaction.Order <= _lastPushed && _inFlight > 0) _inFlight--;
    }

    /// <summary>All that waits is sent anew, under other numbers.</summary>
    public void PushAgain() => (_lastPushed, _inFlight) = (0, 0);

    /// <summary>A transaction was not decided, nor anything behind it: all of that goes again, once the hold is over.</summary>
    public void Hold(long seq, string? clientId)
    {
        var place = new QueuePlace(clientId ?? _helloId, seq);
        PendingTransaction? first = null;
        foreach (var transaction in replica.Queue.All)
        {
            if (transaction.Order > _lastPushed) break;
            if (transaction.Place == place) first = transaction;
            if (first is not null) _inFlight--;
        }
        if (first is null) return;
        _lastPushed = first.Order - 1;
        _isHeld = true;
    }

    public void Release() => _isHeld = false;

    /// <summary>How long the next transactions have to wait for their turn; null where none waits for that.</summary>
    public TimeSpan? PausesFor(TimeSpan now) => _stage == Stage.Open && CanPush && _pace.WaitFrom(now) is { } wait && wait > TimeSpan.Zero ? wait : null;

    /// <summary>Null where there is nothing to say.</summary>
    public ClientMessage? Next(bool isQuiet, TimeSpan now)
    {
        switch (_stage)
        {
            case Stage.Hello:
                _stage = Stage.AwaitingWelcome;
                _helloId = replica.Queue.ClientId;
                return new ClientMessage.Hello(ProtocolCodec.Version, _helloId, replica.Stored.Newest, FrameFormats.Known);
            case Stage.Open:
                return NextUnsubscribe() ?? NextAnswer() ?? NextPush(now) ?? NextSubscribe() ?? Ping(isQuiet);
            default:
                return null;
        }
    }

    private bool CanPush => !_isHeld && _inFlight < maxInFlight && replica.Queue.After(_lastPushed).FirstOrDefault() is { IsPlaceSaved: true, WaitsFor.Count: 0 };

    private ClientMessage? NextUnsubscribe() => _toUnsubscribe.TryDequeue(out var id) ? new ClientMessage.Unsubscribe(id) : null;

    // What got another number has to be saved under it first, and goes before what is watched.
    private bool IsRenumbering => replica.Queue.After(_lastPushed).FirstOrDefault() is { IsSaved: true, IsPlaceSaved: false };

    private ClientMessage? NextAnswer() => _answers.TryDequeue(out var answer) ? answer : null;

    private void WatchAll()
    {
        _toSubscribe.Clear();
        foreach (var rows in replica.Queries) Watch(rows);
    }

    private ClientMessage? NextSubscribe()
    {
        if (IsRenumbering) return null;
        while (_toSubscribe.TryDequeue(out var rows))
        {
            if (rows.IsClosed || rows.Subscription.Id != default || rows.Subscription.IsReading) continue;
            var id = new SubscriptionId(++_lastSubscription);
            var claim = replica.Subscribe(rows, id, _mayClaim);
            return claim is null ? new ClientMessage.Subscribe(id, rows.Query) : new ClientMessage.Subscribe(id, rows.Query, replica.Stored.TokenOf(rows.Query), claim.Digest);
        }
        return null;
    }

    private ClientMessage? NextPush(TimeSpan now)
    {
        if (!CanPush || !_pace.TryTake(now)) return null;
        var batch = ImmutableArray.CreateBuilder<QueuedTransaction>();
        var bytes = 0;
        string? clientId = null;
        foreach (var transaction in replica.Queue.After(_lastPushed))
        {
            if (!transaction.IsPlaceSaved || transaction.WaitsFor.Count > 0 || bytes >= MaxPushBytes || batch.Count == MaxTransactionsPerPush || _inFlight >= maxInFlight) break;
            if (batch.Count > 0 && clientId != transaction.Place.ClientId) break;
            clientId = transaction.Place.ClientId;
            batch.Add(new QueuedTransaction(transaction.Place.Seq, transaction.Transaction));
            bytes += transaction.ApproximateBytes;
            _lastPushed = transaction.Order;
            _inFlight++;
            transaction.Handle.NoteSent();
        }
        return batch.Count == 0 ? null : new ClientMessage.Push(batch.DrainToImmutable(), clientId == _helloId ? null : clientId);
    }

    private static ClientMessage? Ping(bool isQuiet) => isQuiet ? ClientMessage.Ping.Instance : null;
}
