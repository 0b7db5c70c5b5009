namespace Sync.Client;

/// <summary>Keeps everything as long as the process lives. Storages opened again under one name hold what they held.</summary>
internal sealed class InMemoryStorageProvider : IRecordStorageProvider
{
    private readonly Lock _gate = new();
    private readonly Dictionary<StorageName, InMemoryStorage> _storages = [];

    public ValueTask<IRecordStorage> OpenAsync(StorageName name, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_storages.TryGetValue(name, out var storage)) _storages.Add(name, storage = new InMemoryStorage());
            return new(storage);
        }
    }
}

internal sealed class InMemoryStorage : IRecordStorage
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RecordKey, Record> _records = [];
    private readonly SortedDictionary<long, StoredTransaction> _queue = [];
    private string? _clientId;
    private long _lastSeq;

    public ValueTask<StoredState> LoadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return new(new StoredState
            {
                ClientId = _clientId,
                LastSeq = _lastSeq,
                Records = [.. _records.Values.OrderBy(record => record.Key)],
                Queue = [.. _queue.Values],
            });
        }
    }

    public ValueTask WriteAsync(StorageBatch batch, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var key in batch.Removes) _records.Remove(key);
            foreach (var record in batch.Puts) _records[record.Key] = record;
            foreach (var queued in batch.Queued) _queue[queued.Seq] = queued;
            foreach (var seq in batch.Settled) _queue.Remove(seq);
            _clientId = batch.ClientId ?? _clientId;
            _lastSeq = Math.Max(_lastSeq, batch.LastSeq);
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
