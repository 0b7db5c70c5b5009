using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>Rows of sync.receipts.</summary>
internal static class ReceiptRows
{
    public static SqlDraft Select(IReadOnlyCollection<TransactionId> ids)
    {
        var sql = new SqlDraft();
        sql.Append($"SELECT r.author, r.tx_id, r.content_hash, r.revision, r.receipt FROM unnest({sql.AddTexts(ids.Select(id => id.AuthorId))}, {sql.AddTexts(ids.Select(id => id.TxId))})");
        return sql.Append(" AS v (author, tx_id) JOIN sync.receipts AS r ON r.author = v.author AND r.tx_id = v.tx_id");
    }

    public static StoredReceipt Read(NpgsqlDataReader row)
    {
        var id = new TransactionId(row.GetString(0), row.GetString(1));
        return ProtocolCodec.TryReadReceipt(CanonicalJson.FromCanonicalBytes(row.GetFieldValue<byte[]>(4)), out var receipt, out var fault)
            ? new StoredReceipt(id, row.GetFieldValue<byte[]>(2), new Revision(row.GetInt64(3)), receipt)
            : throw new InvalidOperationException($"The receipt of {id} in sync.receipts cannot be read: {fault}");
    }
}
