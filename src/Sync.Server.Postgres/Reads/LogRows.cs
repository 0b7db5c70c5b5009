using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>Rows of sync.log, under the alias <c>log</c>.</summary>
internal sealed class LogRows(StoreTables tables)
{
    public const string Columns = "log.revision, log.mark, log.author, log.tx_id, log.at, log.operations, log.changes, log.rows::text";

    /// <summary>Null for a transaction of plain SQL that changed more than the log tells.</summary>
    public LogEntry? Read(NpgsqlDataReader row)
    {
        if (!row.IsDBNull(6)) return Entry(row, CanonicalJson.FromCanonicalBytes(row.GetFieldValue<byte[]>(5)), ChangeCodec.Read(row.GetFieldValue<byte[]>(6)));
        if (row.IsDBNull(7)) return null;
        var changes = OutsideRows.Read(tables, row.GetFieldValue<byte[]>(7));
        return Entry(row, OutsideRows.Operations(changes), changes);
    }

    private static LogEntry Entry(NpgsqlDataReader row, CanonicalJson operations, IReadOnlyList<RecordChange> changes) => new(
        new Revision(row.GetInt64(0)),
        unchecked((ulong)row.GetInt64(1)),
        new TransactionId(row.GetString(2), row.GetString(3)),
        new DateTimeOffset(row.GetDateTime(4), TimeSpan.Zero),
        operations,
        changes);
}
