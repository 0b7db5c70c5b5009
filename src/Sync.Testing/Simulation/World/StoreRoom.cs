using Sync.Server;

namespace Sync.Testing;

/// <summary>Between a server process and the database.</summary>
internal sealed class StoreRoom(int node, CheckedCommits commits, Outsiders outsiders, LogHints hints, Witness witness, Havoc havoc) : IStoreWatcher
{
    public void StoreCalled(string what) => witness.Note(node == 0 ? $"store {what}" : $"store of node {node} {what}");

    public void TurnTaken() => witness.Count("turns to commit taken");

    public void StoreFailed(StoreFault? fault)
    {
        if (fault is { } kind) witness.Count($"faults: store, {kind}");
    }

    public void ServerDies(string when) => havoc.ServerDies(node, when);

    public async ValueTask<CommitAnswer> CommitAsync(CommitBatch batch)
    {
        if (outsiders.FindBlocked(batch) is { } blocked) return blocked;
        var answer = await commits.CommitAsync(batch).ConfigureAwait(false);
        if (answer is CommitAnswer.Committed) hints.Committed(node);
        return answer;
    }

    public ValueTask WriteForeignAsync(string[] operations) => outsiders.WriteAsync(operations);
}
