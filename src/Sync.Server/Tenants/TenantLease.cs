namespace Sync.Server;

/// <summary>Keeps a tenant's server open while it is held.</summary>
public sealed class TenantLease : IDisposable
{
    private Action? _leave;

    internal TenantLease(SyncServer server, Action leave) => (Server, _leave) = (server, leave);

    public SyncServer Server { get; }

    /// <summary>Gives it back. May be called twice.</summary>
    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
}
