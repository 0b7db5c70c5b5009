namespace Sync.Server.Sqlite;

/// <summary>Which log entries changed a record, so that its history is no scan of the log.</summary>
internal static class HistoryIndex
{
    public static void Add(SqliteSession session, Revision revision, IReadOnlyList<RecordChange> changes)
    {
        foreach (var change in changes)
        {
            session.Prepare("INSERT INTO sync_history (record_table, id, revision) VALUES (?1, ?2, ?3)")
                .BindText(1, change.Key.Table).BindText(2, change.Key.Id).BindInt64(3, revision.Value).Run();
        }
    }

    /// <summary>Before the log entries themselves are trimmed: they tell which rows are theirs.</summary>
    public static void Trim(SqliteSession session, long last) => session
        .Prepare("""
            DELETE FROM sync_history WHERE (record_table, id, revision) IN
                (SELECT change.value ->> 0, change.value ->> 1, sync_log.revision FROM sync_log, json_each(sync_log.changes) AS change WHERE sync_log.revision <= ?1)
            """)
        .BindInt64(1, last).Run();

    public static RecordHistory Read(SqliteSession session, RecordKey key, Revision? before, int maxEntries)
    {
        var head = LogTable.Head(session);
        var entries = new List<RecordHistoryEntry>();
        var rows = session.Prepare("""
            SELECT log.revision, log.mark, log.author, log.tx_id, log.at, log.operations, log.changes
            FROM sync_history AS history JOIN sync_log AS log ON log.revision = history.revision
            WHERE history.record_table = ?1 AND history.id = ?2 AND history.revision < ?3
            ORDER BY history.revision DESC LIMIT ?4
            """)
            .BindText(1, key.Table).BindText(2, key.Id).BindInt64(3, before?.Value ?? long.MaxValue).BindInt64(4, maxEntries + 1L);
        while (rows.Step())
        {
            if (entries.Count == maxEntries)
            {
                rows.Reset();
                return new RecordHistory(head, entries, HasMore: true);
            }

            var entry = LogTable.Entry(rows);
            var ofRecord = RecordHistoryEntry.Of(entry, key);
            entries.Add(entry.Changes.Count == 1 ? ofRecord : ofRecord with { Change = Own(ofRecord.Change) });
        }

        return new RecordHistory(head, entries, HasMore: false);
    }

    /// <summary>A copy, so that one record does not keep the whole of a large transaction in memory.</summary>
    private static RecordChange Own(RecordChange change) => new(change.Before is { } before ? Own(before) : null, Own(change.After));

    private static Record Own(Record record) =>
        new(record.Key, record.Version, CanonicalJson.FromCanonicalBytes(record.Fields.Utf8.ToArray()), record.IsDeleted);
}
