using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Sync.AspNetCore.Tests.Site;

namespace Sync.AspNetCore.Tests.Guide;

/// <summary>The guide's own socket client, from the guide alone: subscribe and unsubscribe by key, hear versions, know nothing else.</summary>
internal sealed class GuideClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket;
    private readonly Channel<JsonElement> _messages = Channel.CreateUnbounded<JsonElement>();
    private readonly Task _reading;

    private GuideClient(ClientWebSocket socket)
    {
        _socket = socket;
        _reading = ReadAsync();
    }

    public static async Task<GuideClient> ConnectAsync(TestSite site, string user) => new(await site.OpenSocketAsync(user));

    /// <summary>How the server ended the socket; null while it has not.</summary>
    public int? CloseCode => (int?)_socket.CloseStatus;

    public Task SubscribeAsync(string key) => SendAsync(JsonSerializer.Serialize(new { type = "subscribe", key }));

    public Task UnsubscribeAsync(string key) => SendAsync(JsonSerializer.Serialize(new { type = "unsubscribe", key }));

    public Task SendAsync(string message) => _socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, Patience.Token);

    /// <summary>The next message of any kind.</summary>
    public async Task<JsonElement> NextAsync() => await _messages.Reader.ReadAsync(Patience.Token);

    /// <summary>The next update of any key. Other messages are passed over, as the guide's client does.</summary>
    public async Task<(string Key, long Version)[]> UpdatesAsync()
    {
        while (true)
        {
            var message = await NextAsync();
            if (message.GetProperty("type").GetString() != "updates") continue;
            return [.. message.GetProperty("updates").EnumerateArray().Select(u => (u.GetProperty("key").GetString()!, u.GetProperty("version").GetInt64()))];
        }
    }

    public Task WhenClosedAsync() => _reading.Ends();

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult part;
            var count = 0;
            do
            {
                try
                {
                    part = await _socket.ReceiveAsync(buffer.AsMemory(count), CancellationToken.None);
                }
                catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
                {
                    _messages.Writer.TryComplete();
                    return;
                }

                count += part.Count;
            }
            while (!part.EndOfMessage);

            if (part.MessageType == WebSocketMessageType.Close)
            {
                _messages.Writer.TryComplete();
                return;
            }

            _messages.Writer.TryWrite(JsonDocument.Parse(buffer.AsMemory(0, count).ToArray()).RootElement);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
    }
}
