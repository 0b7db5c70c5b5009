namespace Sync.Testing;

/// <summary>Dials a server in the same process: <paramref name="serve"/> gets the server's end and runs until the connection ends.</summary>
/// <param name="serve">For example <c>(connection, request, ct) => server.RunSessionAsync(connection, Caller.User(request.AccessToken!), ct)</c>.</param>
public sealed class InMemoryTransport(Func<ITransportConnection, TransportRequest, CancellationToken, Task> serve) : ITransport
{
    private readonly List<Task> _served = [];

    /// <summary>While true, dialling fails as without a network.</summary>
    public bool IsOffline { get; set; }

    /// <summary>What serving came to, one task a dial, in their order.</summary>
    public IReadOnlyList<Task> Served => _served;

    public ValueTask<ITransportConnection> ConnectAsync(TransportRequest request, CancellationToken cancellationToken)
    {
        if (IsOffline) throw new TransportException("There is no network.");
        var (client, server) = InMemoryConnection.CreatePair();
        _served.Add(serve(server, request, CancellationToken.None));
        return new(client);
    }
}
