using System.Buffers;
using Sync.Server;

namespace Sync.Benchmarks;

/// <summary>A client's end without a socket: it says hello, subscribes, and from then on only tells what it is sent.</summary>
internal sealed class SilentPeer : ITransportConnection
{
    private readonly Queue<ReadOnlyMemory<byte>> _says = [];
    private readonly TaskCompletionSource<TransportReceive> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<ReadOnlyMemory<byte>> _sent;

    private SilentPeer(Action<ReadOnlyMemory<byte>> sent) => _sent = sent;

    public static (SilentPeer Peer, Task Served) Connect(SyncServer server, string user, IEnumerable<Query> queries, Action<ReadOnlyMemory<byte>> sent)
    {
        var peer = new SilentPeer(sent);
        peer.Say(new ClientMessage.Hello(ProtocolCodec.Version, $"client-{user}", default, FrameFormats.Known));
        var sub = 0;
        foreach (var query in queries) peer.Say(new ClientMessage.Subscribe(new SubscriptionId(++sub), query));
        return (peer, server.RunSessionAsync(peer, Caller.User(user), CancellationToken.None));
    }

    public void Leave() => _end.TrySetResult(TransportReceive.Closed(new TransportClose(TransportClose.Normal, "")));

    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        _sent(message);
        return default;
    }

    public ValueTask<TransportReceive> ReceiveAsync(CancellationToken cancellationToken) => _says.TryDequeue(out var frame) ? new(TransportReceive.Of(frame)) : new(_end.Task);

    public ValueTask CloseAsync(TransportClose close, CancellationToken cancellationToken)
    {
        Leave();
        return default;
    }

    public ValueTask DisposeAsync() => default;

    private void Say(ClientMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        ProtocolCodec.Write(buffer, message);
        _says.Enqueue(buffer.WrittenMemory);
    }
}
