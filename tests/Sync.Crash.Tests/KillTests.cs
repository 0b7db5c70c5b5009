using Sync.E2E.Tests;

namespace Sync.Crash.Tests;

/// <summary>
/// kill -9 of clients on SQLite and of their server at random moments: what was acknowledged is there after every restart and in the server's log once.
/// More of it: <c>./build.sh --target=Kill --loops=200 --seed=7</c>.
/// </summary>
[NonParallelizable]
public sealed class KillTests
{
    private const int UsualLoops = 8;
    private const int MostRepliesBetweenKills = 60;
    private static readonly TimeSpan PatiencePerLoop = TimeSpan.FromSeconds(20);

    [Test]
    public async Task What_was_acknowledged_survives_every_kill_and_is_carried_out_once()
    {
        var loops = Settings.Loops ?? UsualLoops;
        var seed = Settings.Seed ?? TestContext.CurrentContext.Random.Next();
        TestContext.Out.WriteLine($"{loops} loops, seed {seed}");
        var random = new Random(seed);
        using var patience = new CancellationTokenSource(PatiencePerLoop * (loops + 6));
        var folder = Directory.CreateTempSubdirectory("sync-crash-");
        await using var app = await TaskAppProcess.StartAsync();
        var server = new Uri(app.Address, "api/realtime");
        Writer[] writers =
        [
            new("bob", "bob", Path.Combine(folder.FullName, "bob"), server, new Random(random.Next())),
            new("alice-1", "alice", Path.Combine(folder.FullName, "alice"), server, new Random(random.Next()), isAloneInFolder: false),
            new("alice-2", "alice", Path.Combine(folder.FullName, "alice"), server, new Random(random.Next()), isAloneInFolder: false),
        ];

        await KillAtRandomAsync(loops, random, app, writers, patience.Token);
        foreach (var writer in writers) await writer.SettleAsync(patience.Token);

        await app.KillAsync();
        var log = ServerLog.Read(Path.Combine(app.Data, "tasks.db"));
        log.Check(writers);
        TestContext.Out.WriteLine($"{writers.Sum(writer => writer.Acknowledged.Count)} writes acknowledged, {writers.Sum(writer => writer.InDoubt.Count)} in doubt, {writers.Sum(writer => writer.Starts)} starts of clients, {log.Count} in the log");
        folder.Delete(recursive: true);
    }

    private static async Task KillAtRandomAsync(int loops, Random random, TaskAppProcess app, Writer[] writers, CancellationToken patience)
    {
        var replies = new ReplyCount();
        using var stop = new CancellationTokenSource();
        var writing = Task.WhenAll(writers.Select(writer => writer.RunAsync(replies.Add, stop.Token, patience)));
        for (var loop = 0; loop < loops; loop++)
        {
            await Task.WhenAny(replies.ReachAsync(random.Next(1, MostRepliesBetweenKills), patience), writing);
            if (writing.IsCompleted) break;
            if (random.Next(2) == 0) Thread.SpinWait(random.Next(200_000));
            switch (random.Next(5))
            {
                case 0 or 1:
                    writers[random.Next(writers.Length)].Kill();
                    break;
                case 2 or 3:
                    foreach (var writer in writers) writer.Kill();
                    break;
                default:
                    await app.KillAsync();
                    await app.StartAgainAsync();
                    break;
            }
        }
        await stop.CancelAsync();
        await writing;
    }
}
