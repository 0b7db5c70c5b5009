using System.Diagnostics;
using Npgsql;
using Sync.Server;
using Sync.Server.Postgres;
using Sync.Tests;

namespace Sync.Benchmarks;

/// <summary>The whole server over PostgreSQL, on one node and on several, beside what Npgsql alone can do with the same table and the same durability.</summary>
internal static class PostgresTable
{
    private const int Records = 2000;
    private const int MaxConnections = 64;
    private const int WritesPerRound = 60;

    public static async Task RunAsync(Report report)
    {
        report.Heading("PostgreSQL");
        await ThroughputAsync(report);
        report.Line("");
        report.Header("what", "ours", "limit", "ratio", "floor", "stretch");
        await HotAsync(report);
        await WriteToViewAsync(report);
        await LoadAsync(report);
        PostgresCluster.Shared.End();
    }

    private static async Task ThroughputAsync(Report report)
    {
        using var database = PostgresDatabase.Rent();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString + ";Maximum Pool Size=100;Max Auto Prepare=20");
        await using var server = await StartAsync(database, Records);
        using var rawDatabase = PostgresDatabase.Rent();
        await using var rawSource = NpgsqlDataSource.Create(rawDatabase.ConnectionString + ";Maximum Pool Size=100;Max Auto Prepare=20");
        await using (await StartAsync(rawDatabase, Records)) { }
        var raw = new RawPostgres(rawSource, Records);
        report.Header("writers", "ours", "raw `UPDATE … WHERE id AND version`, a commit each", "ours / raw", "floor", "stretch");
        foreach (var writers in (int[])[1, 8, 64, 512])
        {
            var lanes = SideBySide.Run(
                ("ours", () => StoreThroughput.Write([server], writers, writers == 1 ? 200 : Math.Max(1600, writers * 8), n => n % Records)),
                ("raw", () => raw.Write(Math.Min(writers, MaxConnections), writers == 1 ? 300 : 1600)));
            report.Row($"{writers}", Report.Rate(lanes[0].PerSecond), $"{Report.Rate(lanes[1].PerSecond)} ({Math.Min(writers, MaxConnections)} connections)", Report.Times(lanes[1].OursAsMultiple), writers >= 8 ? "3x at 32 and more" : "", writers >= 8 ? "6x" : "");
        }
    }

    /// <summary>80 % of writes on 20 records, from four nodes, beside the same nodes on records apart.</summary>
    private static async Task HotAsync(Report report)
    {
        const int Nodes = 4;
        using var database = PostgresDatabase.Rent();
        var nodes = new List<BenchServer> { await StartAsync(database, Records) };
        while (nodes.Count < Nodes) nodes.Add(await StartAsync(database));
        var lanes = SideBySide.Run(
            ("hot", () => StoreThroughput.Write(nodes, 128, 2560, n => n % 5 == 0 ? n % Records : n % 20)),
            ("apart", () => StoreThroughput.Write(nodes, 128, 2560, n => n % Records)));
        report.Row("4 nodes, 128 writers, 80 % of writes on 20 records", Report.Rate(lanes[0].PerSecond), $"all apart {Report.Rate(lanes[1].PerSecond)}", Report.Times(lanes[1].OursAsMultiple), "0.8x", "");
        foreach (var node in nodes) await node.DisposeAsync();
    }

    private static async Task WriteToViewAsync(Report report)
    {
        using var database = PostgresDatabase.Rent();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString + ";Max Auto Prepare=20;Auto Prepare Min Usages=1");
        var writer = await StartAsync(database, 100, workspaces: 1);
        await using var ours = await OurPath.StartAsync(writer, await StartAsync(database));
        var raw = new RawPostgres(source, 100);
        var (ourAll, rawAll, p50, p99) = (new Percentiles(), new Percentiles(), new List<double>(), new List<double>());
        await ours.RoundAsync(new Percentiles(), WritesPerRound);
        for (var round = 0; round < SideBySide.Rounds; round++)
        {
            var (a, b) = (new Percentiles(), new Percentiles());
            await ours.RoundAsync(a, WritesPerRound, ourAll);
            await raw.RoundAsync(b, WritesPerRound);
            p50.Add(a.At(50) / b.At(50));
            p99.Add(a.At(99) / b.At(99));
            rawAll.Add(b);
        }
        report.Row("write to the view of a client on another node, p50", Report.Number(ourAll.At(50), "ms"), $"raw commit, notice, read {Report.Number(rawAll.At(50), "ms")}", $"{Report.Times(SideBySide.Median(p50))} the time", "0.9 ms", "");
        report.Row("the same, p99", Report.Number(ourAll.At(99), "ms"), Report.Number(rawAll.At(99), "ms"), $"{Report.Times(SideBySide.Median(p99))} the time", "", "");
    }

    private static async Task LoadAsync(Report report)
    {
        const int Total = 100_000;
        using var database = PostgresDatabase.Rent();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var server = await StartAsync(database, Total, workspaces: 1);
        var raw = new RawPostgres(source, Total);
        var (times, limits, ratios) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < SideBySide.Rounds; round++)
        {
            GC.Collect();
            var start = Stopwatch.GetTimestamp();
            await using (var client = await server.ConnectAsync($"user-{round}"))
            {
                await using var live = client.Table<BenchTask>().Where(t => t.WorkspaceId, "workspace-0").Live();
                await live.WhenCurrentAsync();
                if (live.Items.Count != Total) throw new InvalidOperationException($"{live.Items.Count} rows came of {Total}.");
            }

            var ours = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            GC.Collect();
            start = Stopwatch.GetTimestamp();
            if (raw.ReadAll() != Total) throw new InvalidOperationException("The raw read lacks rows.");
            var limit = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (round == 0) continue;
            times.Add(ours);
            limits.Add(limit);
            ratios.Add(ours / limit);
        }
        report.Row("100,000 records into a fresh subscription of a client", Report.Number(SideBySide.Median(times), "ms"), $"raw `SELECT` of them {Report.Number(SideBySide.Median(limits), "ms")}", $"{Report.Times(SideBySide.Median(ratios))} the time", "", "");
    }

    private static async Task<BenchServer> StartAsync(PostgresDatabase database, int seeded = 0, int workspaces = 50)
    {
        if (seeded > 0) database.Execute(RawPostgres.Table);
        var server = await BenchServer.StartOverAsync(sync => sync.UsePostgres(database.ConnectionString));
        if (seeded > 0)
        {
            await server.SeedAsync(seeded, workspaces);
            database.Execute("VACUUM ANALYZE");
        }
        return server;
    }
}
