using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>What changes together. No key stands both among what is put and what is removed.</summary>
public sealed record StorageBatch
{
    /// <summary>Confirmed records, none of them deleted. They replace whatever is stored under their keys, whatever its version.</summary>
    public ImmutableArray<Record> Puts { get; init; } = [];
    public ImmutableArray<RecordKey> Removes { get; init; } = [];

    /// <summary>Transactions of the caller's own partition.</summary>
    public ImmutableArray<StoredTransaction> Queued { get; init; } = [];

    /// <summary>Transactions that leave the queue, of the caller's own partition and of adopted ones.</summary>
    public ImmutableArray<QueuePlace> Settled { get; init; } = [];

    /// <summary>Replace what is stored of the same query.</summary>
    public ImmutableArray<StoredSubscription> Subscriptions { get; init; } = [];
    public ImmutableArray<Query> Unsubscribed { get; init; } = [];

    /// <summary>Rejected transactions, and the ids of those that are dealt with.</summary>
    public ImmutableArray<StoredRejection> Rejected { get; init; } = [];
    public ImmutableArray<string> DealtWith { get; init; } = [];

    /// <summary>What undo and redo need, of the caller's own partition: replace what is stored under their numbers. Ids of those that are gone.</summary>
    public ImmutableArray<StoredUndoStep> UndoSteps { get; init; } = [];
    public ImmutableArray<long> ForgottenUndoSteps { get; init; } = [];

    /// <summary>The place in the server's history that all of this leads to; null where it did not change.</summary>
    public string? Token { get; init; }

    /// <summary>
    /// Set where the caller goes on under another client id: its own partition and those it had adopted are removed with what is left in them, a new one with
    /// <see cref="LastSeq"/>, <see cref="Queued"/> and <see cref="UndoSteps"/> takes their place.
    /// </summary>
    public string? NewClientId { get; init; }

    /// <summary>The highest number given so far; 0 where it did not change.</summary>
    public long LastSeq { get; init; }

    /// <summary>Whether only the writer may write it.</summary>
    public bool NeedsWriter => !Puts.IsEmpty || !Removes.IsEmpty || !Subscriptions.IsEmpty || !Unsubscribed.IsEmpty || Token is not null;
}
