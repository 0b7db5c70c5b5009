using System.Diagnostics;

namespace Sync.Benchmarks;

/// <summary>One client, one write at a time, from the call to its receipt, beside a frame through the smallest relay on the same store.</summary>
internal static class LoneWrite
{
    public static async Task RunAsync(Report report)
    {
        using var scratch = new Scratch();
        await using var server = await BenchServer.StartAsync(scratch.File("ours.db"));
        await server.SeedAsync(100, workspaces: 1);
        await using var client = await server.ConnectAsync("alice");
        using var raw = new RawSqlite(scratch.File("raw.db"), 100);
        await using var relay = await RelayPath.StartAsync(raw);
        var (ratios, ours, theirs) = (new List<double>(), new Percentiles(), new Percentiles());
        await WriteAsync(client, new Percentiles(), new Percentiles(), 80);
        await relay.RoundAsync(new Percentiles(), 80);
        for (var round = 0; round < SideBySide.Rounds; round++)
        {
            var (a, b) = (new Percentiles(), new Percentiles());
            await WriteAsync(client, a, ours, 80);
            await relay.RoundAsync(b, 200, theirs);
            ratios.Add(a.At(50) / b.At(50));
        }
        report.Row("lone write to its receipt, SQLite FULL, p50", Report.Number(ours.At(50), "ms"), Report.Number(theirs.At(50), "ms"), Report.Times(SideBySide.Median(ratios)), "1.6x", "1.25x");
    }

    private static int s_count;

    private static async Task WriteAsync(Client.SyncClient client, Percentiles into, Percentiles all, int writes)
    {
        await Rest.ForClientPaceAsync();
        for (var i = 0; i < writes; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var write = await client.WriteAsync(tx => tx.Table<BenchTask>().Set(SampleRecords.Id(3), t => t.Title, $"Title {s_count++}"));
            var receipt = await write.Receipt;
            into.Add(start);
            all.Add(start);
            if (!receipt.IsAccepted) throw new InvalidOperationException(receipt.Message);
        }
    }
}
