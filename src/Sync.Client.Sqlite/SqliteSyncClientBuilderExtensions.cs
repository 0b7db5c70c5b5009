using Microsoft.Extensions.DependencyInjection;

namespace Sync.Client.Sqlite;

public static class SqliteSyncClientBuilderExtensions
{
    /// <summary>
    /// Keeps records and unsent writes in a folder on disk, one SQLite file for each server, tenant and user. The folder is made where there is none; nothing
    /// else should write there. Several processes may share it.
    /// </summary>
    public static SyncClientBuilder UseSqlite(this SyncClientBuilder builder, string folder, Action<SqliteStorageOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var options = new SqliteStorageOptions();
        configure?.Invoke(options);
        options.Check();
        return builder.UseStorage(services => new SqliteStorageProvider(folder, options, services.GetService<TimeProvider>() ?? TimeProvider.System));
    }
}
