using Sync.Transport.WebSockets;

namespace Sync.Driver;

/// <summary>WebSockets with a plug: pulled, every open connection is lost at once and no dial succeeds.</summary>
internal sealed class Plug : ITransport
{
    private readonly WebSocketTransport _sockets = new();
    private readonly Lock _gate = new();
    private readonly HashSet<ITransportConnection> _open = [];
    private bool _isPulled;

    public async ValueTask<ITransportConnection> ConnectAsync(TransportRequest request, CancellationToken cancellationToken)
    {
        Refuse();
        var connection = await _sockets.ConnectAsync(request, cancellationToken);
        lock (_gate) _open.Add(connection);
        if (IsPulled) await PullAsync();
        return connection;
    }

    public async Task PullAsync()
    {
        ITransportConnection[] open;
        lock (_gate)
        {
            _isPulled = true;
            open = [.. _open];
            _open.Clear();
        }
        foreach (var connection in open) await connection.DisposeAsync();
    }

    public void PutIn()
    {
        lock (_gate) _isPulled = false;
    }

    private bool IsPulled
    {
        get
        {
            lock (_gate) return _isPulled;
        }
    }

    private void Refuse()
    {
        if (IsPulled) throw new TransportException("The driver is offline.");
    }
}
