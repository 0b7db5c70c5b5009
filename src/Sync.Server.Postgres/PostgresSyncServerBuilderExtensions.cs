using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Sync.Server.Postgres;

public static class PostgresSyncServerBuilderExtensions
{
    /// <summary>
    /// Keeps the server's data in a PostgreSQL database, which any number of servers may share. Registered tables that the database has stay in the app's own tables; the
    /// others get document tables. Our own tables stand in the schema <c>sync</c>.
    /// </summary>
    public static SyncServerBuilder UsePostgres(this SyncServerBuilder builder, string connectionString, Action<PostgresStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        return builder.UseStore(services => PostgresStore.Create(connectionString, configure, services.GetService<TimeProvider>()));
    }

    /// <summary>The same, over the app's own data source, which the app disposes of. Statements are prepared only where it says so: <c>Max Auto Prepare=256</c> in its connection string makes commits cheaper.</summary>
    public static SyncServerBuilder UsePostgres(this SyncServerBuilder builder, NpgsqlDataSource dataSource, Action<PostgresStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dataSource);
        return builder.UseStore(services => PostgresStore.Create(dataSource, configure, services.GetService<TimeProvider>()));
    }
}
