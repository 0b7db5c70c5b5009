namespace Sync.Server;

/// <summary>Tells when an instant of the wall clock is reached, which may be set meanwhile. A timer of the clock tells it, never traffic.</summary>
internal sealed class Expiry : IDisposable
{
    /// <summary>A timer takes at most 49 days.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(1);

    private readonly TimeProvider _time;
    private readonly DateTimeOffset _instant;
    private readonly Action _reached;
    private readonly ITimer _timer;

    public Expiry(TimeProvider time, DateTimeOffset instant, Action reached)
    {
        (_time, _instant, _reached) = (time, instant, reached);
        _timer = time.CreateTimer(static expiry => ((Expiry)expiry!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Look();
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var left = _instant - _time.GetUtcNow();
        if (left <= TimeSpan.Zero) _reached();
        else _timer.Change(left < LongestWait ? left + Resolution : LongestWait, Timeout.InfiniteTimeSpan);
    }
}
