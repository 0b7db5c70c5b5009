using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Sync.Benchmarks;

/// <summary>
/// The server's process of the fan-out benchmark, so that its processor time can be told from the clients'. Speaks lines: it prints its address,
/// then for <c>memory</c> its resident bytes, and for each <c>count perSecond</c> makes that many changes (0: as fast as it can) and prints the milliseconds of processor time used.
/// </summary>
internal static class FanOutServer
{
    public static async Task RunAsync(string kind, int frameBytes)
    {
        var (address, send, app) = kind == "raw" ? await StartRawAsync(frameBytes) : await StartOursAsync();
        Console.WriteLine(address);
        while (await Console.In.ReadLineAsync() is { Length: > 0 } line)
        {
            if (line == "memory")
            {
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                Console.WriteLine(Environment.WorkingSet.ToString(CultureInfo.InvariantCulture));
                continue;
            }
            var (count, perSecond) = (int.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture), int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
            var before = Environment.CpuUsage.TotalTime;
            var start = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < count; i++)
            {
                if (perSecond > 0)
                {
                    var due = TimeSpan.FromSeconds((double)i / perSecond) - TimeProvider.System.GetElapsedTime(start);
                    if (due > TimeSpan.Zero) await Task.Delay(due);
                }
                await send(i);
            }
            if (perSecond > 0) await Task.Delay(500);
            Console.WriteLine((Environment.CpuUsage.TotalTime - before).TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        }
        await app.DisposeAsync();
    }

    private static async Task<(string, Func<int, Task>, IAsyncDisposable)> StartOursAsync()
    {
        var server = await BenchServer.StartAsync(null);
        await server.SeedAsync(5000, workspaces: 5000);
        var n = 0;
        return (server.Address.ToString(), async _ =>
        {
            var title = $"Title {n++:0000000}";
            await server.Server.WriteAsync(Caller.App("bench"), tx => tx.Table<BenchTask>().Set(SampleRecords.Id(7), t => t.Title, title));
        }, server);
    }

    private static async Task<(string, Func<int, Task>, IAsyncDisposable)> StartRawAsync(int frameBytes)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.UseWebSockets();
        var sockets = new ConcurrentDictionary<WebSocket, bool>();
        app.Map("/sync/socket", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[1024];
            sockets[socket] = true;
            try
            {
                while ((await socket.ReceiveAsync(buffer, context.RequestAborted)).MessageType != WebSocketMessageType.Close) { }
            }
            catch (WebSocketException)
            {
                // The clients leave without goodbye when the round is over.
            }
            sockets.TryRemove(socket, out _);
        });
        await app.StartAsync();
        var frame = new byte[frameBytes];
        frame.AsSpan().Fill((byte)'x');
        return (app.Urls.First() + "/sync", async _ =>
        {
            foreach (var socket in sockets.Keys) await socket.SendAsync(frame, WebSocketMessageType.Text, true, default);
        }, app);
    }
}
