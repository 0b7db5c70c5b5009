namespace Sync.Crash.Tests;

/// <summary>Counts replies, and tells when so many more have come.</summary>
internal sealed class ReplyCount
{
    private readonly Lock _gate = new();
    private int _left;
    private TaskCompletionSource? _reached;

    public void Add()
    {
        lock (_gate)
        {
            if (--_left <= 0) _reached?.TrySetResult();
        }
    }

    public Task ReachAsync(int more, CancellationToken patience)
    {
        lock (_gate)
        {
            (_left, _reached) = (more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return _reached.Task.WaitAsync(patience);
        }
    }
}
