using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>
/// The triggers that let plain SQL take part in sync: psql, another service, EF Core, a migration. With them a row that such SQL changes goes up in version, and clients see each transaction
/// whole and in order. <see cref="PostgresStoreOptions.FollowPlainSql"/> installs them at the server's start; here they can be installed and removed by hand.
/// </summary>
public static class PostgresTriggers
{
    /// <summary>Installs them on the app's own tables of the model, and the schema <c>sync</c> where it is not there. May be called again.</summary>
    /// <exception cref="StoreSetupException">The database does not fit the model.</exception>
    public static Task InstallAsync(NpgsqlDataSource dataSource, SyncModel model, Action<PostgresStoreOptions>? configure = null, CancellationToken cancellationToken = default) =>
        ForEachTableAsync(dataSource, model, configure, (connection, table) => Triggers.BringUpToDateAsync(connection, table, isWanted: true, cancellationToken), cancellationToken);

    /// <summary>Takes them away. What plain SQL writes afterwards is seen by nobody until a server reads it.</summary>
    /// <exception cref="StoreSetupException">The database does not fit the model.</exception>
    public static Task RemoveAsync(NpgsqlDataSource dataSource, SyncModel model, Action<PostgresStoreOptions>? configure = null, CancellationToken cancellationToken = default) =>
        ForEachTableAsync(dataSource, model, configure, (connection, table) => Triggers.RemoveAsync(connection, table, cancellationToken), cancellationToken);

    /// <summary>
    /// The SQL of all that a server would make at its start, triggers included: for a migration, where the role that the app runs as may make nothing. It fits the app's tables as they are now.
    /// </summary>
    /// <exception cref="StoreSetupException">The database does not fit the model.</exception>
    public static async Task<string> ScriptAsync(NpgsqlDataSource dataSource, SyncModel model, Action<PostgresStoreOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var found = await FindAsync(connection, model, configure, cancellationToken).ConfigureAwait(false);
            var schema = await StoreSchema.PendingAsync(connection, cancellationToken).ConfigureAwait(false);
            IEnumerable<string> scripts = [.. schema, .. found.Documents.SelectMany(table => new DocumentTable(table).Script).Select(sql => sql + ";"), .. found.Tables.Select(Triggers.Script)];
            return string.Join("\n\n", scripts);
        }
    }

    private static async Task ForEachTableAsync(
        NpgsqlDataSource dataSource, SyncModel model, Action<PostgresStoreOptions>? configure, Func<NpgsqlConnection, RelationalTable, Task> act, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await StoreSchema.MigrateAsync(connection, cancellationToken).ConfigureAwait(false);
                var found = await FindAsync(connection, model, configure, cancellationToken).ConfigureAwait(false);
                foreach (var table in found.Tables) await act(connection, table).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task<RelationalTables> FindAsync(NpgsqlConnection connection, SyncModel model, Action<PostgresStoreOptions>? configure, CancellationToken cancellationToken)
    {
        var options = new PostgresStoreOptions();
        configure?.Invoke(options);
        var problems = new SetupProblems();
        var found = await RelationalTables.FindAsync(connection, model, options, problems, cancellationToken).ConfigureAwait(false);
        problems.ThrowIfAny(connection.Database);
        return found;
    }
}
