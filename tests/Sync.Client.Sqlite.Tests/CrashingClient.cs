using Sync.Testing;

namespace Sync.Client.Sqlite.Tests;

/// <summary>
/// A process of its own that writes to a storage until it is killed: <c>dotnet Sync.Client.Sqlite.Tests.dll folder</c>. It says "writing n" before and "wrote n" after its n-th batch, which
/// queues transaction n, settles n - 3, puts the records of n and the counter, and moves the token to n.
/// </summary>
internal static class CrashingClient
{
    public const int Unsettled = 3;
    public const int RecordsInBatch = 20;

    public static RecordKey Counter { get; } = Kept.Key("counter");

    public static async Task<int> Main(string[] arguments)
    {
        await using var storage = await new SqliteStorageProvider(arguments[0], new SqliteStorageOptions(), TimeProvider.System).OpenAsync(StorageScene.Ann, CancellationToken.None);
        var state = await storage.LoadAsync("client", CancellationToken.None);
        Say($"opened {state.LastSeq}");
        for (var n = state.LastSeq + 1; ; n++)
        {
            Say($"writing {n}");
            await storage.WriteAsync(Batch(state.ClientId, n), CancellationToken.None);
            Say($"wrote {n}");
        }
    }

    public static long SlotOf(long n) => n % 7;

    private static StorageBatch Batch(string clientId, long n) => new()
    {
        Queued = [Kept.Queued(clientId, n)],
        Settled = [new QueuePlace(clientId, n - Unsettled)],
        LastSeq = n,
        Puts = [.. Enumerable.Range(0, RecordsInBatch).Select(i => Kept.Record($"{SlotOf(n)}-{i}", $$"""{"n":{{n}}}""")), Kept.Record(Counter.Id, $$"""{"n":{{n}}}""")],
        Token = $"t{n}",
    };

    private static void Say(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
