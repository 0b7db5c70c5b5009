using Microsoft.Data.Sqlite;

namespace TaskApp.Data;

/// <summary>The app's SQLite file: made and filled with examples by two scripts at the first start, and brought up to date by a third.</summary>
internal static class SqliteTasks
{
    /// <summary>Makes the tables where there are none. Returns the file's path.</summary>
    public static string Prepare(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "tasks.db");
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using var transaction = connection.BeginTransaction();
        if (!Exists(connection, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'tasks'"))
        {
            Run(connection, Scripts.Read("Sqlite.schema.sql"));
            Run(connection, Scripts.Read("Sqlite.seed.sql"));
        }
        if (!Exists(connection, "SELECT 1 FROM pragma_table_info('workspaces') WHERE name = 'viewer_ids'")) Run(connection, Scripts.Read("Sqlite.add-viewers.sql"));

        transaction.Commit();
        return path;
    }

    private static bool Exists(SqliteConnection connection, string select)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT EXISTS ({select})";
        return command.ExecuteScalar() is 1L;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
