namespace Sync.AspNetCore;

internal static class Clock
{
    /// <summary>A timer takes at most 49 days, and a wall clock may be set while one waits.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>Waits for an instant of the wall clock. False when it was cancelled before.</summary>
    public static async Task<bool> ReachesAsync(this TimeProvider time, DateTimeOffset instant, CancellationToken cancellationToken)
    {
        while (instant - time.GetUtcNow() is { Ticks: > 0 } left)
        {
            try
            {
                await Task.Delay(left < LongestWait ? left + TimeSpan.FromMilliseconds(1) : LongestWait, time, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        return !cancellationToken.IsCancellationRequested;
    }
}
