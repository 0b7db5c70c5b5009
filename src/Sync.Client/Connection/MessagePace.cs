namespace Sync.Client;

/// <summary>
/// Keeps messages of transactions below the rate at which a server calls a peer too fast. A burst goes out at once; an app that writes without a
/// pause has its writes gathered into fewer, larger messages.
/// </summary>
internal sealed class MessagePace
{
    public const int Burst = 100;
    public const int PerSecond = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1.0 / PerSecond);

    // When all of the burst is free again, had nothing more been sent.
    private TimeSpan _restedAt = TimeSpan.MinValue;

    public bool TryTake(TimeSpan now)
    {
        if (WaitFrom(now) > TimeSpan.Zero) return false;
        _restedAt = (_restedAt > now ? _restedAt : now) + Interval;
        return true;
    }

    /// <summary>How long until the next message may go; zero for at once.</summary>
    public TimeSpan WaitFrom(TimeSpan now)
    {
        var wait = _restedAt > now ? _restedAt - now - Interval * (Burst - 1) : TimeSpan.Zero;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}
