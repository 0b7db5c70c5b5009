namespace Sync.Client;

/// <summary>Keeps everything as long as the process lives. Storages opened again under one name hold what they held.</summary>
internal sealed class InMemoryStorageProvider : IRecordStorageProvider
{
    private readonly Lock _gate = new();
    private readonly Dictionary<StorageName, MemoryDisk> _disks = [];

    public ValueTask<IRecordStorage> OpenAsync(StorageName name, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_disks.TryGetValue(name, out var disk)) _disks.Add(name, disk = new MemoryDisk());
            return new(new InMemoryStorage(disk));
        }
    }
}

/// <summary>One open storage in memory: the model that others are compared with, in the plainest words. Everything completes at once.</summary>
internal sealed class InMemoryStorage(MemoryDisk disk) : IRecordStorage
{
    private readonly Lock _gate = disk.Gate;
    private List<MemoryPartition> _owned = [];
    private bool _wasWriter;

    public ValueTask<StoredState> LoadAsync(string newClientId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Release();
            _wasWriter = false;
            var abandoned = disk.Partitions.FindAll(partition => partition.Owner is null);
            var own = abandoned.Count > 0 ? abandoned[^1] : disk.Add(newClientId);
            disk.Partitions.RemoveAll(partition => abandoned.Contains(partition) && partition != own && partition.Queue.Count == 0);
            _owned = [.. abandoned.Where(partition => partition != own && partition.Queue.Count > 0), own];
            foreach (var partition in _owned) partition.Owner = this;
            foreach (var adopted in _owned.SkipLast(1)) adopted.UndoSteps.Clear();
            TryBecomeWriter();
            return new(new StoredState
            {
                ClientId = own.ClientId,
                LastSeq = own.LastSeq,
                IsWriter = disk.Writer == this,
                Queue = [.. _owned.SelectMany(partition => partition.Queue.Values)],
                Subscriptions = [.. disk.Subscriptions.Values],
                Tray = [.. disk.Tray.OrderBy(rejection => rejection.RejectedAt)],
                UndoSteps = [.. own.UndoSteps.Values],
                Token = disk.Token,
            });
        }
    }

    public ValueTask<IReadOnlyList<Record>> FindAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken)
    {
        lock (_gate) return new([.. keys.Distinct().Select(key => disk.Records.GetValueOrDefault(key)).OfType<Record>()]);
    }

    public ValueTask<IReadOnlyList<Record>> QueryAsync(Query query, CancellationToken cancellationToken)
    {
        lock (_gate) return new([.. disk.Records.Values.Where(query.Matches).OrderBy(record => record.Key)]);
    }

    public ValueTask WriteAsync(StorageBatch batch, CancellationToken cancellationToken)
    {
        lock (_gate) Write(batch);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> TryBecomeWriterAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return new(TryBecomeWriter());
    }

    public ValueTask DeleteAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            disk.Clear();
            disk.Partitions.RemoveAll(partition => partition.Owner is null || partition.Owner == this);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Gives partitions and writer's place free, as the end of the process would.</summary>
    public void Release()
    {
        lock (_gate)
        {
            foreach (var partition in disk.Partitions.Where(partition => partition.Owner == this)) partition.Owner = null;
            if (disk.Writer == this) disk.Writer = null;
        }
    }

    public ValueTask DisposeAsync()
    {
        Release();
        return ValueTask.CompletedTask;
    }

    private void Write(StorageBatch batch)
    {
        if (_owned.Find(partition => partition.Owner != this || !disk.Partitions.Contains(partition)) is { } lost) throw new StorageTakenOverException(lost.ClientId);
        if (batch.NeedsWriter && disk.Writer != this && _wasWriter) throw new StorageTakenOverException(_owned[^1].ClientId);
        if (batch.NeedsWriter && disk.Writer != this) throw new InvalidOperationException("Only the writer may write records, subscriptions and token.");

        foreach (var key in batch.Removes) disk.Records.Remove(key);
        foreach (var record in batch.Puts) disk.Records[record.Key] = record;
        foreach (var query in batch.Unsubscribed) disk.Subscriptions.Remove(query);
        foreach (var subscription in batch.Subscriptions) disk.Subscriptions[subscription.Query] = subscription;
        disk.Tray.RemoveAll(known => batch.DealtWith.Contains(known.Transaction.TxId) || batch.Rejected.Any(rejection => rejection.Transaction.TxId == known.Transaction.TxId));
        disk.Tray.AddRange(batch.Rejected);
        disk.Token = batch.Token ?? disk.Token;

        foreach (var place in batch.Settled) _owned.Find(partition => partition.ClientId == place.ClientId)?.Queue.Remove(place.Seq);
        if (batch.NewClientId is { } clientId) MoveTo(clientId);
        var own = _owned[^1];
        foreach (var queued in batch.Queued) own.Queue[queued.Place.Seq] = queued;
        own.LastSeq = Math.Max(own.LastSeq, batch.LastSeq);
        foreach (var number in batch.ForgottenUndoSteps) own.UndoSteps.Remove(number);
        foreach (var step in batch.UndoSteps) own.UndoSteps[step.Number] = step;
    }

    private bool TryBecomeWriter()
    {
        disk.Writer ??= this;
        _wasWriter |= disk.Writer == this;
        return disk.Writer == this;
    }

    private void MoveTo(string clientId)
    {
        disk.Partitions.RemoveAll(_owned.Contains);
        var own = disk.Add(clientId);
        own.Owner = this;
        _owned = [own];
    }
}

/// <summary>What several open storages of one name share.</summary>
internal sealed class MemoryDisk
{
    public Lock Gate { get; } = new();
    public Dictionary<RecordKey, Record> Records { get; } = [];
    public OrderedDictionary<Query, StoredSubscription> Subscriptions { get; } = [];
    public List<StoredRejection> Tray { get; } = [];

    /// <summary>The oldest first.</summary>
    public List<MemoryPartition> Partitions { get; } = [];
    public InMemoryStorage? Writer { get; set; }
    public string? Token { get; set; }

    public MemoryPartition Add(string clientId)
    {
        var partition = new MemoryPartition(clientId);
        Partitions.Add(partition);
        return partition;
    }

    public void Clear()
    {
        Records.Clear();
        Subscriptions.Clear();
        Tray.Clear();
        Token = null;
    }
}

/// <summary>The queue of one client and its undo steps.</summary>
internal sealed class MemoryPartition(string clientId)
{
    public string ClientId { get; } = clientId;
    public InMemoryStorage? Owner { get; set; }
    public long LastSeq { get; set; }
    public SortedDictionary<long, StoredTransaction> Queue { get; } = [];
    public SortedDictionary<long, StoredUndoStep> UndoSteps { get; } = [];
}
