using System.Data;
using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>Single statements on a connection, for what is not a commit or a read of records.</summary>
internal static class Execution
{
    public static async Task ExecuteAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        var command = Command(connection, sql, parameters);
        await using (command.ConfigureAwait(false)) await RunAsync(connection, command.ExecuteNonQueryAsync(cancellationToken)).ConfigureAwait(false);
    }

    public static async Task ExecuteAsync(this NpgsqlConnection connection, SqlDraft sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql.Text, connection);
        await using (command.ConfigureAwait(false))
        {
            foreach (var parameter in sql.Parameters) command.Parameters.Add(parameter);
            await RunAsync(connection, command.ExecuteNonQueryAsync(cancellationToken)).ConfigureAwait(false);
        }
    }

    /// <summary>The first column of the first row; null where there is none.</summary>
    public static async Task<object?> ScalarAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        var command = Command(connection, sql, parameters);
        await using (command.ConfigureAwait(false)) return await RunAsync(connection, command.ExecuteScalarAsync(cancellationToken)).ConfigureAwait(false) is { } value and not DBNull ? value : null;
    }

    /// <summary>Npgsql tells of a connection that broke before as of a wrong use.</summary>
    private static async Task<T> RunAsync<T>(NpgsqlConnection connection, Task<T> running)
    {
        try
        {
            return await running.ConfigureAwait(false);
        }
        catch (InvalidOperationException fault) when (connection.State != ConnectionState.Open)
        {
            throw new NpgsqlException("The connection was lost.", fault);
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in parameters) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
