namespace Sync.Server;

/// <summary>
/// Keeps each client's transactions in the order in which they came, whatever each waits for, and holds back what is behind a transient refusal:
/// deciding it would put the refused one out of its place for good. Safe to call from anywhere.
/// </summary>
internal sealed class ClientOrder(int maxGates = ClientOrder.DefaultMaxGates)
{
    public const int DefaultMaxGates = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<Submission> _leaving = [];
    private bool _isLeaving;
    private readonly Dictionary<string, Queue<Submission>> _lanes = new(StringComparer.Ordinal);
    private readonly RecentlyUsed<(string ClientId, object? Connection), long> _refused = new(maxGates);

    public void Enter(Submission submission)
    {
        if (submission.Client is not { } client) return;
        lock (_gate)
        {
            if (!_lanes.TryGetValue(client.ClientId, out var lane)) _lanes[client.ClientId] = lane = new();
            lane.Enqueue(submission);
        }
    }

    /// <summary>
    /// Says that a submission may be decided, and hands on those that now may, in order: it waits for those before it, and others may wait for it. One thread at a
    /// time hands on, outside the lock; two would overtake each other between the lock and the queue.
    /// </summary>
    public void Ready(Submission submission, Action<Submission> handOn)
    {
        if (submission.Client is not { } client)
        {
            handOn(submission);
            return;
        }
        lock (_gate)
        {
            submission.IsReady = true;
            var lane = _lanes[client.ClientId];
            while (lane.TryPeek(out var first) && first.IsReady) _leaving.Enqueue(lane.Dequeue());
            if (lane.Count == 0) _lanes.Remove(client.ClientId);
            if (_isLeaving) return;
            _isLeaving = true;
        }
        while (true)
        {
            Submission? next;
            lock (_gate)
            {
                _isLeaving = _leaving.TryDequeue(out next);
            }
            if (next is null) return;
            handOn(next);
        }
    }

    /// <summary>
    /// Called in the order of decisions: true for what is behind a transient refusal on the same connection. The refused place itself opens the way. What is left
    /// of a connection stays held back although a new one has begun: decided late, it would overtake what comes there again.
    /// </summary>
    public bool IsHeldBack(ClientSequence client)
    {
        lock (_gate)
        {
            if (!_refused.TryGet((client.ClientId, client.Connection), out var refused)) return false;
            if (client.Seq == refused) _refused.Remove((client.ClientId, client.Connection));
            return client.Seq > refused;
        }
    }

    public void Refused(ClientSequence client)
    {
        lock (_gate)
        {
            if (!_refused.TryGet((client.ClientId, client.Connection), out var refused) || client.Seq < refused) _refused.Put((client.ClientId, client.Connection), client.Seq);
        }
    }
}
