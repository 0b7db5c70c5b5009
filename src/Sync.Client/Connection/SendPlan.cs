using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>
/// What is to be said next on a connection, decided when the socket is ready to take it, so that nothing is queued twice: hello, then what to watch no
/// longer, then transactions in the order of the queue, several in flight, then what to watch, then a ping where all was quiet. Transactions go before
/// watching: what an earlier connection has decided of them should come no later than first rows that show it. Pure; under the client's lock.
/// </summary>
internal sealed class SendPlan(Replica replica, int maxInFlight)
{
    /// <summary>Most transactions in one message.</summary>
    public const int MaxTransactionsPerPush = 64;

    /// <summary>A message of transactions that has grown beyond this takes no more.</summary>
    public const int MaxPushBytes = 64 * 1024;

    private readonly Queue<QueryRows> _toSubscribe = [];
    private readonly Queue<SubscriptionId> _toUnsubscribe = [];
    private readonly MessagePace _pace = new();
    private Stage _stage;
    private long _lastSubscription;
    private long _lastPushed;
    private int _inFlight;
    private bool _isHeld;

    private enum Stage { Closed, Hello, AwaitingWelcome, Open }

    public bool IsOpen => _stage == Stage.Open;

    /// <summary>A new connection: whatever was said on an earlier one counts no more.</summary>
    public void Begin()
    {
        _stage = Stage.Hello;
        (_lastSubscription, _lastPushed, _inFlight, _isHeld) = (0, 0, 0, false);
        _toUnsubscribe.Clear();
        _toSubscribe.Clear();
        foreach (var rows in replica.Queries) _toSubscribe.Enqueue(rows);
    }

    public void Welcome()
    {
        if (_stage == Stage.AwaitingWelcome) _stage = Stage.Open;
    }

    public void End() => _stage = Stage.Closed;

    public void Watch(QueryRows rows)
    {
        if (_stage != Stage.Closed) _toSubscribe.Enqueue(rows);
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
        _toSubscribe.Clear();
        foreach (var rows in replica.Queries) _toSubscribe.Enqueue(rows);
    }

    public void Answered(long seq)
    {
        if (seq <= _lastPushed && _inFlight > 0) _inFlight--;
    }

    /// <summary>A transaction was not decided, nor anything behind it: all of that goes again, once the hold is over.</summary>
    public void Hold(long seq)
    {
        if (seq > _lastPushed) return;
        foreach (var transaction in replica.Queue.After(seq - 1))
        {
            if (transaction.Seq > _lastPushed) break;
            _inFlight--;
        }
        _lastPushed = seq - 1;
        _isHeld = true;
    }

    public void Release() => _isHeld = false;

    /// <summary>How long the next transactions have to wait for their turn; null where none waits for that.</summary>
    public TimeSpan? PausesFor(TimeSpan now) => _stage == Stage.Open && CanPush && _pace.WaitFrom(now) is { } wait && wait > TimeSpan.Zero ? wait : null;

    /// <summary>Null where there is nothing to say.</summary>
    public ClientMessage? Next(string clientId, bool isQuiet, TimeSpan now)
    {
        switch (_stage)
        {
            case Stage.Hello:
                _stage = Stage.AwaitingWelcome;
                return new ClientMessage.Hello(ProtocolCodec.Version, clientId);
            case Stage.Open:
                return NextUnsubscribe() ?? NextPush(now) ?? NextSubscribe() ?? Ping(isQuiet);
            default:
                return null;
        }
    }

    private bool CanPush => !_isHeld && _inFlight < maxInFlight && replica.Queue.After(_lastPushed).FirstOrDefault() is { IsSaved: true };

    private ClientMessage? NextUnsubscribe() => _toUnsubscribe.TryDequeue(out var id) ? new ClientMessage.Unsubscribe(id) : null;

    private ClientMessage? NextSubscribe()
    {
        while (_toSubscribe.TryDequeue(out var rows))
        {
            if (rows.IsClosed) continue;
            var id = new SubscriptionId(++_lastSubscription);
            replica.Subscribe(rows, id);
            return new ClientMessage.Subscribe(id, rows.Query);
        }
        return null;
    }

    private ClientMessage? NextPush(TimeSpan now)
    {
        if (!CanPush || !_pace.TryTake(now)) return null;
        var batch = ImmutableArray.CreateBuilder<QueuedTransaction>();
        var bytes = 0;
        foreach (var transaction in replica.Queue.After(_lastPushed))
        {
            if (!transaction.IsSaved || bytes >= MaxPushBytes || batch.Count == MaxTransactionsPerPush || _inFlight >= maxInFlight) break;
            batch.Add(new QueuedTransaction(transaction.Seq, transaction.Transaction));
            bytes += transaction.ApproximateBytes;
            _lastPushed = transaction.Seq;
            _inFlight++;
        }
        return batch.Count == 0 ? null : new ClientMessage.Push(batch.DrainToImmutable());
    }

    private static ClientMessage? Ping(bool isQuiet) => isQuiet ? ClientMessage.Ping.Instance : null;
}
