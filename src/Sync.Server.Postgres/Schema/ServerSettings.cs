using System.Globalization;
using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>What the database must be set to.</summary>
internal static class ServerSettings
{
    public const int OldestVersion = 14;

    /// <exception cref="StoreSetupException">Something is not as it must be: says what would mend it.</exception>
    public static async Task CheckAsync(NpgsqlConnection connection, PostgresDurability durability, CancellationToken cancellationToken)
    {
        var version = int.Parse(await ShowAsync(connection, "server_version_num", cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture) / 10000;
        if (version < OldestVersion) throw new StoreSetupException($"PostgreSQL {version} is too old: Sync needs {OldestVersion} or newer.");

        var encoding = await ShowAsync(connection, "server_encoding", cancellationToken).ConfigureAwait(false);
        if (encoding != "UTF8") throw new StoreSetupException($"The database keeps text as {encoding}. Sync needs UTF8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.");

        if (await ShowAsync(connection, "transaction_read_only", cancellationToken).ConfigureAwait(false) == "on")
            throw new StoreSetupException("The database takes no writes: it is a standby, or default_transaction_read_only is on. Connect to the primary (Target Session Attributes=primary).");

        if (durability != PostgresDurability.Full) return;
        const string ByName = "or ask for less by name: UsePostgres(…, o => o.Durability = PostgresDurability.AsTheDatabaseIsSet)";
        var commit = await ShowAsync(connection, "synchronous_commit", cancellationToken).ConfigureAwait(false);
        if (commit is not ("on" or "remote_apply"))
            throw new StoreSetupException($"synchronous_commit is {commit}, so a loss of power could take acknowledged writes with it: ALTER ROLE … SET synchronous_commit = on, {ByName}.");
        if (await ShowAsync(connection, "fsync", cancellationToken).ConfigureAwait(false) != "on")
            throw new StoreSetupException($"fsync is off, so a loss of power could destroy the database: turn it on in postgresql.conf, {ByName}.");
    }

    private static async Task<string> ShowAsync(NpgsqlConnection connection, string setting, CancellationToken cancellationToken) =>
        (string)(await connection.ScalarAsync($"SELECT current_setting('{setting}')", cancellationToken).ConfigureAwait(false))!;
}
