namespace Sync.Server.Sqlite;

/// <summary>Takes the oldest log entries and receipts away, a bounded number at a time, within the commit that made them too many.</summary>
internal sealed class Trimming(SqliteStoreOptions options)
{
    private const int MaxTrimmedAtOnce = 4096;
    private const int CommitsBetweenLooksAtAge = 64;
    private const int SlackDivisor = 16;

    private int _commits;

    public void AfterCommit(SqliteSession session, DateTimeOffset now)
    {
        var looksAtAge = _commits++ % CommitsBetweenLooksAtAge == 0;
        Trim(session, "sync_log", "revision", options.MaxLogEntries, looksAtAge ? now - options.MaxLogAge : null);
        Trim(session, "sync_receipts", "place", options.MaxReceipts, looksAtAge ? now - options.MaxReceiptAge : null);
    }

    /// <summary>Always from the old end, up to the first that stays: what is left has no gaps. The newest stays whatever its age.</summary>
    private static void Trim(SqliteSession session, string table, string place, int maxRows, DateTimeOffset? before)
    {
        var bounds = session.Prepare($"SELECT (SELECT min({place}) FROM {table}), (SELECT max({place}) FROM {table})");
        bounds.Step();
        var (oldest, newest) = (bounds.Int64(0), bounds.Int64(1));
        bounds.Reset();

        var last = newest - maxRows;
        if (last - oldest + 1 <= maxRows / SlackDivisor) last = oldest - 1;
        if (before is { } time) last = Math.Max(last, LastOlder(session, table, place, time));
        last = Math.Min(Math.Min(last, newest - 1), oldest + MaxTrimmedAtOnce - 1);
        if (last < oldest) return;
        if (table == "sync_log") HistoryIndex.Trim(session, last);
        session.Prepare($"DELETE FROM {table} WHERE {place} <= ?1").BindInt64(1, last).Run();
    }

    private static long LastOlder(SqliteSession session, string table, string place, DateTimeOffset time)
    {
        var last = 0L;
        var rows = session.Prepare($"SELECT {place}, at FROM {table} ORDER BY {place} LIMIT {MaxTrimmedAtOnce}");
        while (rows.Step())
        {
            if (rows.Int64(1) >= time.UtcTicks)
            {
                rows.Reset();
                break;
            }

            last = rows.Int64(0);
        }

        return last;
    }
}
