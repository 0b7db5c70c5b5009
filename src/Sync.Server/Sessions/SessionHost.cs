namespace Sync.Server;

/// <summary>All sessions of this node.</summary>
internal sealed class SessionHost(ServerRooms rooms) : ICommitListener, IAsyncDisposable
{
    private readonly ServerRooms _rooms = rooms;

    public Task<TransportClose> RunAsync(ITransportConnection connection, Caller caller, CancellationToken cancellationToken) => throw new NotImplementedException(_rooms.ToString());

    public ValueTask EndSessionsAsync(string userId) => throw new NotImplementedException();

    public void OnCommitted(IReadOnlyList<Commit> commits) { }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
