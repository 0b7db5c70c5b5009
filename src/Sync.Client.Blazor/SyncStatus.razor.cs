using Microsoft.AspNetCore.Components;

namespace Sync.Client.Blazor;

/// <summary>What the connection is doing and how many writes wait. Without content of its own it is one line of words, to be styled by <c>.sync-status[data-connection]</c>.</summary>
public sealed partial class SyncStatus : SyncComponentBase
{
    private ClientStatus _status = new(ConnectionState.Offline, 0);

    [Parameter] public RenderFragment<ClientStatus>? ChildContent { get; set; }

    protected override void OnInitialized()
    {
        base.OnInitialized();
        if (RendererInfo.IsInteractive) _status = Client.Status;
    }

    protected override void OnStatus(ClientStatus status)
    {
        if (status == _status) return;
        _status = status;
        RequestRender();
    }

    private string Words => _status.PendingWrites switch
    {
        0 => Connection,
        1 => $"{Connection} · 1 change waits",
        var count => $"{Connection} · {count} changes wait",
    };

    private string Connection => _status.Connection switch
    {
        ConnectionState.Offline => "Offline",
        ConnectionState.Waiting => "Offline, trying again soon",
        ConnectionState.Connecting => "Connecting",
        ConnectionState.CatchingUp => "Catching up",
        ConnectionState.Live => "Live",
        ConnectionState.Refused => "Sign-in needed",
        var other => throw new InvalidOperationException($"{other} is no state of a connection."),
    };
}
