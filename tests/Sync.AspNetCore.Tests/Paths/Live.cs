using Sync.Client;

namespace Sync.AspNetCore.Tests.Paths;

internal static class LiveQueries
{
    /// <summary>Waits until the rows are as they should be.</summary>
    public static async Task<IReadOnlyList<T>> ShowsAsync<T>(this LiveQuery<T> query, Func<IReadOnlyList<T>, bool> areRight) where T : class
    {
        var last = "nothing";
        try
        {
            await foreach (var snapshot in query.WatchAsync(Patience.Token))
            {
                if (areRight(snapshot.Rows)) return snapshot.Rows;
                last = $"{snapshot.Freshness}: {string.Join(", ", snapshot.Rows)}";
            }
        }
        catch (OperationCanceledException)
        {
            // Told below.
        }

        throw new AssertionException($"The query never showed what it should. Last: {last}. Error: {query.Error}");
    }

    public static async Task BecomesAsync(this SyncClient client, ConnectionState state)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(ClientStatus status)
        {
            if (status.Connection == state) reached.TrySetResult();
        }

        client.StatusChanged += Look;
        Look(client.Status);
        await reached.Task.Ends();
        client.StatusChanged -= Look;
    }
}
