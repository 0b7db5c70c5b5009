using Sync.Server;

namespace Sync.Testing;

/// <summary>The server's disk: it outlives the server's process. It can be copied, restored and trimmed, since it is what its batches make it.</summary>
internal sealed class SimulatedDatabase
{
    private readonly SyncModel _model;
    private readonly int _seed;
    private readonly int _maxLogEntries;
    private readonly int _maxReceipts;
    private CommitBatch[]? _backup;

    public SimulatedDatabase(SyncModel model, SimulatedClock clock, int seed, int maxLogEntries, int maxReceipts)
    {
        (_model, _seed, _maxLogEntries, _maxReceipts) = (model, seed, maxLogEntries, maxReceipts);
        Ledger = new Ledger(model, clock);
        Turns = new CommitTurns(clock);
        Store = Rebuild([], maxLogEntries);
    }

    public Ledger Ledger { get; }
    public InMemoryStore Store { get; private set; }
    public CommitTurns Turns { get; }
    public HeldRecords Held { get; } = new();
    public bool HasBackup => _backup is not null;

    /// <summary>Leaves only so many entries in the log, for good.</summary>
    public void TrimLog(int keep) => Store = Rebuild(Ledger.Batches, keep);

    public void BackUp() => _backup = [.. Ledger.Batches];

    /// <summary>The backup takes the place of all that there is.</summary>
    public void Restore()
    {
        Ledger.Become(_backup!);
        Store = Rebuild(_backup!, _maxLogEntries);
    }

    // The same chance gives the same token key: a copy of a store has it too.
    private InMemoryStore Rebuild(IEnumerable<CommitBatch> batches, int maxLogEntries)
    {
        var store = new InMemoryStore(new SeededStreams(_seed).For("token key").NextBytes, maxLogEntries, _maxReceipts);
        store.OpenAsync(_model, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        foreach (var batch in batches) store.CommitAsync(batch, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return store;
    }
}
