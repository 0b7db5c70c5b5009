namespace Sync.Server.Tests;

/// <summary>The turns to commit to a test's store: one at a time, first come first served.</summary>
internal sealed class TestTurns
{
    private readonly Queue<TaskCompletionSource> _waiting = new();

    /// <summary>Each runs before one coming turn is given: what others do till then.</summary>
    public Queue<Func<Task>> OnTake { get; } = new();

    /// <summary>Faults of coming returns, one each.</summary>
    public Queue<Exception> OnReturn { get; } = new();

    public int Taken { get; private set; }
    public int Committed { get; set; }
    public bool IsHeld { get; private set; }

    public async Task TakeAsync()
    {
        if (OnTake.TryDequeue(out var others)) await others();
        while (IsHeld) await NextAsync();
        IsHeld = true;
        Taken++;
    }

    /// <summary>Waits until nobody holds it.</summary>
    public async Task WaitAsync()
    {
        while (IsHeld) await NextAsync();
    }

    public void End()
    {
        IsHeld = false;
        if (_waiting.TryDequeue(out var next)) next.SetResult();
    }

    private Task NextAsync()
    {
        var next = new TaskCompletionSource();
        _waiting.Enqueue(next);
        return next.Task;
    }
}

internal sealed class TestTurn(TestTurns turns, Revision head, Func<CommitBatch, Task<CommitAnswer>> commit) : ICommitTurn
{
    private bool _isOver;

    public Revision Head { get; } = head;

    public async ValueTask<CommitAnswer> CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        if (_isOver) throw new InvalidOperationException("The turn is over.");
        try
        {
            turns.Committed++;
            return await commit(batch);
        }
        finally
        {
            End();
        }
    }

    public ValueTask DisposeAsync()
    {
        End();
        if (turns.OnReturn.TryDequeue(out var fault)) throw fault;
        return ValueTask.CompletedTask;
    }

    private void End()
    {
        if (_isOver) return;
        _isOver = true;
        turns.End();
    }
}
