namespace Sync.Server;

/// <summary>A tenant whose store is opening, open or closing. All but the two tasks is read and written under the gate of <see cref="SyncTenants"/>.</summary>
internal sealed class OpenTenant(string name)
{
    private readonly TaskCompletionSource<SyncServer?> _opening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name { get; } = name;

    /// <summary>The server; null where there is no such tenant.</summary>
    public Task<SyncServer?> Opening => _opening.Task;

    public Task Closing => _closing.Task;

    /// <summary>True from when it counts as one of the open stores until it is gone.</summary>
    public bool HasPlace { get; set; }

    public SyncServer? Server { get; private set; }
    public bool IsClosing { get; set; }
    public int Leases { get; set; }
    public long IdleSince { get; set; }

    public bool IsIdle => Server is not null && !IsClosing && Leases == 0 && Server.BusyFor == TimeSpan.Zero;

    public void Opened(SyncServer server) => Server = server;

    public void Answer(SyncServer? server) => _opening.SetResult(server);

    public void Fail(TenantUnavailableException fault) => _opening.SetException(fault);

    public void Closed() => _closing.SetResult();
}
