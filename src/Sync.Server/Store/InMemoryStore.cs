namespace Sync.Server;

/// <summary>
/// A store that lives as long as its process: for tests, samples and caches. It is the model that other stores are compared with, so it says in the
/// plainest way what the contract means. Everything happens under one lock and completes at once.
/// </summary>
internal sealed class InMemoryStore(FillRandom random, int maxLogEntries = InMemoryStore.DefaultMaxLogEntries, int maxReceipts = InMemoryStore.DefaultMaxReceipts) : ITransactionStore
{
    public const int DefaultMaxLogEntries = 100_000;
    public const int DefaultMaxReceipts = 1_000_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, MemoryTable> _tables = new(StringComparer.Ordinal);
    private readonly MemoryLog _log = new(maxLogEntries);
    private readonly Dictionary<TransactionId, StoredReceipt> _receipts = [];
    private readonly Queue<TransactionId> _receiptsByAge = new();
    private readonly Dictionary<string, ClientPosition> _clients = new(StringComparer.Ordinal);
    private readonly byte[] _tokenKey = NewTokenKey(random);

    public ValueTask<StoreInfo> OpenAsync(SyncModel model, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var table in model.Tables) _tables.TryAdd(table.Name, new MemoryTable(table));
            return new(new StoreInfo(_log.Head, _tokenKey, []));
        }
    }

    public ValueTask<StoreSnapshot> LoadAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var found = new Dictionary<RecordKey, Record>();
            foreach (var key in keys)
            {
                if (Find(key) is { } record) found[key] = record;
            }
            return new(new StoreSnapshot(_log.Head, found));
        }
    }

    public ValueTask<StoreQueryResult> QueryAsync(StoreQuery query, CancellationToken cancellationToken)
    {
        var whole = query.Query with { Where = [.. query.Query.Where, .. query.Also] };
        lock (_gate)
        {
            Record[] found = [.. _tables[whole.Table].Find(whole).Take(query.MaxRecords + 1)];
            return new(new StoreQueryResult(_log.Head, [.. found.Take(query.MaxRecords)], IsCut: found.Length > query.MaxRecords));
        }
    }

    public ValueTask<IReadOnlyList<StoredReceipt>> FindReceiptsAsync(IReadOnlyCollection<TransactionId> ids, CancellationToken cancellationToken)
    {
        lock (_gate) return new([.. ids.Distinct().Where(_receipts.ContainsKey).Select(id => _receipts[id])]);
    }

    public ValueTask<ClientPosition?> FindClientAsync(string clientId, CancellationToken cancellationToken)
    {
        lock (_gate) return new(_clients.GetValueOrDefault(clientId));
    }

    public ValueTask<LogPage> ReadLogAsync(Revision after, int maxEntries, CancellationToken cancellationToken)
    {
        lock (_gate) return new(_log.Read(after, maxEntries));
    }

    public ValueTask<RecordHistory> ReadHistoryAsync(RecordKey key, Revision? before, int maxEntries, CancellationToken cancellationToken)
    {
        lock (_gate) return new(_log.ReadHistory(key, before, maxEntries));
    }

    public ValueTask<CommitAnswer> CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        lock (_gate) return new(Commit(batch));
    }

    public NormalizeResult Normalize(RecordKey key, CanonicalJson fields, DateTimeOffset now) => new(fields, null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private CommitAnswer Commit(CommitBatch batch)
    {
        if (batch.Entries.Any(entry => _receipts.ContainsKey(entry.Id))) return new CommitAnswer.Unknown("A transaction of the batch is decided already.");

        if (!HasOrder(batch)) return new CommitAnswer.Unknown("A client of the batch has gone further, or is another author's.");

        RecordKey[] changed = [.. batch.Expected.Where(expected => (Find(expected.Key)?.Version ?? 0) != expected.Value).Select(expected => expected.Key)];
        if (changed.Length > 0 || batch.ExpectedLookups.Any(IsChanged)) return new CommitAnswer.Lost(changed);

        var first = _log.Head.Next;
        foreach (var entry in batch.Entries) Commit(entry);
        return new CommitAnswer.Committed(first);
    }

    private void Commit(CommitEntry entry)
    {
        var revision = entry.Receipt.IsAccepted ? _log.Head.Next : Revision.None;
        if (entry.Receipt.IsAccepted)
        {
            foreach (var change in entry.Changes) _tables[change.Key.Table].Put(change.After);
            _log.Append(new LogEntry(revision, entry.Mark, entry.Id, entry.Receipt.Now, entry.Operations, entry.Changes));
        }

        _receipts[entry.Id] = new StoredReceipt(entry.Id, entry.ContentHash, revision, entry.Receipt);
        _receiptsByAge.Enqueue(entry.Id);
        if (_receiptsByAge.Count > maxReceipts) _receipts.Remove(_receiptsByAge.Dequeue());
        if (entry.Client is { } client) _clients[client.ClientId] = client;
    }

    private bool HasOrder(CommitBatch batch)
    {
        var moved = new Dictionary<string, ClientPosition>(StringComparer.Ordinal);
        foreach (var client in batch.Entries.Select(entry => entry.Client).OfType<ClientPosition>())
        {
            var last = moved.GetValueOrDefault(client.ClientId) ?? _clients.GetValueOrDefault(client.ClientId);
            if (last is not null && !client.MayFollow(last)) return false;
            moved[client.ClientId] = client;
        }
        return true;
    }

    private bool IsChanged(ExpectedLookup expected)
    {
        var found = _tables[expected.Table].Find(new RelatedLookup(expected.Table, expected.Field, expected.Value));
        return !found.Select(record => (record.Id, record.Version)).SequenceEqual(expected.Found);
    }

    private Record? Find(RecordKey key) => _tables.GetValueOrDefault(key.Table)?.Find(key.Id);

    private static byte[] NewTokenKey(FillRandom random)
    {
        var key = new byte[32];
        random(key);
        return key;
    }
}
