using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Sync.Client.IndexedDb;

public static class IndexedDbSyncClientBuilderExtensions
{
    /// <summary>Keeps records and unsent writes in the browser, one IndexedDB database for each server, tenant and user. Several tabs may share it.</summary>
    /// <param name="name">What the names of the databases begin with. Apps of one origin take different ones.</param>
    public static SyncClientBuilder UseIndexedDb(this SyncClientBuilder builder, string name, Action<IndexedDbStorageOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var options = new IndexedDbStorageOptions();
        configure?.Invoke(options);
        return builder.UseStorage(services =>
        {
            if (!OperatingSystem.IsBrowser()) throw new PlatformNotSupportedException("UseIndexedDb works in a browser. Elsewhere use UseSqlite (package Sync.Client.Sqlite) or UseInMemory().");
            var logger = services.GetService<ILoggerFactory>()?.CreateLogger("Sync.Client.IndexedDb") ?? NullLogger.Instance;
            return new IndexedDbStorageProvider(name, options, logger);
        });
    }
}
