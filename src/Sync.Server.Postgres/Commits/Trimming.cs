using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>
/// Takes the oldest log entries and receipts away, behind the commits that made them too many and on a connection of its own, a bounded number in a statement: no lock is held long, and
/// one node does it at a time.
/// </summary>
internal sealed class Trimming(Database database, PostgresStoreOptions options)
{
    private const int MaxRowsAtOnce = 2000;
    private const int EntriesBetweenLooks = 1000;
    private const long TrimLock = 7239175045;

    private int _entries = EntriesBetweenLooks;
    private Task _running = Task.CompletedTask;

    /// <summary>Called behind each commit. Only a log so short that it would be full again meanwhile is waited for.</summary>
    public Task AfterCommitAsync(int entries, DateTimeOffset now)
    {
        _entries += entries;
        var isShort = options.MaxLogEntries < EntriesBetweenLooks;
        if (!isShort && (_entries < EntriesBetweenLooks || !_running.IsCompleted)) return Task.CompletedTask;
        _entries = 0;
        _running = Task.Run(() => TrimAsync(now));
        return isShort ? _running : Task.CompletedTask;
    }

    /// <summary>Waits for the one that is running.</summary>
    public Task EndAsync() => _running;

    private async Task TrimAsync(DateTimeOffset now)
    {
        try
        {
            var connection = await database.OpenAsync(CancellationToken.None).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                while (await TrimLogAsync(connection, now - options.MaxLogAge).ConfigureAwait(false) || await TrimReceiptsAsync(connection, now - options.MaxReceiptAge).ConfigureAwait(false)) { }
            }
        }
        catch (Exception fault) when (Faults.IsOfTheDatabase(fault))
        {
            // The next commits ask again.
        }
    }

    private Task<bool> TrimLogAsync(NpgsqlConnection connection, DateTimeOffset before) => TrimAsync(
        connection,
        $"""
        WITH w AS ({LastOf("sync.log", "revision")}),
        histories AS (DELETE FROM sync.history AS h USING w WHERE h.revision <= w.last),
        gone AS (DELETE FROM sync.log AS l USING w WHERE l.revision <= w.last RETURNING 1)
        SELECT count(*) FROM gone
        """,
        before,
        options.MaxLogEntries);

    private Task<bool> TrimReceiptsAsync(NpgsqlConnection connection, DateTimeOffset before) => TrimAsync(
        connection,
        $"""
        WITH w AS ({LastOf("sync.receipts", "place")}),
        gone AS (DELETE FROM sync.receipts AS r USING w WHERE r.place <= w.last RETURNING 1)
        SELECT count(*) FROM gone
        """,
        before,
        options.MaxReceipts);

    /// <summary>From the old end up to the first row that stays, so that what is left has no gaps. The newest stays whatever its age: a place in the log can always be compared with it.</summary>
    private static string LastOf(string table, string place) => $"""
        SELECT least(bounds.newest - 1, bounds.oldest + $3 - 1, greatest(bounds.newest - $2, coalesce(
            (SELECT min(o.place) - 1 FROM (SELECT {place} AS place, at FROM {table} ORDER BY {place} LIMIT $3) AS o WHERE o.at >= $1), bounds.newest))) AS last
        FROM (SELECT min({place}) AS oldest, max({place}) AS newest FROM {table}) AS bounds WHERE pg_try_advisory_xact_lock({TrimLock})
        """;

    private static async Task<bool> TrimAsync(NpgsqlConnection connection, string sql, DateTimeOffset before, int max) =>
        await connection.ScalarAsync(sql, CancellationToken.None, before.UtcDateTime, (long)max, (long)MaxRowsAtOnce).ConfigureAwait(false) is long and >= MaxRowsAtOnce;
}
