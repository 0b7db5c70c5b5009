using Sync.Server;

namespace Sync.Testing;

/// <summary>Between a server process and the database: all that is committed is looked at and written into the ledger.</summary>
internal sealed class StoreRoom(SimulatedDatabase database, Witness witness, AppWrites writes, Havoc havoc, SimulatedClock clock, Func<SyncServer?> server) : IStoreWatcher
{
    /// <summary>How long a database takes to tell one node that another has committed.</summary>
    private static readonly TimeSpan HintDelay = TimeSpan.FromMilliseconds(300);

    public void StoreCalled(string what) => witness.Note($"store {what}");

    public void StoreFailed(StoreFault? fault)
    {
        if (fault is { } kind) witness.Count($"faults: store, {kind}");
    }

    public void ServerDies(string when) => havoc.ServerDies(when);

    public async ValueTask<CommitAnswer> CommitAsync(CommitBatch batch)
    {
        var broken = witness.Judge(batch);
        var answer = await database.Store.CommitAsync(batch, CancellationToken.None).ConfigureAwait(false);
        if (answer is CommitAnswer.Committed) database.Ledger.Add(batch);
        witness.Committed(batch, answer, broken);
        return answer;
    }

    public async ValueTask WriteForeignAsync(string[] operations)
    {
        if (writes.ForeignBatch(operations) is not { } batch) return;
        await CommitAsync(batch).ConfigureAwait(false);
        clock.After(HintDelay, () => server()?.Rooms.Source.OnBehind?.Invoke());
    }
}
