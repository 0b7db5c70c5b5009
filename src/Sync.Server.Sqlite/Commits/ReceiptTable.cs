using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sync.Server.Sqlite;

/// <summary>Receipts by author and transaction id, and how far each client's numbered transactions are decided.</summary>
internal static class ReceiptTable
{
    /// <summary>False where the transaction has a receipt already.</summary>
    public static bool TryAdd(SqliteSession session, CommitEntry entry, Revision revision)
    {
        try
        {
            session.Prepare("INSERT INTO sync_receipts (author, tx_id, content_hash, revision, at, receipt) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
                .BindText(1, entry.Id.AuthorId)
                .BindText(2, entry.Id.TxId)
                .BindBlob(3, entry.ContentHash.Span)
                .BindInt64(4, revision.Value)
                .BindInt64(5, entry.Receipt.Now.UtcTicks)
                .BindText(6, ProtocolCodec.ToJson(entry.Receipt))
                .Run();
            return true;
        }
        catch (SqliteException fault) when (fault.SqliteExtendedErrorCode == raw.SQLITE_CONSTRAINT_UNIQUE)
        {
            return false;
        }
    }

    public static bool Has(SqliteSession session, TransactionId id)
    {
        var row = session.Prepare("SELECT 1 FROM sync_receipts WHERE author = ?1 AND tx_id = ?2").BindText(1, id.AuthorId).BindText(2, id.TxId);
        var has = row.Step();
        row.Reset();
        return has;
    }

    public static StoredReceipt? Find(SqliteSession session, TransactionId id)
    {
        var row = session.Prepare("SELECT content_hash, revision, receipt FROM sync_receipts WHERE author = ?1 AND tx_id = ?2").BindText(1, id.AuthorId).BindText(2, id.TxId);
        if (!row.Step()) return null;
        var (hash, revision, json) = (row.Bytes(0).ToArray(), new Revision(row.Int64(1)), row.Json(2));
        row.Reset();
        return ProtocolCodec.TryReadReceipt(json, out var receipt, out var fault)
            ? new StoredReceipt(id, hash, revision, receipt)
            : throw new InvalidOperationException($"The receipt of {id} in sync_receipts cannot be read: {fault}");
    }

    /// <summary>False where the client has gone further already, or is another author's.</summary>
    public static bool TryMoveClient(SqliteSession session, ClientPosition position)
    {
        if (FindClient(session, position.ClientId) is { } last && !position.MayFollow(last)) return false;
        session
            .Prepare("INSERT INTO sync_clients (client_id, author, last_seq) VALUES (?1, ?2, ?3) ON CONFLICT (client_id) DO UPDATE SET last_seq = excluded.last_seq")
            .BindText(1, position.ClientId).BindText(2, position.AuthorId).BindInt64(3, position.LastSeq).Run();
        return true;
    }

    public static ClientPosition? FindClient(SqliteSession session, string clientId)
    {
        var row = session.Prepare("SELECT author, last_seq FROM sync_clients WHERE client_id = ?1").BindText(1, clientId);
        if (!row.Step()) return null;
        var position = new ClientPosition(clientId, row.Text(0), row.Int64(1));
        row.Reset();
        return position;
    }
}
