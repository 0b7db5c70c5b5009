using System.Net.WebSockets;
using System.Text;
using Sync.AspNetCore.Tests.Guide;
using Sync.AspNetCore.Tests.Site;

namespace Sync.AspNetCore.Tests.Sockets;

/// <summary>What a peer may put on the socket, and how it is told that it may not.</summary>
public sealed class FrameTests
{
    private const int MaxFrameBytes = 5000;

    private TestSite _site = null!;

    [OneTimeSetUp]
    public async Task Start() => _site = await (await TestSite.StartBoardAsync(o => o.MaxFrameBytes = MaxFrameBytes)).WithDemoAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _site.DisposeAsync();

    [TestCase(WebSocketMessageType.Binary, "{}", 1003, TestName = "A_binary_frame_closes_with_1003")]
    [TestCase(WebSocketMessageType.Text, "{big}", 1009, TestName = "A_frame_over_the_bound_closes_with_1009")]
    [TestCase(WebSocketMessageType.Text, "{huge}", 1009, TestName = "A_frame_far_over_the_bound_closes_with_1009")]
    public async Task A_frame_that_is_refused(WebSocketMessageType type, string text, int code)
    {
        using var socket = await _site.OpenSocketAsync("alice");
        var bytes = text switch
        {
            "{big}" => new byte[MaxFrameBytes + 1].Select(_ => (byte)' ').ToArray(),
            "{huge}" => new byte[3_000_000].Select(_ => (byte)' ').ToArray(),
            _ => Encoding.UTF8.GetBytes(text),
        };

        await socket.SendAsync(bytes, type, true, Patience.Token);

        Assert.That(await CloseCodeAsync(socket), Is.EqualTo(code));
    }

    [Test]
    [Repeat(20)]
    public async Task Text_that_is_not_UTF8_closes_with_1007()
    {
        using var socket = await _site.OpenSocketAsync("alice");

        await socket.SendAsync(new byte[] { (byte)'"', 0xC3, 0x28, (byte)'"' }, WebSocketMessageType.Text, true, Patience.Token);

        Assert.That(await CloseCodeAsync(socket), Is.EqualTo(1007));
    }

    [TestCase("oops", "bad_json")]
    [TestCase("42", null)]
    [TestCase("[]", null)]
    [TestCase("{}", null)]
    [TestCase("""{"type":"shout","key":"tasks:task-1"}""", "unknown_message")]
    [TestCase("""{"type":"subscribe","key":7}""", "unknown_message")]
    [TestCase("""{"type":"hello"}""", "bad_message")]
    [TestCase("""{"type":"hello","protocol":99,"clientId":"c"}""", "unsupported_protocol")]
    public async Task What_is_no_message_is_answered_by_an_error_that_names_it(string text, string? code)
    {
        await using var client = await GuideClient.ConnectAsync(_site, "alice");

        await client.SendAsync(text);

        var error = await client.NextAsync();
        Assert.That(error.GetProperty("type").GetString(), Is.EqualTo("error"), error.ToString());
        Assert.That(error.GetProperty("code").GetString(), code is null ? Is.Not.Empty : Is.EqualTo(code));
        Assert.That(error.ToString(), Does.Not.Contain("Exception"));
    }

    private static async Task<int> CloseCodeAsync(WebSocket socket)
    {
        var buffer = new byte[4096];
        while ((await socket.ReceiveAsync(buffer, Patience.Token)).MessageType != WebSocketMessageType.Close) { }
        return (int)socket.CloseStatus!.Value;
    }
}
