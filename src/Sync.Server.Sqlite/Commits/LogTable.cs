using System.Buffers;

namespace Sync.Server.Sqlite;

/// <summary>The change log: accepted transactions by revision. Its newest entry is never trimmed, so the head is always in it.</summary>
internal sealed class LogTable
{
    private readonly ArrayBufferWriter<byte> _changes = new();

    public static Revision Head(SqliteSession session) => new(Bound(session, "SELECT max(revision) FROM sync_log"));

    public static Revision Oldest(SqliteSession session) => new(Bound(session, "SELECT min(revision) FROM sync_log"));

    public void Append(SqliteSession session, Revision revision, CommitEntry entry)
    {
        _changes.ResetWrittenCount();
        ChangeCodec.Write(_changes, entry.Changes);
        session.Prepare("INSERT INTO sync_log (revision, mark, author, tx_id, at, operations, changes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
            .BindInt64(1, revision.Value)
            .BindInt64(2, unchecked((long)entry.Mark))
            .BindText(3, entry.Id.AuthorId)
            .BindText(4, entry.Id.TxId)
            .BindInt64(5, entry.Receipt.Now.UtcTicks)
            .BindText(6, entry.Operations)
            .BindText(7, _changes.WrittenSpan)
            .Run();
        HistoryIndex.Add(session, revision, entry.Changes);
    }

    public static LogPage Read(SqliteSession session, Revision after, int maxEntries)
    {
        var head = Head(session);
        var isTrimmed = after < head && Oldest(session).Value > after.Value + 1;
        var entries = new List<LogEntry>();
        var rows = session.Prepare("SELECT revision, mark, author, tx_id, at, operations, changes FROM sync_log WHERE revision > ?1 ORDER BY revision LIMIT ?2")
            .BindInt64(1, after.Value).BindInt64(2, maxEntries);
        while (rows.Step()) entries.Add(Entry(rows));
        return new LogPage(entries, head, isTrimmed);
    }

    /// <summary>The entry of a row <c>revision, mark, author, tx_id, at, operations, changes</c>.</summary>
    public static LogEntry Entry(Statement row) => new(
        new Revision(row.Int64(0)),
        unchecked((ulong)row.Int64(1)),
        new TransactionId(row.Text(2), row.Text(3)),
        new DateTimeOffset(row.Int64(4), TimeSpan.Zero),
        row.Json(5),
        ChangeCodec.Read(row.Bytes(6).ToArray()));

    private static long Bound(SqliteSession session, string sql)
    {
        var row = session.Prepare(sql);
        row.Step();
        var value = row.Int64(0);
        row.Reset();
        return value;
    }
}
