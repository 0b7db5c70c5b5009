using System.Buffers;

namespace Sync.Server;

/// <summary>
/// The guide's dialect: a session subscribes to single records and hears of their versions, now and on every change. What may not be read, is not
/// there, went away or makes no sense is met with silence.
/// </summary>
internal sealed class PointerDialect(Session session) : IDialect
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RecordKey, SubscriptionId> _byKey = [];
    private readonly Dictionary<SubscriptionId, RecordKey> _bySubscription = [];
    private long _lastSubscription;

    public bool HasHeartbeats => false;

    public ValueTask HearAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        if (!GuideDialect.TryRead(frame.Span, out var request, out _)) return default;
        if (request.IsSubscribe) Subscribe(request.Key);
        else Unsubscribe(request.Key);
        return default;
    }

    public ReadOnlyMemory<byte> Encode(ServerMessage message)
    {
        if (message is not ServerMessage.Checkpoint checkpoint || UpdatesOf(checkpoint) is not { Length: > 0 } updates) return default;
        var buffer = new ArrayBufferWriter<byte>();
        GuideDialect.WriteUpdates(buffer, updates);
        return buffer.WrittenMemory;
    }

    // Subscribed to again, a record is answered again.
    private void Subscribe(RecordKey key)
    {
        Unsubscribe(key);
        var subscription = new SubscriptionId(++_lastSubscription);
        lock (_gate)
        {
            _byKey[key] = subscription;
            _bySubscription[subscription] = key;
        }
        if (!session.Subscriptions.Open(subscription, Query.ForRecord(key))) Unsubscribe(key);
    }

    private void Unsubscribe(RecordKey key)
    {
        SubscriptionId subscription;
        lock (_gate)
        {
            if (!_byKey.Remove(key, out subscription)) return;
            _bySubscription.Remove(subscription);
        }
        session.Subscriptions.Close(subscription);
    }

    private (RecordKey Key, long Version)[] UpdatesOf(ServerMessage.Checkpoint checkpoint)
    {
        var records = new RecordMap(checkpoint.Records);
        lock (_gate)
        {
            return [.. checkpoint.Subscriptions
                .Where(delta => delta.In.Length > 0)
                .Select(delta => _bySubscription.TryGetValue(delta.Sub, out var key) ? records[key] : null)
                .OfType<Record>()
                .Select(record => (record.Key, record.Version))];
        }
    }
}
