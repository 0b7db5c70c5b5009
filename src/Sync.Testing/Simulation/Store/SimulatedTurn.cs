using Sync.Server;

namespace Sync.Testing;

/// <summary>A turn of one server process. It is over with its commit, whatever came of it; where it cannot be given back the database notices by itself.</summary>
internal sealed class SimulatedTurn(SimulatedStore store, Revision head) : ICommitTurn
{
    private bool _isOver;

    public Revision Head { get; } = head;

    public ValueTask<CommitAnswer> CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        if (_isOver) throw new InvalidOperationException("The turn is over.");
        _isOver = true;
        return store.CommitInTurnAsync(batch);
    }

    public ValueTask DisposeAsync()
    {
        if (_isOver) return ValueTask.CompletedTask;
        _isOver = true;
        return store.GiveBackAsync();
    }
}
