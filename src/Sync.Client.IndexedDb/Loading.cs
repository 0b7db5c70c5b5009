using System.Collections.Immutable;
using System.Runtime.Versioning;

namespace Sync.Client.IndexedDb;

/// <summary>
/// Takes a partition and the others that nobody owns any more. In order: look which partitions there are; take the locks that are free; read what is
/// stored, which now stands still; see that all of it can be read; claim it. So nothing is changed where something cannot be read.
/// </summary>
[SupportedOSPlatform("browser")]
internal static class Loading
{
    public static async Task<(Held Held, StoredState State)> RunAsync(Database database, StorageLocks locks, string newClientId)
    {
        var taken = new List<OwnedPartition>();
        StorageLock? writer = null;
        var loading = await locks.TakeLoadingAsync().ConfigureAwait(false);
        try
        {
            taken = await TakeAbandonedAsync(database, locks, []).ConfigureAwait(false);
            var content = await StoredContent.ReadAsync(database).ConfigureAwait(false);
            if (taken.Count == 0) taken.Add(await AddAsync(database, locks, newClientId, newClientId).ConfigureAwait(false));
            writer = await locks.TryTakeWriterAsync().ConfigureAwait(false);

            var empty = taken.SkipLast(1).Where(partition => content.QueueOf(partition.Stored.ClientId).IsEmpty).ToList();
            var held = new Held(newClientId, [.. taken.Except(empty).Select(partition => partition with { Stored = partition.Stored with { Owner = newClientId } })], writer);
            await database.WriteAsync(Claim(held, empty)).ConfigureAwait(false);
            foreach (var left in empty) await left.Lock.ReleaseAsync().ConfigureAwait(false);
            return (held, content.StateOf(held));
        }
        catch
        {
            foreach (var partition in taken) await partition.Lock.ReleaseAsync().ConfigureAwait(false);
            if (writer is not null) await writer.ReleaseAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            await loading.ReleaseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A new partition, the newest of all, locked and not written yet. The caller holds the lock on loading.</summary>
    public static async Task<OwnedPartition> AddAsync(Database database, StorageLocks locks, string clientId, string owner)
    {
        var known = await PartitionsAsync(database).ConfigureAwait(false);
        var taken = await locks.TryTakePartitionAsync(clientId).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"The client id {clientId} is in use by another client. An id is given once.");
        return new OwnedPartition(new StoredPartition(clientId, owner, known is [.., var newest] ? newest.Place + 1 : 1, LastSeq: 0), taken);
    }

    /// <summary>Those that nobody holds, the oldest first, now locked by the caller.</summary>
    public static async Task<List<OwnedPartition>> TakeAbandonedAsync(Database database, StorageLocks locks, IReadOnlyCollection<OwnedPartition> own)
    {
        var free = new Dictionary<string, StorageLock>(StringComparer.Ordinal);
        foreach (var partition in await PartitionsAsync(database).ConfigureAwait(false))
        {
            if (own.Any(one => one.Stored.ClientId == partition.ClientId)) continue;
            if (await locks.TryTakePartitionAsync(partition.ClientId).ConfigureAwait(false) is { } taken) free.Add(partition.ClientId, taken);
        }
        if (free.Count == 0) return [];

        // Looked at again behind the locks: its owner may have written to it, or given it up, before it let go.
        var partitions = (await PartitionsAsync(database).ConfigureAwait(false)).Where(partition => free.ContainsKey(partition.ClientId)).ToList();
        foreach (var gone in free.Keys.Except(partitions.Select(partition => partition.ClientId))) await free[gone].ReleaseAsync().ConfigureAwait(false);
        return [.. partitions.Select(partition => new OwnedPartition(partition, free[partition.ClientId]))];
    }

    private static PackedWrite Claim(Held held, IEnumerable<OwnedPartition> empty)
    {
        var write = new PackedWrite(held.Owner, [], WriterCheck.None);
        foreach (var partition in held.Partitions) write.Put(partition.Stored);
        foreach (var adopted in held.Partitions.SkipLast(1)) write.RemoveUnder(Stored.UndoSteps, adopted.Stored.ClientId);
        foreach (var partition in empty) write.RemovePartition(partition.Stored.ClientId);
        if (held.Writer is not null) write.Put(StoredContent.Writer, held.Owner);
        return write;
    }

    private static async Task<List<StoredPartition>> PartitionsAsync(Database database)
    {
        var values = await database.ReadAsync(Stored.Partitions).ConfigureAwait(false);
        return [.. database.Parse(() => values[0].Select(StoredValues.ReadPartition).ToList()).OrderBy(partition => partition.Place)];
    }
}
