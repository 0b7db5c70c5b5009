using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sync.Client.Sqlite;

/// <summary>The tables of a storage, made by the numbered scripts of this folder. <c>user_version</c> is the number of the newest one.</summary>
internal static class StorageSchema
{
    public const int Newest = 2;

    // "Sync", so that a database of somebody else is not taken for ours.
    private const int ApplicationId = 0x53796E63;

    private const int SmallestPageBytes = 512;

    /// <summary>Looks at a file without changing it: is it there, whole as far as can be seen at a glance, and of a version that this package knows?</summary>
    /// <exception cref="StorageFormatException">It is not.</exception>
    public static void CheckAsFound(string path)
    {
        if (!File.Exists(path)) return;
        FinishRollback(path);
        var length = new FileInfo(path).Length;
        if (length == 0) return;
        if (length < SmallestPageBytes) throw Damaged(path);
        try
        {
            // A reader neither mends a journal that a crash left behind nor puts it into the file when it closes. The file is opened by SQLite alone: its locks
            // are the process's, and the system drops all of them when any other hand of this process closes the file.
            using var found = SqliteSession.Open(path, SqliteOpenMode.ReadOnly, TimeSpan.FromSeconds(1));

            // All of it at one time: another process may be making the tables.
            found.Execute("BEGIN");
            var version = VersionOf(found);
            if (version > Newest)
            {
                throw new StorageFormatException(
                    $"{path} was made by a newer version of Sync.Client.Sqlite (schema {version}, this one knows {Newest}). It was left as it is, unsent writes included. Update the app.");
            }
            // A crash while the file was made leaves an empty database, which is ours.
            var isOurs = found.Scalar("PRAGMA application_id") == ApplicationId.ToString(CultureInfo.InvariantCulture) || found.Scalar("SELECT 1 FROM sqlite_master LIMIT 1") is null;
            if (!isOurs) throw new StorageFormatException($"{path} is a SQLite database, but not one of Sync.Client.Sqlite. It was left as it is. Give UseSqlite a folder of its own.");
            if (version > 0) found.Scalar("SELECT last_opening FROM state");
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT or raw.SQLITE_ERROR)
        {
            throw Damaged(path, fault);
        }
    }

    /// <summary>Brings the tables to the newest version, in one transaction a script.</summary>
    public static void Migrate(SqliteSession session)
    {
        while (VersionOf(session) < Newest)
        {
            session.Execute("BEGIN IMMEDIATE");
            try
            {
                var version = VersionOf(session) + 1;
                if (version <= Newest)
                {
                    session.Execute(Script(version));
                    session.Execute($"PRAGMA application_id={ApplicationId}; PRAGMA user_version={version}");
                }
                session.Execute("COMMIT");
            }
            finally
            {
                session.TryRollback();
            }
        }
    }

    public static StorageFormatException Damaged(string path, Exception? fault = null) => new(
        $"{path} is damaged and cannot be read. It was left as it is. Move it away to start anew from the server; writes that were not sent yet are in it, so keep it if they matter.", fault);

    /// <summary>
    /// A crash between the first write of a new file and its switch to WAL leaves a rollback journal, which only a writer can take back. Until then the file
    /// is anything, so this comes before it is judged.
    /// </summary>
    private static void FinishRollback(string path)
    {
        var journal = new FileInfo(path + "-journal");
        if (!journal.Exists || journal.Length == 0) return;
        try
        {
            using var mending = SqliteSession.Open(path, SqliteOpenMode.ReadWrite, TimeSpan.FromSeconds(1));
            VersionOf(mending);
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT)
        {
            throw Damaged(path, fault);
        }
    }

    private static int VersionOf(SqliteSession session) => int.Parse(session.Scalar("PRAGMA user_version")!, CultureInfo.InvariantCulture);

    private static string Script(int version)
    {
        var name = $"Sync.Client.Sqlite.Schema.{version:000}.sql";
        using var stream = typeof(StorageSchema).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The package lacks its script {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
