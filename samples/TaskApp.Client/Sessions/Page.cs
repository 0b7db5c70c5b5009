using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Sync.Client;

namespace TaskApp.Client.Sessions;

/// <summary>What only script can do: the tab's and the browser's memory of who it was, focus, dragging, and news of the browser.</summary>
public sealed class Page(IJSRuntime script, SyncClient client, NetworkPlug plug)
{
    private const string UserKey = "user";

    private IJSObjectReference? _module;
    private string? _framedUser;

    /// <summary>Told with a task that was dropped into a column before another one, or at its end.</summary>
    public event Func<Drop, Task>? Dropped;

    /// <summary>Told when undo (false) or redo (true) was pressed where no text has an undo of its own.</summary>
    public event Func<bool, Task>? UndoPressed;

    /// <summary>False while the browser knows that it has no network, or the plug is pulled: long before a connection is missed.</summary>
    public bool HasNetwork { get; private set; } = true;

    public event Action? NetworkChanged;

    public async Task ListenAsync()
    {
        _module = await script.InvokeAsync<IJSObjectReference>("import", "./app.js");
        _framedUser = await _module.InvokeAsync<string?>("framedUser");
        await _module.InvokeVoidAsync("listen", DotNetObjectReference.Create(this));
    }

    /// <summary>Whom the frame is for, else who used this tab, else who was last to use the browser.</summary>
    public async Task<string?> RecallUserAsync() =>
        _framedUser ?? await script.InvokeAsync<string?>("sessionStorage.getItem", UserKey) ?? await script.InvokeAsync<string?>("localStorage.getItem", UserKey);

    public async Task RememberUserAsync(string userId)
    {
        if (_framedUser is not null) return; // Two frames share what a tab remembers.
        await script.InvokeVoidAsync("sessionStorage.setItem", UserKey, userId);
        await script.InvokeVoidAsync("localStorage.setItem", UserKey, userId);
    }

    public async Task FocusAsync(string elementId) => await (_module?.InvokeVoidAsync("focus", elementId) ?? ValueTask.CompletedTask);

    public async Task ShowDialogAsync(ElementReference dialog) => await (_module?.InvokeVoidAsync("showDialog", dialog) ?? ValueTask.CompletedTask);

    public async Task CloseDialogAsync(ElementReference dialog) => await (_module?.InvokeVoidAsync("closeDialog", dialog) ?? ValueTask.CompletedTask);

    /// <summary>Hands the user a file.</summary>
    public async Task SaveAsync(string fileName, string json) => await (_module?.InvokeVoidAsync("save", fileName, json) ?? ValueTask.CompletedTask);

    /// <summary>The network is back, or the page came to the foreground.</summary>
    [JSInvokable]
    public void Nudge() => client.Nudge();

    [JSInvokable]
    public void SetNetwork(bool isThere, bool isPluggedIn)
    {
        HasNetwork = isThere && isPluggedIn;
        plug.Set(isPluggedIn);
        NetworkChanged?.Invoke();
    }

    [JSInvokable]
    public Task UndoAsync(bool isRedo) => UndoPressed?.Invoke(isRedo) ?? Task.CompletedTask;

    [JSInvokable]
    public Task DropAsync(string taskId, string status, string? beforeId) => Dropped?.Invoke(new Drop(taskId, status, beforeId)) ?? Task.CompletedTask;
}

public sealed record Drop(string TaskId, string Status, string? BeforeId);
