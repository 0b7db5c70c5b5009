namespace Sync.Crash.Tests;

internal static class Until
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    /// <summary>Looks until it is so; fails with what is told where patience ends first.</summary>
    public static async Task TrueAsync(Func<bool> isSo, Func<string> told, CancellationToken patience)
    {
        using var timer = new PeriodicTimer(Between);
        while (!isSo())
        {
            try
            {
                await timer.WaitForNextTickAsync(patience);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"This did not come to an end: {told()}");
            }
        }
    }
}
