using Sync.Server;

namespace Sync.Testing;

/// <summary>All that is committed to the database, by whomever, is looked at and written into the ledger.</summary>
internal sealed class CheckedCommits(SimulatedDatabase database, Witness witness)
{
    public async ValueTask<CommitAnswer> CommitAsync(CommitBatch batch)
    {
        var broken = witness.Judge(batch);
        var answer = await database.Store.CommitAsync(batch, CancellationToken.None).ConfigureAwait(false);
        if (answer is CommitAnswer.Committed) database.Ledger.Add(batch);
        witness.Committed(batch, answer, broken);
        return answer;
    }
}
