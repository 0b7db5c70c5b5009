namespace Sync.Testing;

internal static class ClockDelays
{
    /// <summary>Completes inline once the time has passed; with null never, unless it is cancelled.</summary>
    public static async ValueTask DelayAsync(this SimulatedClock clock, TimeSpan? delay, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (delay == TimeSpan.Zero) return;
        var passed = new TaskCompletionSource();
        if (delay is { } time) clock.After(time, () => passed.TrySetResult());
        using var registration = cancellationToken.UnsafeRegister(static (waiting, token) => ((TaskCompletionSource)waiting!).TrySetCanceled(token), passed);
        await passed.Task.ConfigureAwait(false);
    }
}
