using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>What has changed since the last batch went to the storage. Bounded by state, not history: a record that changes twice stands in it once.</summary>
internal sealed class StorageChanges
{
    private readonly Dictionary<RecordKey, Record?> _records = [];
    private readonly SortedDictionary<long, StoredTransaction> _queued = [];
    private readonly List<long> _settled = [];
    private string? _clientId;
    private long _lastSeq;

    public bool IsEmpty => _records.Count == 0 && _queued.Count == 0 && _settled.Count == 0 && _clientId is null && _lastSeq == 0;

    public void Put(RecordKey key, Record? record) => _records[key] = record;

    public void Queue(StoredTransaction transaction)
    {
        _queued[transaction.Seq] = transaction;
        _lastSeq = Math.Max(_lastSeq, transaction.Seq);
    }

    public void Settle(long seq)
    {
        _queued.Remove(seq);
        _settled.Add(seq);
    }

    public void Name(string clientId) => _clientId = clientId;

    public StorageBatch Take()
    {
        var batch = new StorageBatch
        {
            Puts = _records.Count == 0 ? [] : [.. _records.Values.OfType<Record>().OrderBy(record => record.Key)],
            Removes = _records.Count == 0 ? [] : [.. _records.Where(pair => pair.Value is null).Select(pair => pair.Key).Order()],
            Queued = [.. _queued.Values],
            Settled = [.. _settled],
            ClientId = _clientId,
            LastSeq = _lastSeq,
        };
        _records.Clear();
        _queued.Clear();
        _settled.Clear();
        (_clientId, _lastSeq) = (null, 0);
        return batch;
    }

    /// <summary>Takes a batch back that was not written, below what has changed since. Its transactions are not among it: who wrote them has been told.</summary>
    public void Return(StorageBatch batch)
    {
        foreach (var record in batch.Puts) _records.TryAdd(record.Key, record);
        foreach (var key in batch.Removes) _records.TryAdd(key, null);
        _settled.InsertRange(0, batch.Settled);
        _clientId ??= batch.ClientId;
        _lastSeq = Math.Max(_lastSeq, batch.LastSeq);
    }
}
