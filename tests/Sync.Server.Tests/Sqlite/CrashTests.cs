using System.Diagnostics;
using System.Globalization;
using Sync.Server.Sqlite;
using Sync.Testing;

namespace Sync.Server.Tests;

[TestFixture]
public sealed class CrashTests
{
    private const int Kills = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Test]
    public async Task What_was_acknowledged_before_a_kill_is_stored_and_stored_whole()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var file = new TemporaryFile();
        var seed = TestContext.CurrentContext.Random.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var kill = 0; kill < Kills; kill++)
        {
            var acknowledged = await RunAndKillAsync(file.Path, linesToWaitFor: random.Next(1, 120), patience.Token);
            await CheckAsync(file.Path, acknowledged, patience.Token);
        }
    }

    [Test]
    public async Task A_second_process_on_the_file_is_refused_until_the_first_is_killed()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var file = new TemporaryFile();
        using var first = Start(file.Path);
        await first.StandardOutput.ReadLineAsync(patience.Token);

        using var second = Start(file.Path);
        var said = await second.StandardOutput.ReadToEndAsync(patience.Token);
        await second.WaitForExitAsync(patience.Token);
        Assert.That(second.ExitCode, Is.EqualTo(CrashingServer.Refused));
        Assert.That(said, Does.Contain("Another Sync server uses").And.Contain(file.Path));

        first.Kill();
        await first.WaitForExitAsync(patience.Token);
        await using var store = new SqliteTransactionStore(file.Path, new SqliteStoreOptions());
        Assert.That(async () => await store.OpenAsync(ConformanceModel.Model, patience.Token), Throws.Nothing);
    }

    private static async Task<int> RunAndKillAsync(string path, int linesToWaitFor, CancellationToken patience)
    {
        using var server = Start(path);
        var acknowledged = 0;
        for (var line = 0; line < linesToWaitFor; line++) acknowledged = Number(await server.StandardOutput.ReadLineAsync(patience)) ?? acknowledged;
        server.Kill();

        // What it had said before it died counts too.
        while (await server.StandardOutput.ReadLineAsync(patience) is { } said) acknowledged = Number(said) ?? acknowledged;
        await server.WaitForExitAsync(patience);
        return acknowledged;
    }

    private static async Task CheckAsync(string path, int acknowledged, CancellationToken patience)
    {
        await using var driver = new StoreDriver(new SqliteTransactionStore(path, new SqliteStoreOptions { MaxLogEntries = 50 }));
        var info = await driver.Store.OpenAsync(ConformanceModel.Model, patience);
        var counter = await driver.FindAsync(Ops.Thing("counter"), patience);
        var stored = (int)(counter?.Get(FieldPath.Of("value")).AsInt64() ?? 0);
        Assert.That(stored, Is.GreaterThanOrEqualTo(acknowledged), "acknowledged commits are stored");

        var things = await driver.QueryAsync(new Query { Table = ConformanceModel.Things }, patience);
        Assert.That(things, Has.Count.EqualTo(stored + (counter is null ? 0 : 1)), "each commit is stored whole");
        var receipts = await driver.Store.FindReceiptsAsync([.. Enumerable.Range(1, stored + 50).Select(n => new TransactionId("ann", $"n{n}"))], patience);
        Assert.That(receipts, Has.Count.EqualTo(stored), "receipts are stored with the effects");
        Assert.That((await driver.Store.FindClientAsync("client", patience))?.LastSeq ?? 0, Is.EqualTo(stored));
        Assert.That(info.Head.Value, Is.EqualTo(counter is null ? 0 : stored + 1));
        var page = await driver.Store.ReadLogAsync(new Revision(Math.Max(0, info.Head.Value - 10)), 100, patience);
        Assert.That(page.Entries, Has.Count.EqualTo(Math.Min(10, info.Head.Value)));
    }

    private static int? Number(string? line) =>
        line?.Split(' ') is ["opened" or "acknowledged", var number] ? int.Parse(number, CultureInfo.InvariantCulture) : null;

    private static Process Start(string path)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            ArgumentList = { typeof(CrashTests).Assembly.Location, path },
        };
        return Process.Start(start)!;
    }
}
