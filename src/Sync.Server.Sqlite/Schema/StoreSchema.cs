using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sync.Server.Sqlite;

/// <summary>Our own tables, made by the numbered scripts of this folder.</summary>
internal static class StoreSchema
{
    public const int Newest = 2;
    private const int TokenKeyBytes = 32;
    private const int StoreIdBytes = 16;

    /// <summary>Looks at a file without changing it: is it a database, in UTF-8, and of a version that this package knows?</summary>
    /// <exception cref="StoreSetupException">It is not.</exception>
    public static void CheckAsFound(SqliteSession session, string path)
    {
        try
        {
            if (VersionOf(session) is var version and > Newest)
            {
                throw new StoreSetupException(
                    $"{path} was made by a newer version of Sync.Server.Sqlite (schema {version}, this one knows {Newest}). Nothing was changed. Update the package, or use a copy of the file from before.");
            }

            if (session.Scalar("PRAGMA encoding") is { } encoding and not "UTF-8")
                throw new StoreSetupException($"{path} keeps text as {encoding}. Sync needs UTF-8: make a new file (PRAGMA encoding is UTF-8 by default) and copy the tables into it.");
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT)
        {
            throw new StoreSetupException($"{path} is not a readable SQLite database.", fault);
        }
    }

    /// <summary>Brings the tables to the newest version, in one transaction a script.</summary>
    public static void Migrate(SqliteSession session)
    {
        for (var version = VersionOf(session) + 1; version <= Newest; version++)
        {
            session.Prepare("BEGIN IMMEDIATE").Run();
            try
            {
                session.Execute(Script(version));
                session.Execute($"DELETE FROM sync_schema; INSERT INTO sync_schema (version) VALUES ({version});");
                if (version == 1) WriteIdentity(session);
                session.Prepare("COMMIT").Run();
            }
            finally
            {
                session.Rollback();
            }
        }
    }

    public static byte[] ReadTokenKey(SqliteSession session)
    {
        var statement = session.Prepare("SELECT value FROM sync_meta WHERE name = 'token_key'");
        if (!statement.Step()) throw new StoreSetupException("The row token_key of sync_meta is gone: clients' tokens cannot be read without it. Restore the file.");
        var key = statement.Bytes(0).ToArray();
        statement.Reset();
        return key;
    }

    private static int VersionOf(SqliteSession session)
    {
        if (session.Scalar("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'sync_schema'") is null) return 0;
        return int.Parse(session.Scalar("SELECT max(version) FROM sync_schema") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void WriteIdentity(SqliteSession session)
    {
        var insert = session.Prepare("INSERT INTO sync_meta (name, value) VALUES (?1, ?2)");
        insert.BindText(1, "store_id").BindBlob(2, RandomNumberGenerator.GetBytes(StoreIdBytes)).Run();
        insert.BindText(1, "token_key").BindBlob(2, RandomNumberGenerator.GetBytes(TokenKeyBytes)).Run();
    }

    private static string Script(int version)
    {
        var name = $"Sync.Server.Sqlite.Schema.{version:000}.sql";
        using var stream = typeof(StoreSchema).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The package lacks its script {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
