using System.Collections.Immutable;
using Sync.Server;

namespace Sync.Testing;

/// <summary>What is written by the app's own code and by another node of the same database, in this world or its twin.</summary>
internal sealed class AppWrites(SimulationWorkload workload, bool isTwin, WriteBook book, SimulatedDatabase database, SimulatedClock clock)
{
    private const string AppName = "sim";

    private int _foreign;

    /// <summary>What a step says, as it is in this world. What the watcher writes it knows, so that is the same in both.</summary>
    public ImmutableArray<Operation> OperationsOf(string[] texts, string? user = null)
    {
        var operations = StepText.Operations(texts);
        return isTwin && (user is null || user != workload.Watcher) ? [.. operations.Select(workload.TwinOf)] : operations;
    }

    public void WriteFirst(SyncServer? server) => Write(server, [.. workload.First], null);

    public void Write(SyncServer? server, SimulationStep.AppWrite step) => Write(server, OperationsOf(step.Operations), step.BaseOffset);

    /// <summary>What only hidden records are about, in this world.</summary>
    public void WriteHidden(SyncServer? server, string[] texts) => Write(server, OperationsOf(texts), null);

    /// <summary>What another node commits next; null where it does not apply.</summary>
    public CommitBatch? ForeignBatch(string[] texts) => ForeignNode.BatchOf(database.Ledger, OperationsOf(texts), ++_foreign, clock.UtcNow);

    private void Write(SyncServer? server, ImmutableArray<Operation> operations, int? baseOffset)
    {
        if (server is null || operations.IsEmpty) return;
        var written = book.Begin($"app:{AppName}", device: -1, operations);
        book.Saved(written, $"app-{book.All.Count}");
        ImmutableArray<BaseVersion> bases = baseOffset is { } offset
            ? [.. operations.Select(operation => operation.Key).Distinct().Select(key => new BaseVersion(key, Math.Max(0, VersionOf(key) + offset)))]
            : [];
        _ = server.WriteAsync(Caller.App(AppName), new Transaction { TxId = written.TxId!, AuthorId = written.Author, Operations = operations, BaseVersions = bases });
    }

    private long VersionOf(RecordKey key) => database.Ledger.Newest(key) is { IsDeleted: false } record ? record.Version : 0;
}
