using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;
using Sync.AspNetCore.Tests.Http;
using Sync.AspNetCore.Tests.Site;

namespace Sync.AspNetCore.Tests.Twins;

/// <summary>
/// All that reaches one user of one server, to the byte: answers with their headers, frames with their kind, closes with their code. Tokens and cursors are opaque, so it says how
/// long they are and which of those before is the same.
/// </summary>
internal sealed partial class Ear(TestSite site, string user) : IAsyncDisposable
{
    private readonly Dictionary<string, ClientWebSocket> _lines = [];
    private readonly Dictionary<string, int> _sealed = [];
    private readonly List<string> _heard = [];

    public IReadOnlyList<string> Heard => _heard;

    /// <summary>The newest token; one that no server gave where there was none yet.</summary>
    public string Token { get; private set; } = "AAAAAAAAAAAAAAAAAAAAAA";

    /// <summary>The last frame or body, as it came.</summary>
    public string Last { get; private set; } = "";

    public Task PostAsync(string endpoint, string body) => AskAsync(new HttpRequestMessage(HttpMethod.Post, $"{site.Address}/{endpoint}") { Content = HttpCalls.Json(body) }, $"{endpoint} {body}");

    public Task GetAsync(string path) => AskAsync(new HttpRequestMessage(HttpMethod.Get, $"{site.Address}/{path}"), path);

    public async Task OpenAsync(string line) => _lines[line] = await site.OpenSocketAsync(user);

    public async Task SayAsync(string line, string frame)
    {
        Note($"{line} < {frame.Replace(Token, "(token)", StringComparison.Ordinal)}");
        await _lines[line].SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, true, Patience.Token);
    }

    /// <summary>Hears on until a frame holds a text, or the line ends.</summary>
    public async Task HearAsync(string line, string until)
    {
        while (_lines[line].State == WebSocketState.Open)
        {
            var (kind, bytes) = await ReceiveAsync(_lines[line]);
            if (kind == WebSocketMessageType.Close)
            {
                Note($"{line} closed {(int?)_lines[line].CloseStatus} {_lines[line].CloseStatusDescription}");
                return;
            }
            Last = Encoding.UTF8.GetString(bytes);
            Note($"{line} {kind} {bytes.Length} bytes {Named(Last)}");
            if (Last.Contains(until, StringComparison.Ordinal)) return;
        }
    }

    public async Task HangUpAsync(string line)
    {
        if (!_lines.Remove(line, out var socket)) return;
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Patience.Token);
        while ((await ReceiveAsync(socket)).Kind != WebSocketMessageType.Close) { }
        socket.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        foreach (var socket in _lines.Values) socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AskAsync(HttpRequestMessage request, string what)
    {
        using (request)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", user);
            using var response = await site.Http.SendAsync(request, Patience.Token);
            Last = await response.Content.ReadAsStringAsync();
            var headers = response.Headers.Concat(response.Content.Headers).Where(header => header.Key != "Date").Select(header => $"{header.Key}={string.Join(',', header.Value)}").Order(StringComparer.Ordinal);
            Note($"{what}\n  > {(int)response.StatusCode} [{string.Join(' ', headers)}] {Named(Last)}");
        }
    }

    private static async Task<(WebSocketMessageType Kind, byte[] Bytes)> ReceiveAsync(WebSocket socket)
    {
        var (buffer, count) = (new byte[256 * 1024], 0);
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(count), Patience.Token);
            count += part.Count;
            if (part.EndOfMessage) return (part.MessageType, buffer[..count]);
        }
    }

    private string Named(string text) => Sealed().Replace(text, match =>
    {
        var (kind, value) = (match.Groups[1].Value, match.Groups[2].Value);
        if (kind == "token") Token = value;
        if (!_sealed.TryGetValue(value, out var number)) _sealed.Add(value, number = _sealed.Count + 1);
        return $"\"{kind}\":\"{value.Length} characters, number {number}\"";
    });

    private void Note(string what) => _heard.Add(what);

    [GeneratedRegex("\"(token|cursor)\":\"([^\"]+)\"")]
    private static partial Regex Sealed();
}
