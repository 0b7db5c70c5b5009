using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>What a storage holds when it is opened, its records apart.</summary>
public sealed record StoredState
{
    /// <summary>The caller's own partition: the id under which it numbers its transactions.</summary>
    public required string ClientId { get; init; }

    /// <summary>The highest number ever given to a transaction of this partition, so that none is given twice.</summary>
    public long LastSeq { get; init; }

    /// <summary>Whether the caller is the one who keeps records, subscriptions and token.</summary>
    public bool IsWriter { get; init; }

    /// <summary>Transactions without a receipt: those of adopted partitions first, older partitions first, then the caller's own; within a partition by number.</summary>
    public ImmutableArray<StoredTransaction> Queue { get; init; } = [];

    public ImmutableArray<StoredSubscription> Subscriptions { get; init; } = [];

    /// <summary>Rejected transactions that nobody has dealt with, oldest first.</summary>
    public ImmutableArray<StoredRejection> Tray { get; init; } = [];

    /// <summary>What undo and redo need, of the caller's own partition alone, by number.</summary>
    public ImmutableArray<StoredUndoStep> UndoSteps { get; init; } = [];

    /// <summary>The place in the server's history up to which followed subscriptions are stored; null where there is none.</summary>
    public string? Token { get; init; }
}

/// <summary>A transaction's place in the queue of one client.</summary>
public readonly record struct QueuePlace(string ClientId, long Seq);

/// <summary>A transaction that waits for its receipt, with what the app calls it.</summary>
public sealed record StoredTransaction(QueuePlace Place, Transaction Transaction, string? Label);

/// <summary>A query whose records are stored.</summary>
/// <param name="Token">Up to where in the server's history they are; null where it follows the storage's own token, or nothing is known.</param>
/// <param name="IsFollowing">Whether it was kept current with the storage's own token when it was last written.</param>
/// <param name="Records">How many records it had when it was last written.</param>
/// <param name="LastUsed">When somebody last read it, by this device's clock: the least recently used go first where room is short.</param>
public sealed record StoredSubscription(Query Query, string? Token, bool IsFollowing, int Records, DateTimeOffset LastUsed);

/// <summary>A transaction that the server rejected, until somebody has dealt with it.</summary>
public sealed record StoredRejection(Transaction Transaction, string? Label, string Code, string Message, int Status, DateTimeOffset RejectedAt);

/// <summary>One transaction that can be undone or redone. Opaque to a storage.</summary>
/// <param name="Number">Its name within the partition, above 0.</param>
public sealed record StoredUndoStep(long Number, CanonicalJson Content);
