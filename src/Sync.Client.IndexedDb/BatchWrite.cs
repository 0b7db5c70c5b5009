using System.Runtime.Versioning;

namespace Sync.Client.IndexedDb;

/// <summary>One batch as one write. Costs what the batch holds, whatever else is stored.</summary>
[SupportedOSPlatform("browser")]
internal static class BatchWrite
{
    /// <param name="own">The client's own partition as it will be.</param>
    public static PackedWrite Pack(Held held, StorageBatch batch, StoredPartition own)
    {
        var write = held.Write(batch.NeedsWriter ? WriterCheck.MustBeWriter : WriterCheck.None);
        foreach (var key in batch.Removes) write.Remove(Stored.Records, key.Table, key.Id);
        foreach (var record in batch.Puts) write.Put(Stored.Records, StoredValues.Pack(record), record.Table, record.Id);
        foreach (var query in batch.Unsubscribed) write.Remove(Stored.Subscriptions, query.Key.ToString());
        foreach (var one in batch.Subscriptions) write.Put(Stored.Subscriptions, StoredValues.Pack(one), one.Query.Key.ToString());
        foreach (var txId in batch.DealtWith) write.Remove(Stored.Tray, txId);
        foreach (var one in batch.Rejected) write.Put(Stored.Tray, StoredValues.Pack(one), one.Transaction.TxId);
        if (batch.Token is { } token) write.Put(StoredContent.Token, token);

        foreach (var place in batch.Settled)
        {
            if (held.Owns(place.ClientId)) write.Remove(Stored.Queue, place.ClientId, place.Seq);
        }
        foreach (var left in batch.NewClientId is null ? [] : held.Partitions) write.RemovePartition(left.Stored.ClientId);
        foreach (var queued in batch.Queued) write.Put(Stored.Queue, StoredValues.Pack(queued), own.ClientId, queued.Place.Seq);
        if (batch.NewClientId is not null || batch.LastSeq > 0) write.Put(own);
        foreach (var number in batch.ForgottenUndoSteps) write.Remove(Stored.UndoSteps, own.ClientId, number);
        foreach (var step in batch.UndoSteps) write.Put(Stored.UndoSteps, StoredValues.Pack(own.ClientId, step), own.ClientId, step.Number);
        return write;
    }
}
