using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>Which of the app's tables have our triggers, and how they were made: made again only where the table or the model has changed.</summary>
internal static class Triggers
{
    /// <summary>Within the caller's transaction. Triggers that are there and fit no more are made again: what they leave in the log would lack a field.</summary>
    public static async Task BringUpToDateAsync(NpgsqlConnection connection, RelationalTable table, bool isWanted, CancellationToken cancellationToken)
    {
        var made = await connection.ScalarAsync("SELECT script FROM sync.triggers WHERE record_table = $1", cancellationToken, table.Name).ConfigureAwait(false) as string;
        if (made == TriggerScript.Install(table) || (made is null && !isWanted)) return;
        await connection.ExecuteAsync(Script(table), cancellationToken).ConfigureAwait(false);
    }

    public static async Task RemoveAsync(NpgsqlConnection connection, RelationalTable table, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(TriggerScript.Remove(table), cancellationToken).ConfigureAwait(false);
        await connection.ExecuteAsync("DELETE FROM sync.triggers WHERE record_table = $1", cancellationToken, table.Name).ConfigureAwait(false);
    }

    /// <summary>Installs them and notes how they were made.</summary>
    public static string Script(RelationalTable table)
    {
        var install = TriggerScript.Install(table);
        return $"{install}\nINSERT INTO sync.triggers (record_table, script) VALUES ({Sql.Text(table.Name)}, {Sql.Text(install)}) ON CONFLICT (record_table) DO UPDATE SET script = excluded.script;";
    }
}
