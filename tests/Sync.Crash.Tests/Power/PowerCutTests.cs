using Sync.E2E.Tests;
using Sync.Tests;

namespace Sync.Crash.Tests;

/// <summary>
/// Records all that a client writes and syncs, rebuilds the disk as a power cut at random moments would leave it, and opens that. By
/// <c>./build.sh --target=Kill --loops=200</c>, on Linux.
/// </summary>
[NonParallelizable]
[Explicit("Long, and a tracer is not allowed everywhere.")]
public sealed class PowerCutTests
{
    private const int Writes = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Test]
    public async Task What_was_acknowledged_is_there_after_any_power_cut()
    {
        var cuts = await CutAsync(losesNewest: false);
        foreach (var cut in cuts) Assert.That(cut.Lost, Is.Empty, cut.ToString());
    }

    /// <summary>That this finds losses is what makes the test above worth something.</summary>
    [Test]
    public async Task In_the_weaker_setting_the_newest_may_be_lost_and_only_they()
    {
        var cuts = await CutAsync(losesNewest: true);
        Assert.That(cuts.Count(cut => cut.Lost.Count > 0), Is.GreaterThan(0), "No power cut lost anything.");
        foreach (var cut in cuts) Assert.That(cut.Acknowledged.TakeLast(cut.Lost.Count), Is.EqualTo(cut.Lost), cut.ToString());
    }

    private static async Task<List<Cut>> CutAsync(bool losesNewest)
    {
        var strace = Programs.Strace;
        var seed = Settings.Seed ?? 1;
        var (random, images) = (new Random(seed), Settings.Loops ?? 60);
        using var patience = new CancellationTokenSource(Patience);
        var root = Directory.CreateTempSubdirectory("sync-power-");
        var (folder, log) = (Path.Combine(root.FullName, "bob"), Path.Combine(root.FullName, "writes.log"));
        await using var app = await TaskAppProcess.StartAsync();
        var server = new Uri(app.Address, "api/realtime");

        var bob = new Writer("bob", "bob", folder, server, random) { Start = () => DriverProcess.Start(strace, WriteLog.Recording(log)), LosesNewest = losesNewest };
        await bob.WriteThroughAsync(Writes, patience.Token);
        var events = WriteLog.Read(log);
        var saidAt = bob.Acknowledged.Select(written => events.FindIndex(happened => happened is DiskEvent.Say say && say.Text.Contains(written.TxId))).ToList();
        Assert.That(saidAt, Has.All.Not.Negative, "The log has each reply.");
        Assert.That(events.OfType<DiskEvent.Sync>().Count(), Is.GreaterThan(0));

        var cuts = new List<Cut>();
        for (var image = 0; image < images; image++)
        {
            var (at, share) = (random.Next(saidAt[0], events.Count), new[] { 0, 0.5, 0.9 }[random.Next(3)]);
            var disk = new CutDisk(folder);
            foreach (var happened in events.Take(at + 1)) disk.Do(happened);
            var left = root.CreateSubdirectory($"image-{image}").FullName;
            disk.Leave(left, share, random);

            List<Written> acknowledged = [.. bob.Acknowledged.Where((_, i) => saidAt[i] <= at)];
            var titles = await KeptClient.TitlesAsync(left, server, "bob", acknowledged.Select(written => written.Record));
            cuts.Add(new Cut(at, share, [.. acknowledged.Select(written => written.Mark)], [.. acknowledged.Select(written => written.Mark).Where(mark => !titles.Contains(mark))]));
        }
        TestContext.Out.WriteLine($"{images} cuts, seed {seed}, {events.Count} events, {cuts.Count(cut => cut.Lost.Count > 0)} with losses");
        root.Delete(recursive: true);
        return cuts;
    }

    private sealed record Cut(int At, double Share, IReadOnlyList<string> Acknowledged, IReadOnlyList<string> Lost)
    {
        public override string ToString() => $"Cut after event {At} with {Share:P0} of what was not synced: {Acknowledged.Count} acknowledged, lost {string.Join(", ", Lost)}.";
    }
}
