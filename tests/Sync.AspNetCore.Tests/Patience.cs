namespace Sync.AspNetCore.Tests;

/// <summary>How long a test waits for something that ought to come at once.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    public static CancellationToken Token => new CancellationTokenSource(Limit).Token;

    public static Task Ends(this Task task) => task.WaitAsync(Limit);
    public static Task<T> Ends<T>(this Task<T> task) => task.WaitAsync(Limit);
    public static Task<T> Ends<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Limit);
    public static Task Ends(this ValueTask task) => task.AsTask().WaitAsync(Limit);
}
