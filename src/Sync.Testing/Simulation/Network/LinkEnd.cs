namespace Sync.Testing;

/// <summary>One end of a simulated connection: keeps the transport's contract, completes inline.</summary>
internal sealed class LinkEnd(Wire incoming, Wire outgoing, Action<ReadOnlyMemory<byte>> sending) : ITransportConnection
{
    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        sending(message);
        return outgoing.SendAsync(message, cancellationToken);
    }

    public ValueTask<TransportReceive> ReceiveAsync(CancellationToken cancellationToken) => incoming.ReceiveAsync(cancellationToken);

    public ValueTask CloseAsync(TransportClose close, CancellationToken cancellationToken)
    {
        outgoing.SayGoodbye(close);
        incoming.End(close);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => CloseAsync(new TransportClose(TransportClose.Lost, "the connection was lost"), CancellationToken.None);
}
