using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>Rows of sync.log, under the alias <c>log</c>.</summary>
internal static class LogRows
{
    public const string Columns = "log.revision, log.mark, log.author, log.tx_id, log.at, log.operations, log.changes";

    public static LogEntry Read(NpgsqlDataReader row) => new(
        new Revision(row.GetInt64(0)),
        unchecked((ulong)row.GetInt64(1)),
        new TransactionId(row.GetString(2), row.GetString(3)),
        new DateTimeOffset(row.GetDateTime(4), TimeSpan.Zero),
        CanonicalJson.FromCanonicalBytes(row.GetFieldValue<byte[]>(5)),
        ChangeCodec.Read(row.GetFieldValue<byte[]>(6)));
}
