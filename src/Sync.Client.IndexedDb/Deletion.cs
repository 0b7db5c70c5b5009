using System.Runtime.Versioning;

namespace Sync.Client.IndexedDb;

/// <summary>Removes all but the partitions of others that run.</summary>
[SupportedOSPlatform("browser")]
internal static class Deletion
{
    public static async Task RunAsync(Database database, StorageLocks locks, Held held)
    {
        var loading = await locks.TakeLoadingAsync().ConfigureAwait(false);
        var abandoned = new List<OwnedPartition>();
        try
        {
            abandoned = await Loading.TakeAbandonedAsync(database, locks, held.Partitions).ConfigureAwait(false);
            var write = held.Write(WriterCheck.All);
            write.RemoveAll(Stored.Records).RemoveAll(Stored.Subscriptions).RemoveAll(Stored.Tray).Remove(Stored.State, StoredContent.Token);
            foreach (var partition in held.Partitions.Concat(abandoned)) write.RemovePartition(partition.Stored.ClientId);
            await database.WriteAsync(write).ConfigureAwait(false);
        }
        finally
        {
            foreach (var partition in abandoned) await partition.Lock.ReleaseAsync().ConfigureAwait(false);
            await loading.ReleaseAsync().ConfigureAwait(false);
        }
    }
}
