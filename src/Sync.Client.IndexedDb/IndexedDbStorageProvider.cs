using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;

namespace Sync.Client.IndexedDb;

/// <summary>Opens the databases whose names begin with the app's name for them.</summary>
[SupportedOSPlatform("browser")]
internal sealed class IndexedDbStorageProvider(string name, IndexedDbStorageOptions options, ILogger logger) : IRecordStorageProvider
{
    private bool _hasAskedToPersist;

    public async ValueTask<IRecordStorage> OpenAsync(StorageName storageName, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await StorageModule.ImportAsync(cancellationToken).ConfigureAwait(false);
        await AskToPersistAsync().ConfigureAwait(false);
        var database = await Database.OpenAsync(NameOf(storageName), options.IsStrict).ConfigureAwait(false);
        return new IndexedDbRecordStorage(database, StorageLocks.Of(database.Name, logger));
    }

    internal string NameOf(StorageName storageName) => $"{name}-{storageName.ToKey()}";

    private async Task AskToPersistAsync()
    {
        if (_hasAskedToPersist || !options.AsksToPersist) return;
        _hasAskedToPersist = true;
        var isKept = await StorageModule.PersistAsync().ConfigureAwait(false);
        if (!isKept) StorageLog.MayBeCleared(logger);
    }
}
