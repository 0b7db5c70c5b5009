using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Sync.Benchmarks;

/// <summary>The smallest server that could do the job: a frame in, a group commit of record and log row, the frame out to everybody.</summary>
internal static class Relay
{
    public static async Task<WebApplication> StartAsync(string url, RawSqlite? store, int records)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        var app = builder.Build();
        app.UseWebSockets();
        var peers = new ConcurrentDictionary<WebSocket, Channel<byte[]>>();
        var writes = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
        app.Map("/", context => ServeAsync(context, peers, writes.Writer));
        _ = CommitAsync(writes.Reader, store, records, peers);
        await app.StartAsync();
        return app;
    }

    private static async Task CommitAsync(ChannelReader<byte[]> writes, RawSqlite? store, int records, ConcurrentDictionary<WebSocket, Channel<byte[]>> peers)
    {
        var batch = new List<byte[]>();
        while (await writes.WaitToReadAsync())
        {
            while (batch.Count < 256 && writes.TryRead(out var frame)) batch.Add(frame);
            store?.Write(batch.Count, batch.Count, records);
            foreach (var peer in peers.Values)
            {
                foreach (var frame in batch) peer.Writer.TryWrite(frame);
            }
            batch.Clear();
        }
    }

    private static async Task ServeAsync(HttpContext context, ConcurrentDictionary<WebSocket, Channel<byte[]>> peers, ChannelWriter<byte[]> writes)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var outbox = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
        peers[socket] = outbox;
        var sending = SendAsync(socket, outbox.Reader);
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } received)
                writes.TryWrite(buffer[..received.Count]);
        }
        catch (WebSocketException)
        {
            // The peer is gone; that is how a benchmark ends.
        }
        peers.TryRemove(socket, out _);
        outbox.Writer.Complete();
        await sending;
    }

    private static async Task SendAsync(WebSocket socket, ChannelReader<byte[]> frames)
    {
        await foreach (var frame in frames.ReadAllAsync())
        {
            if (socket.State == WebSocketState.Open) await socket.SendAsync(frame, WebSocketMessageType.Text, true, CancellationToken.None);
        }
    }
}
