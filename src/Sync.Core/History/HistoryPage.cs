using System.Collections.Immutable;

namespace Sync;

/// <summary>Some of what happened to one record, newest first, as far as the one who asked may read it.</summary>
/// <param name="Cursor">Asks for the entries before these; null where there are none.</param>
/// <param name="IsTrimmed">True on the last page of a record whose first entries are no longer kept.</param>
public sealed record HistoryPage(ImmutableArray<HistoryEntry> Entries, string? Cursor = null, bool IsTrimmed = false);

/// <summary>What one transaction did to one record.</summary>
public sealed record HistoryEntry
{
    /// <summary>Who wrote it: of what was deleted or unset along with another record, who did that.</summary>
    public required string AuthorId { get; init; }
    public required string TxId { get; init; }

    /// <summary>The server's time of the transaction.</summary>
    public required DateTimeOffset Now { get; init; }
    public required HistoryKind Kind { get; init; }

    /// <summary>The record before; null where there was none, it was deleted, or it may not be read.</summary>
    public Record? Before { get; init; }

    /// <summary>The record after; null where it was deleted or may not be read.</summary>
    public Record? After { get; init; }

    /// <summary>Where the two sides differ; all fields of the one side where the other is none; empty where a side may not be read.</summary>
    public ImmutableArray<FieldChange> Fields { get; init; } = [];

    /// <summary>
    /// The transaction's operations on this record as they were carried out. Empty where a side, or what the record was between two of them, may not be read,
    /// and where there are more than 32.
    /// </summary>
    public ImmutableArray<Operation> Operations { get; init; } = [];
}

/// <summary>What an entry did to its record. A soft delete counts as a deletion, and its end as a restoration.</summary>
public enum HistoryKind { Created, Changed, Deleted, Restored }
