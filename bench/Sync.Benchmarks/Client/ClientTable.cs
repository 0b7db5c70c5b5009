using System.Diagnostics;
using Sync.Client;

namespace Sync.Benchmarks;

/// <summary>What a client does on its own device, through its public face over an in-memory connection to a real server.</summary>
internal static class ClientTable
{
    public static async Task RunAsync(Report report)
    {
        report.Heading("On the device");
        report.Header("what", "ours", "limit", "ratio", "floor", "stretch");
        foreach (var rows in (int[])[10_000, 100_000]) await OneAsync(report, rows);
    }

    private static async Task OneAsync(Report report, int rows)
    {
        await using var server = await BenchServer.StartAsync(null);
        await server.SeedAsync(rows, workspaces: 1);
        await using var client = await server.ConnectAsync("alice");
        await using var live = client.Table<BenchTask>().Where(t => t.WorkspaceId, "workspace-0").OrderBy(t => t.OrderIndex).Live();
        await live.WhenCurrentAsync(new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token);

        var dictionary = Enumerable.Range(0, rows).ToDictionary(SampleRecords.Id, SampleRecords.Typed);
        var ids = Enumerable.Range(0, rows).Select(SampleRecords.Id).ToArray();
        var keys = ids.Select(id => new RecordKey("tasks", id)).ToArray();
        object? sink = null;
        var gets = SideBySide.Run(
            ("ours", () => { for (var n = 0; n < 20; n++) for (var i = 0; i < 10_000; i++) sink = client.Records.Get(keys[i * 7 % rows]); return 200_000; }),
            ("dictionary", () => { for (var n = 0; n < 20; n++) for (var i = 0; i < 10_000; i++) sink = dictionary[ids[i * 7 % rows]]; return 200_000; }));
        report.Row($"get by id, {rows} rows", Report.Rate(gets[0].PerSecond), "Dictionary " + Report.Rate(gets[1].PerSecond), Report.Times(gets[1].OursAsMultiple), "0.25x", "0.6x");

        var sorted = new SortedSet<(int Order, string Id)>(ids.Select((id, i) => (i, id)));
        var updates = 0;
        live.Updated += () => updates++;
        var (changes, n2) = (new Percentiles(), 0);
        var lanes = SideBySide.Run(
            ("ours", () =>
            {
                for (var i = 0; i < 200; i++)
                {
                    var start = Stopwatch.GetTimestamp();
                    var seen = updates;
                    client.WriteAsync(tx => tx.Table<BenchTask>().Set(ids[n2 * 31 % rows], t => t.OrderIndex, n2++ * 17 % rows)).AsTask().GetAwaiter().GetResult();
                    if (updates == seen) throw new InvalidOperationException("The live query was not told of a write.");
                    changes.Add(start);
                }
                return 200;
            }),
            ("sorted set", () =>
            {
                for (var i = 0; i < 2000; i++)
                {
                    var at = i * 31 % rows;
                    sorted.Remove((at, ids[at]));
                    sorted.Add((at, ids[at]));
                }
                return 2000;
            }));
        report.Row($"optimistic write with one live query of {rows} sorted rows", $"{Report.Rate(lanes[0].PerSecond)}, p50 {Report.Number(changes.At(50) * 1000, "µs")}, p99 {Report.Number(changes.At(99) * 1000, "µs")}", "SortedSet remove + add " + Report.Rate(lanes[1].PerSecond), Report.Times(1 / lanes[1].OursAsMultiple) + " the time", "p99 100 µs", "p50 5 µs");
        GC.KeepAlive(sink);
    }
}
