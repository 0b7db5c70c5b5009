using System.Buffers.Binary;

namespace Sync.Server;

/// <summary>When each subscription of a session is read again to tell its digest: first at a random time within the interval, so that sessions which came together do not read together.</summary>
internal sealed class VerifyPlan(TimeProvider time, FillRandom random, TimeSpan every)
{
    /// <summary>Most subscriptions that are read at one look; the others wait for the next.</summary>
    private const int MaxAtOnce = 8;

    private readonly PriorityQueue<Subscription, long> _due = new();

    public void Add(Subscription subscription)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        random(bytes);
        var share = (BinaryPrimitives.ReadUInt32LittleEndian(bytes) + 1.0) / uint.MaxValue;
        _due.Enqueue(subscription, At(every * share));
    }

    public Subscription[] TakeDue()
    {
        var due = new List<Subscription>();
        while (due.Count < MaxAtOnce && _due.TryPeek(out var subscription, out var at) && at <= time.GetTimestamp())
        {
            _due.Dequeue();
            if (subscription.IsClosed) continue;
            due.Add(subscription);
            _due.Enqueue(subscription, At(every));
        }
        return [.. due];
    }

    public void Remove(Subscription subscription) => _due.Remove(subscription, out _, out _);

    public void Clear() => _due.Clear();

    private long At(TimeSpan fromNow) => time.GetTimestamp() + (long)(fromNow.TotalSeconds * time.TimestampFrequency);
}
