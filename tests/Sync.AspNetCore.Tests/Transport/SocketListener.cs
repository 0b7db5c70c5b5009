using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sync.Transport.WebSockets;

namespace Sync.AspNetCore.Tests.Transport;

/// <summary>Kestrel on a free port, handing out its end of every socket.</summary>
internal sealed class SocketListener : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<WebSocketConnection> _accepted = Channel.CreateUnbounded<WebSocketConnection>();
    private readonly TaskCompletionSource _closing = new();

    private SocketListener(int maxMessageBytes)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Map("/refused/{status:int}/socket", (HttpContext context, int status) => context.Response.StatusCode = status);
        _app.Map("/open/socket", async (HttpContext context) =>
        {
            Requests.Enqueue($"{context.Request.Headers.Authorization}{context.Request.QueryString}");
            var connection = new WebSocketConnection(await context.WebSockets.AcceptWebSocketAsync(), maxMessageBytes);
            await _accepted.Writer.WriteAsync(connection);
            await _closing.Task;
        });
    }

    public System.Collections.Concurrent.ConcurrentQueue<string> Requests { get; } = [];

    public Uri Address(string path) => new($"{_app.Urls.Single()}/{path}");

    public ValueTask<WebSocketConnection> AcceptAsync() => _accepted.Reader.ReadAsync(Patience.Token);

    public static async Task<SocketListener> StartAsync(int maxMessageBytes = WebSocketConnection.DefaultMaxMessageBytes)
    {
        var listener = new SocketListener(maxMessageBytes);
        await listener._app.StartAsync();
        return listener;
    }

    public async ValueTask DisposeAsync()
    {
        _closing.TrySetResult();
        await _app.DisposeAsync();
    }
}
