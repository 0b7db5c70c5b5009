namespace Sync.Benchmarks;

internal static class Rest
{
    /// <summary>A client sends a burst of 100 messages at once and then 100 a second: a round of fewer, after a rest, measures writes and not the pace.</summary>
    public static Task ForClientPaceAsync() => Task.Delay(TimeSpan.FromSeconds(1.2));
}
