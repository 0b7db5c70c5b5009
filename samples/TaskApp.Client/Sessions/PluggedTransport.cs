using Sync;

namespace TaskApp.Client.Sessions;

/// <summary>A transport behind a plug: pulled, no dial succeeds, and what is connected is cut as a lost network cuts it.</summary>
public sealed class PluggedTransport(ITransport inner, NetworkPlug plug) : ITransport
{
    public async ValueTask<ITransportConnection> ConnectAsync(TransportRequest request, CancellationToken cancellationToken)
    {
        var pulled = plug.Pulled;
        if (pulled.IsCancellationRequested) throw new TransportException("The plug is pulled.");

        var connection = await inner.ConnectAsync(request, cancellationToken);
        pulled.Register(() => _ = connection.CloseAsync(new TransportClose(TransportClose.Lost, "The plug is pulled."), CancellationToken.None).AsTask());
        return connection;
    }
}
