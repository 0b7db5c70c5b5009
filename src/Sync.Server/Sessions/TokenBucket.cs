namespace Sync.Server;

/// <summary>Lets a burst pass and then so many a second. For one thread.</summary>
internal sealed class TokenBucket(TimeProvider time, int perSecond, int burst)
{
    private double _left = burst;
    private long _filledAt = time.GetTimestamp();

    public bool TryTake()
    {
        var now = time.GetTimestamp();
        _left = Math.Min(burst, _left + time.GetElapsedTime(_filledAt, now).TotalSeconds * perSecond);
        _filledAt = now;
        if (_left < 1) return false;
        _left--;
        return true;
    }
}
