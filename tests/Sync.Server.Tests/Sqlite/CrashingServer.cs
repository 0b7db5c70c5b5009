using Sync.Server.Sqlite;
using Sync.Testing;

namespace Sync.Server.Tests;

/// <summary>
/// A process of its own that commits to a SQLite file until it is killed, and says after each commit what it was: <c>dotnet Sync.Server.Tests.dll path</c>.
/// The n-th commit creates <c>t{n}</c> and raises the counter to n, in batches of different sizes.
/// </summary>
internal static class CrashingServer
{
    public const int Refused = 3;

    public static async Task<int> Main(string[] arguments)
    {
        var store = new SqliteTransactionStore(arguments[0], new SqliteStoreOptions { MaxLogEntries = 50 });
        await using var driver = new StoreDriver(store);
        try
        {
            await store.OpenAsync(ConformanceModel.Model, CancellationToken.None);
        }
        catch (StoreSetupException refusal)
        {
            Console.WriteLine(refusal.Message);
            return Refused;
        }

        await CommitForeverAsync(driver);
        return 0;
    }

    private static async Task CommitForeverAsync(StoreDriver driver)
    {
        var counter = await driver.FindAsync(Ops.Thing("counter"), CancellationToken.None);
        var done = (int)(counter?.Get(FieldPath.Of("value")).AsInt64() ?? 0);
        Console.WriteLine($"opened {done}");
        if (counter is null) await driver.WriteAsync(CancellationToken.None, Ops.Create(Ops.Thing("counter"), """{"value":0}"""));
        while (true)
        {
            var last = done + 1 + (done % 7);
            var drafts = Enumerable.Range(done + 1, last - done).Select(n => new SuiteTransaction("ann", $"n{n}", Raise(n), IsAccepted: true, new ClientPosition("client", "ann", n)));
            var batch = await driver.DecideAsync(CancellationToken.None, [.. drafts]);
            Expect.Committed(await driver.Store.CommitAsync(batch, CancellationToken.None));
            done = last;
            Console.WriteLine($"acknowledged {done}");
        }
    }

    private static System.Collections.Immutable.ImmutableArray<Operation> Raise(int n) =>
        [Ops.Create(Ops.Thing($"t{n}"), $$"""{"owner":"{{n % 3}}"}"""), Ops.Set(Ops.Thing("counter"), "value", $"{n}")];
}
