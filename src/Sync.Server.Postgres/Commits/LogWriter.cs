using System.Buffers;
using NpgsqlTypes;

namespace Sync.Server.Postgres;

/// <summary>What a batch leaves besides its records: log entries, the index of histories, receipts, client positions, and the new head.</summary>
internal static class LogWriter
{
    /// <param name="batch">As decided.</param>
    /// <param name="asStored">By the entry's place: its changes where the database made others of them.</param>
    public static IEnumerable<SqlDraft> Write(CommitBatch batch, IReadOnlyDictionary<int, IReadOnlyList<RecordChange>> asStored)
    {
        var accepted = batch.Entries.Select((entry, i) => (Entry: entry, Changes: asStored.GetValueOrDefault(i) ?? entry.Changes)).Where(e => e.Entry.Receipt.IsAccepted).ToList();
        if (accepted.Count > 0)
        {
            yield return Log(accepted);
            if (accepted.Exists(e => e.Changes.Count > 0)) yield return History(accepted);
        }

        yield return Receipts(batch);
        var clients = batch.Entries.Select(e => e.Client).OfType<ClientPosition>().GroupBy(c => c.ClientId).Select(g => g.Last()).ToList();
        if (clients.Count > 0) yield return Clients(clients);
    }

    /// <summary>Moves the head; gives it as it is then.</summary>
    public static SqlDraft MoveHead(CommitBatch batch)
    {
        var move = new SqlDraft();
        return move.Append($"UPDATE sync.head SET revision = revision + {move.AddLong(batch.Entries.Count(e => e.Receipt.IsAccepted))} RETURNING revision");
    }

    private static SqlDraft Log(List<(CommitEntry Entry, IReadOnlyList<RecordChange> Changes)> accepted)
    {
        var sql = new SqlDraft();
        var marks = sql.AddLongs(accepted.Select(e => unchecked((long)e.Entry.Mark)));
        var authors = sql.AddTexts(accepted.Select(e => e.Entry.Id.AuthorId));
        var txIds = sql.AddTexts(accepted.Select(e => e.Entry.Id.TxId));
        var times = sql.Add(NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, accepted.Select(e => e.Entry.Receipt.Now.UtcDateTime).ToArray());
        var operations = sql.Add(NpgsqlDbType.Array | NpgsqlDbType.Bytea, accepted.Select(e => e.Entry.Operations.Utf8.ToArray()).ToArray());
        var changes = sql.Add(NpgsqlDbType.Array | NpgsqlDbType.Bytea, accepted.Select(e => BytesOf(e.Changes)).ToArray());
        sql.Append("INSERT INTO sync.log (revision, mark, author, tx_id, at, operations, changes) SELECT h.revision + v.place, v.mark, v.author, v.tx_id, v.at, v.operations, v.changes FROM sync.head AS h, ");
        return sql.Append($"unnest({marks}, {authors}, {txIds}, {times}::timestamptz[], {operations}::bytea[], {changes}::bytea[]) WITH ORDINALITY AS v (mark, author, tx_id, at, operations, changes, place)");
    }

    private static SqlDraft History(List<(CommitEntry Entry, IReadOnlyList<RecordChange> Changes)> accepted)
    {
        var rows = accepted.SelectMany((e, i) => e.Changes.Select(c => (c.Key, Place: i + 1L))).ToList();
        var sql = new SqlDraft();
        sql.Append("INSERT INTO sync.history (record_table, id, revision) SELECT v.record_table, v.id, h.revision + v.place FROM sync.head AS h, ");
        return sql.Append($"unnest({sql.AddTexts(rows.Select(r => r.Key.Table))}, {sql.AddTexts(rows.Select(r => r.Key.Id))}, {sql.AddLongs(rows.Select(r => r.Place))}) AS v (record_table, id, place)");
    }

    private static SqlDraft Receipts(CommitBatch batch)
    {
        var place = 0L;
        var places = batch.Entries.Select(e => e.Receipt.IsAccepted ? ++place : 0).ToList();
        var sql = new SqlDraft();
        var authors = sql.AddTexts(batch.Entries.Select(e => e.Id.AuthorId));
        var txIds = sql.AddTexts(batch.Entries.Select(e => e.Id.TxId));
        var hashes = sql.Add(NpgsqlDbType.Array | NpgsqlDbType.Bytea, batch.Entries.Select(e => e.ContentHash.ToArray()).ToArray());
        var times = sql.Add(NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, batch.Entries.Select(e => e.Receipt.Now.UtcDateTime).ToArray());
        var receipts = sql.AddTexts(batch.Entries.Select(e => ProtocolCodec.ToJson(e.Receipt).ToString()));
        sql.Append("INSERT INTO sync.receipts (author, tx_id, content_hash, revision, at, receipt) SELECT v.author, v.tx_id, v.content_hash, CASE v.place WHEN 0 THEN 0 ELSE h.revision + v.place END, v.at, v.receipt");
        return sql.Append($" FROM sync.head AS h, unnest({authors}, {txIds}, {hashes}::bytea[], {sql.AddLongs(places)}, {times}::timestamptz[], {receipts}) AS v (author, tx_id, content_hash, place, at, receipt)");
    }

    private static SqlDraft Clients(List<ClientPosition> clients)
    {
        var sql = new SqlDraft();
        sql.Append($"INSERT INTO sync.clients (client_id, author, last_seq) SELECT * FROM unnest({sql.AddTexts(clients.Select(c => c.ClientId))}, {sql.AddTexts(clients.Select(c => c.AuthorId))}, {sql.AddLongs(clients.Select(c => c.LastSeq))})");
        return sql.Append(" ON CONFLICT (client_id) DO UPDATE SET author = excluded.author, last_seq = excluded.last_seq");
    }

    private static byte[] BytesOf(IReadOnlyList<RecordChange> changes)
    {
        var bytes = new ArrayBufferWriter<byte>();
        ChangeCodec.Write(bytes, changes);
        return bytes.WrittenSpan.ToArray();
    }
}
