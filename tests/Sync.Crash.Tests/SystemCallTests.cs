using Sync.E2E.Tests;
using Sync.Tests;

namespace Sync.Crash.Tests;

/// <summary>Kills a client on SQLite at the Nth call that writes or syncs a file, for each N. By <c>./build.sh --target=Kill --loops=200</c>, on Linux.</summary>
[NonParallelizable]
[Explicit("Long, and a tracer is not allowed everywhere.")]
public sealed class SystemCallTests
{
    private const int WritesInARun = 25;
    private static readonly TimeSpan PatiencePerLoop = TimeSpan.FromSeconds(30);

    [Test]
    public async Task A_client_killed_at_any_write_or_sync_keeps_what_it_acknowledged([Values("pwrite64", "fsync", "unlink", "ftruncate")] string call)
    {
        var strace = Programs.Strace;
        var loops = Settings.Loops ?? 20;
        using var patience = new CancellationTokenSource(PatiencePerLoop * (loops + 2));
        var folder = Directory.CreateTempSubdirectory("sync-calls-");
        await using var app = await TaskAppProcess.StartAsync();
        var at = 0;
        var bob = new Writer("bob", "bob", Path.Combine(folder.FullName, "bob"), new Uri(app.Address, "api/realtime"), new Random(Settings.Seed ?? 1))
        {
            Start = () => DriverProcess.Start(strace, "-f", "-qq", "-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:signal=KILL:when={at}"),
        };

        var kills = 0;
        for (var loop = 1; loop <= loops; loop++)
        {
            // A write of a record is several writes of pages.
            at = call == "pwrite64" ? 4 * loop - 3 : loop;
            var before = bob.Acknowledged.Count;
            await bob.WriteOfflineAsync(WritesInARun, patience.Token);
            if (bob.Acknowledged.Count < before + WritesInARun) kills++;
        }
        await bob.SettleAsync(patience.Token);

        await app.KillAsync();
        ServerLog.Read(Path.Combine(app.Data, "tasks.db")).Check([bob]);
        TestContext.Out.WriteLine($"{call}: {kills} kills in {loops} runs, {bob.Acknowledged.Count} writes acknowledged, {bob.InDoubt.Count} in doubt");
        folder.Delete(recursive: true);
    }
}
