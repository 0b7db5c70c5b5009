using System.Diagnostics;

namespace Sync.Benchmarks;

/// <summary>A write through the public face, until the call returns with the write saved and in the view of a sorted live query, on a client that is connected to a real server.</summary>
internal static class OptimisticWrite
{
    public static async Task RunAsync(Report report, int rows)
    {
        await using var server = await BenchServer.StartAsync(null);
        await server.SeedAsync(rows, workspaces: 1);
        await using var client = await server.ConnectAsync("alice");
        await using var live = client.Table<BenchTask>().Where(t => t.WorkspaceId, "workspace-0").OrderBy(t => t.OrderIndex).Live();
        await live.WhenCurrentAsync();
        var (told, calls, n) = (0, new Percentiles(), 0);
        live.Updated += () => Interlocked.Increment(ref told);
        for (var i = 0; i < 3000; i++)
        {
            var seen = Volatile.Read(ref told);
            var start = Stopwatch.GetTimestamp();
            var write = await client.WriteAsync(tx => tx.Table<BenchTask>().Set(SampleRecords.Id(n * 31 % rows), t => t.OrderIndex, 1 + n++ * 7919 % 1_000_003));
            if (i >= 500) calls.Add(start);
            await write.Receipt.WaitAsync(TimeSpan.FromSeconds(10));
            if (Volatile.Read(ref told) == seen) throw new InvalidOperationException("The live query was never told of a write.");
        }
        report.Row($"optimistic write, one live query of {rows} sorted rows", $"p50 {Report.Number(calls.At(50) * 1000, "µs")}, p99 {Report.Number(calls.At(99) * 1000, "µs")}", "", "", "p99 100 µs", "p50 5 µs");
    }
}
