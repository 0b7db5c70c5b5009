using Sync.Testing;

namespace Sync.Client.Tests;

/// <summary>A network that a test can take away.</summary>
internal sealed class Gate
{
    private readonly List<ITransportConnection> _open = [];
    private bool _isClosed;

    public ITransport Over(ITransport inner) => new Gated(this, inner);

    public async Task CloseAsync()
    {
        _isClosed = true;
        foreach (var connection in _open) await connection.DisposeAsync();
        _open.Clear();
    }

    public void Open() => _isClosed = false;

    private sealed class Gated(Gate gate, ITransport inner) : ITransport
    {
        public async ValueTask<ITransportConnection> ConnectAsync(TransportRequest request, CancellationToken cancellationToken)
        {
            if (gate._isClosed) throw new TransportException("offline");
            var connection = await inner.ConnectAsync(request, cancellationToken);
            gate._open.Add(connection);
            return connection;
        }
    }
}
