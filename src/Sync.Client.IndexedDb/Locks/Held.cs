using System.Collections.Immutable;
using System.Runtime.Versioning;

namespace Sync.Client.IndexedDb;

/// <summary>What one open storage holds.</summary>
/// <param name="Owner">Which loading it was: what stands in the database as the owner of all of this.</param>
/// <param name="Partitions">Adopted ones, the oldest first, then the client's own; none before it was loaded.</param>
/// <param name="Writer">The lock on the writer's place; null where somebody else has it.</param>
[SupportedOSPlatform("browser")]
internal sealed record Held(string Owner, ImmutableArray<OwnedPartition> Partitions, StorageLock? Writer)
{
    public static Held Nothing { get; } = new("", [], null);

    public OwnedPartition Own => Partitions is [.., var own] ? own : throw new InvalidOperationException("Nothing is loaded: call LoadAsync first.");

    public IEnumerable<StorageLock> Locks => Partitions.Select(partition => partition.Lock).Concat(Writer is null ? [] : [Writer]);

    public bool Owns(string clientId) => Partitions.Any(partition => partition.Stored.ClientId == clientId);

    public Held With(OwnedPartition own) => this with { Partitions = Partitions.SetItem(Partitions.Length - 1, own) };

    /// <summary>A write that is refused where a partition is not its owner's any more.</summary>
    public PackedWrite Write(WriterCheck check) => new(Owner, [.. Partitions.Select(partition => partition.Stored.ClientId)], check);
}

/// <summary>A partition of the queue that this client owns, its own or an adopted one.</summary>
[SupportedOSPlatform("browser")]
internal sealed record OwnedPartition(StoredPartition Stored, StorageLock Lock)
{
    public OwnedPartition Numbered(long lastSeq) => this with { Stored = Stored with { LastSeq = Math.Max(Stored.LastSeq, lastSeq) } };
}
