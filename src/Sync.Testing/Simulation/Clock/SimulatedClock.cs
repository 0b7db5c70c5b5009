namespace Sync.Testing;

/// <summary>
/// Virtual time and all that is to happen in it, in one ordered queue: by instant, then by the order of scheduling. Nothing happens between two events, and
/// each event runs to its end on the thread that calls <see cref="RunUntil"/>.
/// </summary>
internal sealed class SimulatedClock
{
    /// <summary>Most events of one run. More mean that something goes round in circles.</summary>
    public const int MaxEvents = 2_000_000;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<ScheduledEvent, (long Due, long Order)> _queue = new();
    private long _order;

    /// <summary>Ticks since the beginning.</summary>
    public long Now { get; private set; }

    public DateTimeOffset UtcNow => Start.AddTicks(Now);

    public int Events { get; private set; }

    /// <summary>Called after each event: where what must always hold is looked at.</summary>
    public Action AfterEach { get; set; } = () => { };

    public ScheduledEvent After(TimeSpan delay, Action happen)
    {
        var scheduled = new ScheduledEvent(Now + Math.Max(0, delay.Ticks), happen);
        _queue.Enqueue(scheduled, (scheduled.Due, _order++));
        return scheduled;
    }

    /// <summary>Lets happen what is due up to an instant, and stands at that instant then.</summary>
    public void RunUntil(long until)
    {
        while (_queue.TryPeek(out var next, out _) && next.Due <= until)
        {
            _queue.Dequeue();
            if (next.IsCancelled) continue;
            if (++Events > MaxEvents) throw new InvariantBrokenException("liveness", $"more than {MaxEvents} events: something goes round in circles");
            Now = next.Due;
            next.Happen();
            AfterEach();
        }
        Now = Math.Max(Now, until);
    }
}

/// <summary>Something that will happen unless it is cancelled before.</summary>
internal sealed class ScheduledEvent(long due, Action happen)
{
    public long Due { get; } = due;
    public Action Happen { get; } = happen;
    public bool IsCancelled { get; private set; }

    public void Cancel() => IsCancelled = true;
}
