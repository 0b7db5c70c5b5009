namespace Sync.Server.Sqlite;

/// <summary>Stores in SQLite files for an app that keeps several: what its <see cref="IStoreResolver"/> gives. With one store, call <c>UseSqlite(…)</c>.</summary>
public static class SqliteStore
{
    /// <summary>A store in one file, not opened. As <see cref="SqliteSyncServerBuilderExtensions.UseSqlite"/>.</summary>
    public static ITransactionStore Create(string path, Action<SqliteStoreOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var options = new SqliteStoreOptions();
        configure?.Invoke(options);
        return new SqliteTransactionStore(path, options);
    }
}
