using System.Text;
using Microsoft.Extensions.Time.Testing;
using Sync.Transport.WebSockets;

namespace Sync.AspNetCore.Tests.Transport;

public sealed class WebSocketConnectionTests
{
    private readonly FakeTimeProvider _time = new();

    [Test]
    public async Task Fragments_come_as_one_message_whatever_stands_between_them()
    {
        var peer = new RawPeer();
        await using var connection = new WebSocketConnection(peer.Socket);

        await peer.SendAsync(RawPeer.Text, [.. "{\"a\":\""u8]);
        await peer.SendAsync(RawPeer.Final | RawPeer.Ping, [1, 2]);
        await peer.SendAsync(RawPeer.Continuation, []);
        await peer.SendAsync(RawPeer.Continuation, [0xC3]);
        await peer.SendAsync(RawPeer.Final | RawPeer.Continuation, [0xA9, .. "\"}"u8]);

        var received = await connection.ReceiveAsync(default).Ends();
        Assert.That(Encoding.UTF8.GetString(received.Message.Span), Is.EqualTo("{\"a\":\"é\"}"));
    }

    [TestCase(1, 1)]
    [TestCase(4096, 4096)]
    [TestCase(4097, 5000)]
    [TestCase(100_000, 100_000)]
    public async Task A_message_of_just_the_bound_is_taken_in(int length, int bound)
    {
        var peer = new RawPeer();
        await using var connection = new WebSocketConnection(peer.Socket, bound);

        await peer.SendAsync(RawPeer.Final | RawPeer.Text, Letters(length));

        Assert.That((await connection.ReceiveAsync(default).Ends()).Message.ToArray(), Is.EqualTo(Letters(length)));
    }

    [TestCase(2, 1)]
    [TestCase(4097, 4096)]
    [TestCase(100_000, 5000)]
    public async Task A_message_over_the_bound_ends_the_connection_with_1009(int length, int bound)
    {
        var peer = new RawPeer();
        await using var connection = new WebSocketConnection(peer.Socket, bound, _time);

        await peer.SendAsync(RawPeer.Final | RawPeer.Text, Letters(length));

        await EndsWith(TransportClose.TooBig, peer, connection);
    }

    [Test]
    public async Task Fragments_are_bounded_together()
    {
        var peer = new RawPeer();
        await using var connection = new WebSocketConnection(peer.Socket, 100, _time);

        await peer.SendAsync(RawPeer.Text, Letters(60));
        await peer.SendAsync(RawPeer.Continuation, Letters(60));

        await EndsWith(TransportClose.TooBig, peer, connection);
    }

    [Test]
    public async Task A_binary_message_ends_the_connection_with_1003()
    {
        var peer = new RawPeer();
        await using var connection = new WebSocketConnection(peer.Socket, time: _time);

        await peer.SendAsync(RawPeer.Final | RawPeer.Binary, Letters(3));

        await EndsWith(TransportClose.UnsupportedData, peer, connection);
    }

    [Test]
    public async Task Text_that_is_not_UTF8_ends_the_connection_with_1007()
    {
        var peer = new RawPeer();
        await using var connection = new WebSocketConnection(peer.Socket, time: _time);

        await peer.SendAsync(RawPeer.Text, [0xC3]);
        await peer.SendAsync(RawPeer.Final | RawPeer.Continuation, [0x28]);

        await EndsWith(TransportClose.BadData, peer, connection);
    }

    [Test]
    public async Task Memory_follows_what_has_come_and_not_what_a_header_declares()
    {
        var peer = new RawPeer();
        await using var connection = new WebSocketConnection(peer.Socket, 1 << 30);
        var receiving = connection.ReceiveAsync(default).Ends();
        var before = GC.GetTotalAllocatedBytes(precise: true);

        await peer.SendAsync(RawPeer.Final | RawPeer.Text, Letters(20_000), declared: 1 << 30);
        peer.Vanish();

        Assert.That((await receiving).Close!.Code, Is.EqualTo(TransportClose.Lost));
        Assert.That(GC.GetTotalAllocatedBytes(precise: true) - before, Is.LessThan(4_000_000));
    }

