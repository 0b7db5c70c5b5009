using System.Diagnostics;
using System.Net.WebSockets;

namespace Sync.Benchmarks;

/// <summary>From a write on client A to the live query's callback on client B, one at a time, beside the smallest relay on the same store.</summary>
internal static class WriteToView
{
    private const int WritesPerRound = 80;

    public static async Task RunAsync(Report report, bool isDurable)
    {
        using var scratch = new Scratch();
        await using var ours = await OurPath.StartAsync(isDurable ? scratch.File("ours.db") : null);
        using var raw = isDurable ? new RawSqlite(scratch.File("raw.db"), 100) : null;
        await using var relay = await RelayPath.StartAsync(raw);
        var (p50, p99) = (new List<double>(), new List<double>());
        var (ourAll, relayAll) = (new Percentiles(), new Percentiles());
        await ours.RoundAsync(new Percentiles(), WritesPerRound);
        await relay.RoundAsync(new Percentiles(), WritesPerRound);
        for (var round = 0; round < SideBySide.Rounds; round++)
        {
            var (a, b) = (new Percentiles(), new Percentiles());
            await ours.RoundAsync(a, WritesPerRound, ourAll);
            await relay.RoundAsync(b, WritesPerRound, relayAll);
            p50.Add(a.At(50) / b.At(50));
            p99.Add(a.At(99) / b.At(99));
        }
        var store = isDurable ? "SQLite FULL" : "memory";
        report.Row($"write to other client's view, {store}, p50", Report.Number(ourAll.At(50), "ms"), Report.Number(relayAll.At(50), "ms"), Report.Times(SideBySide.Median(p50)), "1.6x", "1.25x");
        report.Row($"write to other client's view, {store}, p99", Report.Number(ourAll.At(99), "ms"), Report.Number(relayAll.At(99), "ms"), Report.Times(SideBySide.Median(p99)), "2x", "1.5x");
    }
}

internal sealed class OurPath : IAsyncDisposable
{
    private readonly BenchServer[] _servers;
    private readonly Client.SyncClient _writer;
    private readonly Client.SyncClient _watcher;
    private readonly Client.LiveQuery<BenchTask> _live;
    private TaskCompletionSource _seen = new();
    private string _awaited = "";
    private int _count;

    private OurPath(BenchServer[] servers, Client.SyncClient writer, Client.SyncClient watcher, Client.LiveQuery<BenchTask> live)
    {
        (_servers, _writer, _watcher, _live) = (servers, writer, watcher, live);
        _live.Updated += Look;
    }

    public static async Task<OurPath> StartAsync(string? sqlitePath)
    {
        var server = await BenchServer.StartAsync(sqlitePath);
        await server.SeedAsync(100, workspaces: 1);
        return await StartAsync(server);
    }

    /// <param name="servers">The writer is at the first, the watcher at the last.</param>
    public static async Task<OurPath> StartAsync(params BenchServer[] servers)
    {
        var (writer, watcher) = (await servers[0].ConnectAsync("alice"), await servers[^1].ConnectAsync("bob"));
        var live = watcher.Table<BenchTask>().Where(t => t.WorkspaceId, "workspace-0").OrderBy(t => t.OrderIndex).Live();
        var held = writer.Table<BenchTask>().Where(t => t.WorkspaceId, "workspace-0").Live();
        await live.WhenCurrentAsync();
        await held.WhenCurrentAsync();
        return new OurPath(servers, writer, watcher, live);
    }

    public async Task RoundAsync(Percentiles into, int writes, Percentiles? also = null)
    {
        await Rest.ForClientPaceAsync();
        for (var i = 0; i < writes; i++)
        {
            var title = $"Title {++_count}";
            Volatile.Write(ref _awaited, title);
            _seen = new TaskCompletionSource();
            var start = Stopwatch.GetTimestamp();
            await _writer.WriteAsync(tx => tx.Table<BenchTask>().Set(SampleRecords.Id(7), t => t.Title, title));
            await _seen.Task.WaitAsync(TimeSpan.FromSeconds(10));
            into.Add(start);
            also?.Add(start);
        }
    }

    private void Look()
    {
        if (_live.Items[7].Title == Volatile.Read(ref _awaited)) _seen.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _watcher.DisposeAsync();
        foreach (var server in _servers) await server.DisposeAsync();
    }
}

internal sealed class RelayPath : IAsyncDisposable
{
    private readonly Microsoft.AspNetCore.Builder.WebApplication _relay;
    private readonly ClientWebSocket _writer = new();
    private readonly ClientWebSocket _watcher = new();
    private readonly byte[] _frame = new byte[300];
    private readonly byte[] _buffer = new byte[4096];

    private RelayPath(Microsoft.AspNetCore.Builder.WebApplication relay) => _relay = relay;

    public static async Task<RelayPath> StartAsync(RawSqlite? store)
    {
        var path = new RelayPath(await Relay.StartAsync("http://127.0.0.1:0", store, 100));
        var address = new Uri(path._relay.Urls.First().Replace("http", "ws", StringComparison.Ordinal));
        await path._writer.ConnectAsync(address, default);
        await path._watcher.ConnectAsync(address, default);
        path._frame.AsSpan().Fill((byte)'x');
        return path;
    }

    public async Task RoundAsync(Percentiles into, int writes, Percentiles? also = null)
    {
        var own = new byte[4096];
        for (var i = 0; i < writes; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var echo = _writer.ReceiveAsync(own, default);
            await _writer.SendAsync(_frame, WebSocketMessageType.Text, true, default);
            await _watcher.ReceiveAsync(_buffer, default);
            into.Add(start);
            also?.Add(start);
            await echo;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _writer.Dispose();
        _watcher.Dispose();
        await _relay.StopAsync();
        await _relay.DisposeAsync();
    }
}
