using System.Net.WebSockets;
using System.Text;

namespace Sync.AspNetCore.Tests.Site;

/// <summary>Our protocol by hand over a real socket: says what it is told, reads only when it is told, and keeps every frame as text.</summary>
internal sealed class RawSession : IAsyncDisposable
{
    private readonly ClientWebSocket _socket;
    private readonly byte[] _buffer = new byte[4 * 1024 * 1024];

    private RawSession(ClientWebSocket socket) => _socket = socket;

    public List<string> Frames { get; } = [];

    /// <summary>All that came so far.</summary>
    public string Transcript => string.Join('\n', Frames);

    /// <summary>How the server ended the session; null while it has not, or where it was reset.</summary>
    public int? CloseCode => (int?)_socket.CloseStatus;

    public static async Task<RawSession> OpenByGuideAsync(TestSite site, string token) => new(await site.OpenSocketAsync(token));

    public static async Task<RawSession> OpenAsync(TestSite site, string token, string clientId = "raw", string more = "")
    {
        var session = await OpenByGuideAsync(site, token);
        await session.SayAsync($$"""{"type":"hello","protocol":1,"clientId":"{{clientId}}"{{more}}}""");
        return session;
    }

    public Task SayAsync(string text) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Patience.Token);

    public Task SubscribeAsync(int sub, string table, string where, string more = "") =>
        SayAsync($$$"""{"type":"subscribe","sub":{{{sub}}},"query":{"table":"{{{table}}}","where":[{{{where}}}]}{{{more}}}}""");

    public Task SubscribeByGuideAsync(string key) => SayAsync($$"""{"type":"subscribe","key":"{{key}}"}""");

    public static string Eq(string field, string value) => $$"""{"field":"{{field}}","op":"eq","value":"{{value}}"}""";

    public Task PushAsync(int seq, string operation) => SayAsync($$"""{"type":"push","transactions":[{"seq":{{seq}},"txId":"raw-{{Guid.NewGuid()}}","operations":[{{operation}}]}]}""");

    /// <summary>Reads on until a frame is as it should be, and gives it.</summary>
    public async Task<string> ReadUntilAsync(Func<string, bool> isIt)
    {
        while (await NextAsync() is { } frame)
        {
            if (isIt(frame)) return frame;
        }
        throw new AssertionException($"The session ended ({CloseCode}) before it came. Last: {Frames.LastOrDefault()}");
    }

    public async Task ReadToEndAsync()
    {
        while (await NextAsync() is not null) { }
    }

    /// <summary>The next frame; null at the end.</summary>
    public async Task<string?> NextAsync()
    {
        var count = 0;
        while (true)
        {
            ValueWebSocketReceiveResult part;
            try
            {
                part = await _socket.ReceiveAsync(_buffer.AsMemory(count), Patience.Token);
            }
            catch (WebSocketException)
            {
                return null;
            }
            if (part.MessageType == WebSocketMessageType.Close) return null;
            count += part.Count;
            if (!part.EndOfMessage) continue;
            Frames.Add(Encoding.UTF8.GetString(_buffer, 0, count));
            return Frames[^1];
        }
    }

    /// <summary>Answers the server's goodbye.</summary>
    public async Task AnswerCloseAsync()
    {
        if (_socket.State == WebSocketState.CloseReceived) await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", Patience.Token);
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
