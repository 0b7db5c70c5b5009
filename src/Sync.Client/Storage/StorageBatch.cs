using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>What changes together: confirmed records put and removed, transactions queued and settled, and the client's own id and number.</summary>
public sealed record StorageBatch
{
    /// <summary>Replace whatever is stored under their keys, whatever its version.</summary>
    public ImmutableArray<Record> Puts { get; init; } = [];
    public ImmutableArray<RecordKey> Removes { get; init; } = [];
    public ImmutableArray<StoredTransaction> Queued { get; init; } = [];

    /// <summary>Numbers of transactions that have their receipt.</summary>
    public ImmutableArray<long> Settled { get; init; } = [];

    /// <summary>Set where it changed.</summary>
    public string? ClientId { get; init; }

    /// <summary>The highest number given so far; 0 where it did not change.</summary>
    public long LastSeq { get; init; }
}
