namespace Sync.Server;

/// <summary>Those who wait for the server to have reached a revision. Guarded by its owner's lock but for the completion.</summary>
internal sealed class RevisionWaiters(TaskCreationOptions completions)
{
    private readonly List<(Revision Revision, TaskCompletionSource Source)> _waiting = [];

    public TaskCompletionSource Add(Revision revision)
    {
        var source = new TaskCompletionSource(completions);
        _waiting.Add((revision, source));
        return source;
    }

    public void Remove(TaskCompletionSource source) => _waiting.RemoveAll(waiting => waiting.Source == source);

    /// <summary>Takes out those whose revision is reached, to be completed outside of the lock.</summary>
    public IReadOnlyList<TaskCompletionSource> TakeReached(Revision head)
    {
        if (_waiting.Count == 0) return [];
        TaskCompletionSource[] reached = [.. _waiting.Where(waiting => waiting.Revision <= head).Select(waiting => waiting.Source)];
        _waiting.RemoveAll(waiting => waiting.Revision <= head);
        return reached;
    }
}
