namespace Sync.Server.Tests.Sessions;

/// <summary>Lets a test keep commits from the publisher for a while, as a busy machine does: the newest state is then ahead of what is published.</summary>
internal sealed class CommitGate(ICommitListener listener) : ICommitListener
{
    private readonly Queue<IReadOnlyList<Commit>> _held = [];
    private bool _isHolding;

    /// <summary>Hears of commits at once, too.</summary>
    public Action<IReadOnlyList<Commit>>? Tee { get; set; }

    public void Hold(Action during)
    {
        _isHolding = true;
        during();
        _isHolding = false;
        while (_held.TryDequeue(out var commits)) listener.OnCommitted(commits);
    }

    public void OnCommitted(IReadOnlyList<Commit> commits)
    {
        Tee?.Invoke(commits);
        if (_isHolding) _held.Enqueue(commits);
        else listener.OnCommitted(commits);
    }

    public void OnSkipped(Revision head) => listener.OnSkipped(head);
}