    [Test]
    public async Task A_goodbye_that_the_peer_never_answers_waits_only_a_while()
    {
        var peer = new RawPeer();
        await using var connection = new WebSocketConnection(peer.Socket, time: _time);

        var closing = connection.CloseAsync(new(TransportClose.NotSignedIn, "Expired."), default).AsTask();
        Assert.That(await peer.CloseCodeAsync(), Is.EqualTo(TransportClose.NotSignedIn));
        Assert.That(closing.IsCompleted, Is.False);

        _time.Advance(WebSocketConnection.CloseTimeout);
        await closing.Ends();
        Assert.That((await connection.ReceiveAsync(default).Ends()).Close!.Code, Is.EqualTo(TransportClose.NotSignedIn));
    }

    [Test]
    public async Task A_goodbye_behind_a_send_that_is_stuck_waits_only_a_while()
    {
        var peer = new RawPeer(roomForServer: 1000);
        await using var connection = new WebSocketConnection(peer.Socket, time: _time);
        var sending = connection.SendAsync(Letters(5000), default).AsTask();

        var closing = connection.CloseAsync(new(TransportClose.TooSlow, "Too slow."), default).AsTask();
        Assert.That(sending.IsCompleted, Is.False);
        _time.Advance(WebSocketConnection.CloseTimeout);

        await closing.Ends();
        Assert.That(() => sending.Ends(), Throws.TypeOf<TransportException>());
    }

    [Test]
    public async Task A_goodbye_with_the_code_of_a_lost_connection_is_not_said()
    {
        var peer = new RawPeer();
        await using var connection = new WebSocketConnection(peer.Socket, time: _time);

        await connection.CloseAsync(new(TransportClose.Lost, ""), default).Ends();

        Assert.That(() => peer.ReceiveAsync(), Throws.TypeOf<EndOfStreamException>());
    }

    [Test]
    public async Task A_long_reason_is_cut_between_letters()
    {
        var peer = new RawPeer();
        await using var connection = new WebSocketConnection(peer.Socket, time: _time);

        var closing = connection.CloseAsync(new(TransportClose.PolicyViolation, "x" + string.Concat(Enumerable.Repeat("𝄞", 40))), default).AsTask();
        var (_, payload) = await peer.ReceiveAsync();
        _time.Advance(WebSocketConnection.CloseTimeout);
        await closing.Ends();

        Assert.That(Encoding.UTF8.GetString(payload.AsSpan(2)), Is.EqualTo("x" + string.Concat(Enumerable.Repeat("𝄞", 30))));
    }

    [Test]
    public async Task A_peer_that_sends_on_after_being_refused_is_dropped_after_a_while()
    {
        var peer = new RawPeer();
        await using var connection = new WebSocketConnection(peer.Socket, 10, _time);
        await peer.SendAsync(RawPeer.Final | RawPeer.Text, Letters(11));
        var receiving = connection.ReceiveAsync(default).Ends();
        Assert.That(await peer.CloseCodeAsync(), Is.EqualTo(TransportClose.TooBig));

        await peer.SendAsync(RawPeer.Final | RawPeer.Text, Letters(100_000));
        Assert.That(receiving.IsCompleted, Is.False);
        _time.Advance(WebSocketConnection.CloseTimeout);

        Assert.That((await receiving).Close!.Code, Is.EqualTo(TransportClose.TooBig));
    }

    private static async Task EndsWith(int code, RawPeer peer, WebSocketConnection connection)
    {
        var receiving = connection.ReceiveAsync(default).Ends();
        Assert.That(await peer.CloseCodeAsync(), Is.EqualTo(code));
        await peer.SendAsync(RawPeer.Final | RawPeer.Close, [(byte)(code >> 8), (byte)code]);
        Assert.That((await receiving).Close!.Code, Is.EqualTo(code));
    }

    private static byte[] Letters(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)('a' + (i % 26)))];
}
