using System.Security.Cryptography;
using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>Our own tables, made by the numbered scripts of this folder.</summary>
internal static class StoreSchema
{
    public const int Newest = 1;
    private const int TokenKeyBytes = 32;
    private const long SetupLock = 7239175044;

    /// <summary>Brings the tables to the newest version. Within the caller's transaction, of which there is one at a time, however many nodes start at once.</summary>
    /// <exception cref="StoreSetupException">The database was made by a newer version.</exception>
    public static async Task MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync($"SELECT pg_advisory_xact_lock({SetupLock})", cancellationToken).ConfigureAwait(false);
        var found = await VersionAsync(connection, cancellationToken).ConfigureAwait(false);
        if (found > Newest)
        {
            throw new StoreSetupException(
                $"The schema sync was made by a newer version of Sync.Server.Postgres (schema {found}, this one knows {Newest}). Nothing was changed. Update the package, or use a copy of the database from before.");
        }

        for (var version = found + 1; version <= Newest; version++)
        {
            foreach (var sql in Scripts(version)) await connection.ExecuteAsync(sql, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What brings the tables from a version to the newest.</summary>
    public static async Task<IReadOnlyList<string>> PendingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var found = await VersionAsync(connection, cancellationToken).ConfigureAwait(false);
        return [.. Enumerable.Range(found + 1, Math.Max(0, Newest - found)).SelectMany(Scripts)];
    }

    private static IEnumerable<string> Scripts(int version)
    {
        yield return Script(version);
        yield return $"DELETE FROM sync.schema; INSERT INTO sync.schema (version) VALUES ({version});";
        if (version == 1) yield return $"INSERT INTO sync.meta (name, value) VALUES ('token_key', decode('{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenKeyBytes))}', 'hex'));";
    }

    public static async Task<byte[]> ReadTokenKeyAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await connection.ScalarAsync("SELECT value FROM sync.meta WHERE name = 'token_key'", cancellationToken).ConfigureAwait(false) as byte[]
        ?? throw new StoreSetupException("The row token_key of sync.meta is gone: clients' tokens cannot be read without it. Restore the table.");

    private static async Task<int> VersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await connection.ScalarAsync("SELECT to_regclass('sync.schema')::text", cancellationToken).ConfigureAwait(false) is null) return 0;
        return await connection.ScalarAsync("SELECT max(version) FROM sync.schema", cancellationToken).ConfigureAwait(false) as int? ?? 0;
    }

    private static string Script(int version)
    {
        var name = $"Sync.Server.Postgres.Schema.{version:000}.sql";
        using var stream = typeof(StoreSchema).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The package lacks its script {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
