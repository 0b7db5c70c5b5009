namespace Sync.Client.Sqlite;

/// <summary>Writes one batch within the running transaction. Costs what the batch holds, whatever else is stored.</summary>
internal static class BatchWrite
{
    public static void Run(SqliteSession session, Ownership ownership, StorageBatch batch)
    {
        ownership.CheckPartitions(session);
        if (batch.NeedsWriter)
        {
            ownership.CheckWriter(session);
            WriteRecords(session, batch);
            WriteSubscriptions(session, batch);
        }
        WriteTray(session, batch);
        WriteQueue(session, ownership, batch);
        WriteUndoSteps(session, ownership.Held.Own, batch);
    }

    private static void WriteRecords(SqliteSession session, StorageBatch batch)
    {
        var remove = session.Prepare("DELETE FROM records WHERE record_table = ?1 AND id = ?2");
        foreach (var key in batch.Removes) remove.Bind(1, key.Table).Bind(2, key.Id).Run();

        var put = session.Prepare("REPLACE INTO records (record_table, id, version, fields) VALUES (?1, ?2, ?3, ?4)");
        foreach (var record in batch.Puts) put.Bind(1, record.Table).Bind(2, record.Id).Bind(3, record.Version).Bind(4, record.Fields).Run();
    }

    private static void WriteSubscriptions(SqliteSession session, StorageBatch batch)
    {
        var remove = session.Prepare("DELETE FROM subscriptions WHERE query = ?1");
        foreach (var query in batch.Unsubscribed) remove.Bind(1, query.Key).Run();

        var put = session.Prepare("REPLACE INTO subscriptions (query, token, is_following, records, last_used) VALUES (?1, ?2, ?3, ?4, ?5)");
        foreach (var one in batch.Subscriptions)
            put.Bind(1, one.Query.Key).Bind(2, one.Token).Bind(3, one.IsFollowing ? 1 : 0).Bind(4, one.Records).Bind(5, one.LastUsed.UtcTicks).Run();

        if (batch.Token is { } token) session.Prepare("UPDATE state SET token = ?1").Bind(1, token).Run();
    }

    private static void WriteTray(SqliteSession session, StorageBatch batch)
    {
        var remove = session.Prepare("DELETE FROM tray WHERE tx_id = ?1");
        foreach (var txId in batch.DealtWith) remove.Bind(1, txId).Run();

        var put = session.Prepare("REPLACE INTO tray (tx_id, content, label, code, message, status, rejected_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        foreach (var one in batch.Rejected)
        {
            put.Bind(1, one.Transaction.TxId).Bind(2, ProtocolCodec.ToJson(one.Transaction)).Bind(3, one.Label)
                .Bind(4, one.Code).Bind(5, one.Message).Bind(6, one.Status).Bind(7, one.RejectedAt.UtcTicks).Run();
        }
    }

    private static void WriteQueue(SqliteSession session, Ownership ownership, StorageBatch batch)
    {
        foreach (var place in batch.Settled)
        {
            if (ownership.Held.Find(place.ClientId) is { } partition) Settle(session, partition, place.Seq);
        }

        if (batch.NewClientId is { } clientId) Move(session, ownership, clientId);
        var own = ownership.Held.Own;
        var enqueue = session.Prepare("REPLACE INTO queue (partition, seq, content, label) VALUES (?1, ?2, ?3, ?4)");
        foreach (var queued in batch.Queued) enqueue.Bind(1, own.Place).Bind(2, queued.Place.Seq).Bind(3, ProtocolCodec.ToJson(queued.Transaction)).Bind(4, queued.Label).Run();

        // A number that stands in the queue is known from there; so the commonest write of all touches one page.
        if (batch.LastSeq > 0 && (batch.Queued.IsEmpty || batch.Queued[^1].Place.Seq < batch.LastSeq)) Remember(session, own, batch.LastSeq);
    }

    private static void WriteUndoSteps(SqliteSession session, OwnedPartition own, StorageBatch batch)
    {
        var forget = session.Prepare("DELETE FROM undo_steps WHERE partition = ?1 AND number = ?2").Bind(1, own.Place);
        foreach (var number in batch.ForgottenUndoSteps) forget.Bind(2, number).Run();

        var put = session.Prepare("REPLACE INTO undo_steps (partition, number, content) VALUES (?1, ?2, ?3)").Bind(1, own.Place);
        foreach (var step in batch.UndoSteps) put.Bind(2, step.Number).Bind(3, step.Content).Run();
    }

    private static void Settle(SqliteSession session, OwnedPartition partition, long seq)
    {
        Remember(session, partition, seq);
        session.Prepare("DELETE FROM queue WHERE partition = ?1 AND seq = ?2").Bind(1, partition.Place).Bind(2, seq).Run();
    }

    private static void Remember(SqliteSession session, OwnedPartition partition, long seq) =>
        session.Prepare("UPDATE partitions SET last_seq = ?1 WHERE place = ?2 AND last_seq < ?1").Bind(1, seq).Bind(2, partition.Place).Run();

    private static void Move(SqliteSession session, Ownership ownership, string clientId)
    {
        foreach (var partition in ownership.Held.Partitions) PartitionTable.Remove(session, partition);
        ownership.Held = ownership.Held with { Partitions = [PartitionTable.Add(session, ownership.Files, clientId, ownership.Held.Opening)] };
    }
}
