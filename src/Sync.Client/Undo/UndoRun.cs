using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>One undo or redo. It is in the view and saved already; whether each field still held what was to be taken back, the server decides.</summary>
public sealed class UndoRun
{
    internal UndoRun(string? label, UndoReport local, Task<UndoReport> confirmed) => (Label, Local, Confirmed) = (label, local, confirmed);

    internal static UndoRun OfNothing { get; } = Finished(null, new UndoReport(UndoOutcome.Nothing, []));

    /// <summary>The transactions that it was written in; none where it was withdrawn or there was nothing to do.</summary>
    internal IReadOnlyList<WriteHandle> Writes { get; init; } = [];

    /// <summary>What the app called what was taken back; null where it gave no name.</summary>
    public string? Label { get; }

    /// <summary>What came of it as far as this device sees.</summary>
    public UndoReport Local { get; }

    /// <summary>What came of it at the server. Does not complete while offline; cancelled when the client is disposed of or signed out.</summary>
    public Task<UndoReport> Confirmed { get; }

    internal static UndoRun Finished(string? label, UndoReport report) => new(label, report, Task.FromResult(report));
}
