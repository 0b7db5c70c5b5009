using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>Stores in PostgreSQL databases for an app that keeps several: what its <see cref="IStoreResolver"/> gives. With one store, call <c>UsePostgres(…)</c>.</summary>
public static class PostgresStore
{
    /// <summary>A store in one database, not opened. As <see cref="PostgresSyncServerBuilderExtensions.UsePostgres(SyncServerBuilder, string, Action{PostgresStoreOptions}?)"/>.</summary>
    /// <param name="connectionString">Of the tenant's database.</param>
    /// <param name="configure">How the data is kept.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public static ITransactionStore Create(string connectionString, Action<PostgresStoreOptions>? configure = null, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        return Create(configure, time, options => new Database(connectionString, options));
    }

    /// <summary>The same, over the app's own data source. The app disposes of it.</summary>
    public static ITransactionStore Create(NpgsqlDataSource dataSource, Action<PostgresStoreOptions>? configure = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        return Create(configure, time, options => new Database(dataSource, options));
    }

    private static PostgresTransactionStore Create(Action<PostgresStoreOptions>? configure, TimeProvider? time, Func<PostgresStoreOptions, Database> open)
    {
        var options = new PostgresStoreOptions();
        configure?.Invoke(options);
        return new PostgresTransactionStore(open(options), options, time ?? TimeProvider.System);
    }
}
