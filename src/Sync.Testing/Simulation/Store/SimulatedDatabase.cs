using Sync.Server;

namespace Sync.Testing;

/// <summary>The server's disk: it outlives the server's process. It can be copied, restored and trimmed, since it is what its batches make it.</summary>
internal sealed class SimulatedDatabase
{
    private readonly SyncModel _model;
    private readonly int _seed;

    public SimulatedDatabase(SyncModel model, SimulatedClock clock, int seed, int maxLogEntries)
    {
        (_model, _seed) = (model, seed);
        Ledger = new Ledger(model, clock);
        Store = Rebuild([], maxLogEntries);
    }

    public Ledger Ledger { get; private set; }
    public InMemoryStore Store { get; private set; }

    /// <summary>Leaves only so many entries in the log, for good.</summary>
    public void TrimLog(int keep) => Store = Rebuild(Ledger.Batches, keep);

    // The same chance gives the same token key: a copy of a store has it too.
    private InMemoryStore Rebuild(IEnumerable<CommitBatch> batches, int maxLogEntries)
    {
        var store = new InMemoryStore(new SeededStreams(_seed).For("token key").NextBytes, maxLogEntries);
        store.OpenAsync(_model, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        foreach (var batch in batches) store.CommitAsync(batch, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return store;
    }
}
