namespace Sync.Testing;

/// <summary>
/// One end of a connection inside the process. Everything completes inline on the caller's stack, so one thread runs both ends in an order that
/// repeats itself. Made in pairs: what one end sends, the other receives.
/// </summary>
public sealed class InMemoryConnection : ITransportConnection
{
    private readonly InMemoryPipe _incoming;
    private readonly InMemoryPipe _outgoing;
    private readonly Ending _ending;

    private InMemoryConnection(InMemoryPipe incoming, InMemoryPipe outgoing, Ending ending) => (_incoming, _outgoing, _ending) = (incoming, outgoing, ending);

    /// <summary>Two ends. With a capacity, a sender waits while so many of its messages are not received: a slow peer.</summary>
    public static (InMemoryConnection Client, InMemoryConnection Server) CreatePair(int? capacity = null)
    {
        var (up, down) = (new InMemoryPipe(capacity ?? int.MaxValue), new InMemoryPipe(capacity ?? int.MaxValue));
        var ending = new Ending();
        return (new InMemoryConnection(down, up, ending), new InMemoryConnection(up, down, ending));
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (!await _outgoing.WriteAsync(message.ToArray(), cancellationToken).ConfigureAwait(false)) throw new TransportException("The connection is closed.");
    }

    public async ValueTask<TransportReceive> ReceiveAsync(CancellationToken cancellationToken) =>
        await _incoming.ReadAsync(cancellationToken).ConfigureAwait(false) is { } message ? TransportReceive.Of(message) : TransportReceive.Closed(_ending.Close!);

    /// <summary>Messages sent before are still received. The first close counts for both ends.</summary>
    public ValueTask CloseAsync(TransportClose close, CancellationToken cancellationToken)
    {
        if (_ending.TrySet(close))
        {
            _outgoing.Close();
            _incoming.Close();
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Without a close before it: the connection is lost.</summary>
    public ValueTask DisposeAsync() => CloseAsync(new TransportClose(TransportClose.Lost, "the connection was lost"), CancellationToken.None);

    /// <summary>How the connection ended, shared by both ends.</summary>
    private sealed class Ending
    {
        private TransportClose? _close;

        public TransportClose? Close => Volatile.Read(ref _close);

        public bool TrySet(TransportClose close) => Interlocked.CompareExchange(ref _close, close, null) is null;
    }
}
