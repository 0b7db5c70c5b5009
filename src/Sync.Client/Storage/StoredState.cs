using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>What a storage holds when it is opened.</summary>
public sealed record StoredState
{
    public static StoredState Empty { get; } = new();

    /// <summary>The id under which this device numbers its transactions; null in a new storage.</summary>
    public string? ClientId { get; init; }

    /// <summary>The highest number ever given to a transaction, so that none is given twice.</summary>
    public long LastSeq { get; init; }

    /// <summary>Confirmed records.</summary>
    public ImmutableArray<Record> Records { get; init; } = [];

    /// <summary>Transactions without a receipt, oldest first.</summary>
    public ImmutableArray<StoredTransaction> Queue { get; init; } = [];
}

/// <summary>A transaction that waits for its receipt, with what the app calls it.</summary>
public sealed record StoredTransaction(long Seq, Transaction Transaction, string? Label);
