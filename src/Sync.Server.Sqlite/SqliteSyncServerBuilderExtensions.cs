namespace Sync.Server.Sqlite;

public static class SqliteSyncServerBuilderExtensions
{
    /// <summary>
    /// Keeps the server's data in one SQLite file, which is made where there is none. Registered tables that the file has stay in the app's own tables; the
    /// others get document tables. One server process a file: a second one is refused.
    /// </summary>
    public static SyncServerBuilder UseSqlite(this SyncServerBuilder builder, string path, Action<SqliteStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return builder.UseStore(_ => SqliteStore.Create(path, configure));
    }
}
