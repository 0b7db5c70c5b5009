using System.Collections.Immutable;

namespace Sync.Client.Sqlite;

/// <summary>What one open storage holds at one time.</summary>
/// <param name="Opening">Its number in the database.</param>
/// <param name="Partitions">Adopted ones, the oldest first, then the client's own; none before it was loaded.</param>
/// <param name="Writer">The lock on the writer's place; null where somebody else has it.</param>
internal sealed record Held(long Opening, ImmutableArray<OwnedPartition> Partitions, FileLock? Writer)
{
    public static Held Nothing { get; } = new(0, [], null);

    public OwnedPartition Own => Partitions is [.., var own] ? own : throw new InvalidOperationException("Nothing is loaded: call LoadAsync first.");

    public OwnedPartition? Find(string clientId) => Partitions.FirstOrDefault(partition => partition.ClientId == clientId);
}

/// <summary>A partition of the queue that this client owns, its own or an adopted one.</summary>
internal sealed record OwnedPartition(long Place, string ClientId, FileLock Lock);
