using Npgsql;

namespace TaskApp.Data;

/// <summary>The app's tables in PostgreSQL: made and filled with examples at the first start, by one of the processes that start.</summary>
internal static class PostgresTasks
{
    private const long SetupLock = 5080;

    /// <summary>Makes the tables where there are none. Returns the connection string.</summary>
    public static string Prepare(string connectionString)
    {
        using var connection = new NpgsqlConnection(connectionString);
        connection.Open();
        using var transaction = connection.BeginTransaction();
        Run(connection, $"SELECT pg_advisory_xact_lock({SetupLock})");
        using (var exists = new NpgsqlCommand("SELECT to_regclass('tasks') IS NOT NULL", connection))
        {
            if (exists.ExecuteScalar() is true) return connectionString;
        }

        Run(connection, Scripts.Read("Postgres.schema.sql"));
        Run(connection, Scripts.Read("Postgres.seed.sql"));
        transaction.Commit();
        return connectionString;
    }

    private static void Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
