namespace Sync.Testing;

/// <summary>What goes into a process goes through here: while it is frozen it waits, in order, and all at once when it thaws. A dead process takes nothing.</summary>
internal sealed class ProcessGate
{
    private readonly Queue<Action> _waiting = new();

    public bool IsFrozen { get; private set; }

    public void Run(Action happen)
    {
        if (IsFrozen) _waiting.Enqueue(happen);
        else happen();
    }

    /// <summary>Completes inline once the process is not frozen.</summary>
    public Task PassAsync()
    {
        if (!IsFrozen) return Task.CompletedTask;
        var thawed = new TaskCompletionSource();
        _waiting.Enqueue(() => thawed.TrySetResult());
        return thawed.Task;
    }

    public void Freeze() => IsFrozen = true;

    public void Thaw()
    {
        IsFrozen = false;
        while (!IsFrozen && _waiting.TryDequeue(out var happen)) happen();
    }

    public void Die()
    {
        IsFrozen = false;
        _waiting.Clear();
    }
}
