using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;

namespace Sync.Client.IndexedDb;

/// <summary>
/// What tells tabs from each other: Web Locks, which the browser frees when a tab ends. Where a page has none, nobody can know who still runs, so whoever
/// loads last takes everything, and the one before is refused when it writes and when it loads again.
/// </summary>
[SupportedOSPlatform("browser")]
internal sealed class StorageLocks
{
    private readonly string _database;

    private StorageLocks(string database, bool areThere) => (_database, AreThere) = (database, areThere);

    public bool AreThere { get; }

    public static StorageLocks Of(string database, ILogger logger)
    {
        var areThere = StorageModule.HasLocks();
        if (!areThere) StorageLog.NoLocks(logger);
        return new StorageLocks(database, areThere);
    }

    public Task<StorageLock?> TryTakePartitionAsync(string clientId) => TryTakeAsync($"partition {clientId}");

    public Task<StorageLock?> TryTakeWriterAsync() => TryTakeAsync("writer");

    /// <summary>Held while partitions are looked through, for a short while.</summary>
    public async Task<StorageLock> TakeLoadingAsync() => new(AreThere ? await StorageModule.WaitForLockAsync(NameOf("loading")).ConfigureAwait(false) : 0);

    private async Task<StorageLock?> TryTakeAsync(string what)
    {
        if (!AreThere) return new StorageLock(0);
        var number = await StorageModule.TryLockAsync(NameOf(what)).ConfigureAwait(false);
        return number == 0 ? null : new StorageLock(number);
    }

    private string NameOf(string what) => $"{_database} {what}";
}

/// <summary>A lock that this tab holds; 0 stands for one on a page that has none.</summary>
[SupportedOSPlatform("browser")]
internal sealed record StorageLock(int Number)
{
    public Task ReleaseAsync() => Number == 0 ? Task.CompletedTask : StorageModule.UnlockAsync(Number);
}
