using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>Which of the app's tables have our triggers, and how they were made: made again only where the table or the model has changed.</summary>
internal static class Triggers
{
    /// <summary>Within the caller's transaction. Triggers that are there and fit no more are made again: what they leave in the log would lack a field.</summary>
    public static async Task BringUpToDateAsync(NpgsqlConnection connection, RelationalTable table, bool isWanted, CancellationToken cancellationToken)
    {
        var script = TriggerScript.Install(table);
        var made = await connection.ScalarAsync("SELECT script FROM sync.triggers WHERE record_table = $1", cancellationToken, table.Name).ConfigureAwait(false) as string;
        if (made == script || (made is null && !isWanted)) return;
        await InstallAsync(connection, table, script, cancellationToken).ConfigureAwait(false);
    }

    public static async Task RemoveAsync(NpgsqlConnection connection, RelationalTable table, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(TriggerScript.Remove(table), cancellationToken).ConfigureAwait(false);
        await connection.ExecuteAsync("DELETE FROM sync.triggers WHERE record_table = $1", cancellationToken, table.Name).ConfigureAwait(false);
    }

    private static async Task InstallAsync(NpgsqlConnection connection, RelationalTable table, string script, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(script, cancellationToken).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "INSERT INTO sync.triggers (record_table, script) VALUES ($1, $2) ON CONFLICT (record_table) DO UPDATE SET script = excluded.script", cancellationToken, table.Name, script).ConfigureAwait(false);
    }
}
