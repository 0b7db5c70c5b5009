using System.Text.Json;

namespace Sync.AspNetCore.Tests.Drain;

/// <summary>Notes the transactions that are pushed over each connection.</summary>
internal sealed class CountingTransport(ITransport inner) : ITransport
{
    private readonly Lock _gate = new();
    private readonly List<List<string>> _connections = [];

    /// <summary>The ids that were pushed, connection by connection, in the order in which they were dialled.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Connections
    {
        get { lock (_gate) return [.. _connections.Select(pushed => pushed.ToArray())]; }
    }

    public async ValueTask<ITransportConnection> ConnectAsync(TransportRequest request, CancellationToken cancellationToken)
    {
        var connection = await inner.ConnectAsync(request, cancellationToken);
        var pushed = new List<string>();
        lock (_gate) _connections.Add(pushed);
        return new Counted(connection, frame =>
        {
            lock (_gate) pushed.AddRange(PushedIn(frame));
        });
    }

    private static IEnumerable<string> PushedIn(ReadOnlyMemory<byte> frame)
    {
        using var json = JsonDocument.Parse(frame);
        if (json.RootElement.GetProperty("type").GetString() != "push") return [];
        return [.. json.RootElement.GetProperty("transactions").EnumerateArray().Select(t => t.GetProperty("txId").GetString()!)];
    }

    private sealed class Counted(ITransportConnection inner, Action<ReadOnlyMemory<byte>> note) : ITransportConnection
    {
        public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
        {
            note(message);
            return inner.SendAsync(message, cancellationToken);
        }

        public ValueTask<TransportReceive> ReceiveAsync(CancellationToken cancellationToken) => inner.ReceiveAsync(cancellationToken);
        public ValueTask CloseAsync(TransportClose close, CancellationToken cancellationToken) => inner.CloseAsync(close, cancellationToken);
        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
