namespace Sync.Client;

/// <summary>
/// Undo and redo of this device's own writes. Each is a new transaction of conditional operations: optimistic, queued, offline-capable and permission-checked like
/// any other. A field goes back only where it still holds what was written, as the server finds it; what somebody else has changed since is left alone and told.
/// The stacks survive a restart. The rules are in <c>docs/undo.md</c>.
/// </summary>
public sealed class UndoRedoStack
{
    private readonly SyncClient _client;

    internal UndoRedoStack(SyncClient client) => _client = client;

    /// <summary>What can be undone and redone now; nothing before somebody has signed in.</summary>
    public UndoState State => _client.UserId is null ? default : _client.Heart.UndoState;

    /// <summary>Told after <see cref="State"/> changed, on the thread that caused it.</summary>
    public event Action<UndoState>? Changed;

    /// <summary>Takes back what was written last. Returns when it is in the view and saved.</summary>
    /// <exception cref="StorageException">It could not be saved; nothing was undone.</exception>
    public ValueTask<UndoRun> UndoAsync(CancellationToken cancellationToken = default) => _client.UndoAsync(isRedo: false, cancellationToken);

    /// <summary>Brings back what was undone last, as it was when it was undone. A write in between leaves nothing to redo.</summary>
    /// <inheritdoc cref="UndoAsync"/>
    public ValueTask<UndoRun> RedoAsync(CancellationToken cancellationToken = default) => _client.UndoAsync(isRedo: true, cancellationToken);

    /// <summary>Whatever is written until the result is disposed of is undone together, under this name. A group within a group belongs to it.</summary>
    public IDisposable Group(string label)
    {
        ArgumentException.ThrowIfNullOrEmpty(label);
        return new UndoGroup(_client.Heart, label);
    }

    /// <summary>Forgets what could be undone and redone.</summary>
    public ValueTask ClearAsync() => _client.Heart.ClearUndoAsync();

    internal void Tell(UndoState state)
    {
        foreach (var listener in Delegate.EnumerateInvocationList(Changed)) _client.Log.Tell(listener.Invoke, state);
    }
}

/// <summary>An open group of writes.</summary>
internal sealed class UndoGroup : IDisposable
{
    private readonly ClientHeart _heart;
    private int _isClosed;

    public UndoGroup(ClientHeart heart, string label)
    {
        _heart = heart;
        heart.OpenUndoGroup(label);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0) _heart.CloseUndoGroup();
    }
}
