namespace Sync.Client;

/// <summary>What has changed since the last batch went to the storage. Bounded by state, not history: what changes twice stands in it once.</summary>
internal sealed class StorageChanges
{
    private readonly Dictionary<RecordKey, Record?> _records = [];
    private readonly Dictionary<Query, StoredSubscription?> _subscriptions = [];
    private readonly Dictionary<string, StoredRejection?> _tray = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, StoredTransaction> _queued = [];
    private readonly List<QueuePlace> _settled = [];
    private readonly SortedDictionary<long, StoredUndoStep?> _undo = [];
    private string? _newClientId;
    private string? _token;
    private long _lastSeq;

    /// <summary>Whether records, subscriptions and token are kept on disk by this client; else they stay in memory.</summary>
    public bool IsWriter
    {
        get;
        set
        {
            field = value;
            if (value) return;
            _records.Clear();
            _subscriptions.Clear();
            _token = null;
        }
    } = true;

    public bool IsEmpty { get; private set; } = true;

    public void Put(RecordKey key, Record? record)
    {
        if (!IsWriter) return;
        _records[key] = record;
        IsEmpty = false;
    }

    public void Put(Query query, StoredSubscription? subscription)
    {
        if (!IsWriter) return;
        _subscriptions[query] = subscription;
        IsEmpty = false;
    }

    public void Reach(string token)
    {
        if (!IsWriter) return;
        _token = token;
        IsEmpty = false;
    }

    public void Queue(StoredTransaction transaction)
    {
        _queued[transaction.Place.Seq] = transaction;
        _lastSeq = Math.Max(_lastSeq, transaction.Place.Seq);
        IsEmpty = false;
    }

    public void Settle(QueuePlace place)
    {
        if (_queued.TryGetValue(place.Seq, out var queued) && queued.Place == place) _queued.Remove(place.Seq);
        _settled.Add(place);
        IsEmpty = false;
    }

    public void Reject(StoredRejection rejection)
    {
        _tray[rejection.Transaction.TxId] = rejection;
        IsEmpty = false;
    }

    public void DealWith(string txId)
    {
        _tray[txId] = null;
        IsEmpty = false;
    }

    public void PutUndo(StoredUndoStep step)
    {
        _undo[step.Number] = step;
        IsEmpty = false;
    }

    public void ForgetUndo(long number)
    {
        _undo[number] = null;
        IsEmpty = false;
    }

    /// <summary>What was queued, settled and undone belongs to a partition that is no longer ours.</summary>
    /// <returns>The places that were settled and are not written.</returns>
    public IReadOnlyList<QueuePlace> ForgetQueue()
    {
        QueuePlace[] settled = [.. _settled];
        _queued.Clear();
        _settled.Clear();
        _undo.Clear();
        (_newClientId, _lastSeq) = (null, 0);
        return settled;
    }

    /// <summary>Goes on under another client id: what was queued and settled under the former one is gone with its partition.</summary>
    public void MoveTo(string newClientId)
    {
        ForgetQueue();
        _newClientId = newClientId;
        IsEmpty = false;
    }

    public StorageBatch Take()
    {
        var batch = new StorageBatch
        {
            Puts = [.. _records.Values.OfType<Record>().OrderBy(record => record.Key)],
            Removes = [.. _records.Where(pair => pair.Value is null).Select(pair => pair.Key).Order()],
            Subscriptions = [.. _subscriptions.Values.OfType<StoredSubscription>().OrderBy(subscription => subscription.Query.Key.ToString(), StringComparer.Ordinal)],
            Unsubscribed = [.. _subscriptions.Where(pair => pair.Value is null).Select(pair => pair.Key).OrderBy(query => query.Key.ToString(), StringComparer.Ordinal)],
            Rejected = [.. _tray.Values.OfType<StoredRejection>().OrderBy(rejection => rejection.Transaction.TxId, StringComparer.Ordinal)],
            DealtWith = [.. _tray.Where(pair => pair.Value is null).Select(pair => pair.Key).Order(StringComparer.Ordinal)],
            Queued = [.. _queued.Values],
            Settled = [.. _settled],
            UndoSteps = [.. _undo.Values.OfType<StoredUndoStep>()],
            ForgottenUndoSteps = [.. _undo.Where(pair => pair.Value is null).Select(pair => pair.Key)],
            Token = _token,
            NewClientId = _newClientId,
            LastSeq = _lastSeq,
        };
        _records.Clear();
        _subscriptions.Clear();
        _tray.Clear();
        _queued.Clear();
        _settled.Clear();
        _undo.Clear();
        (_newClientId, _token, _lastSeq) = (null, null, 0);
        IsEmpty = true;
        return batch;
    }

    /// <summary>Takes a batch back that was not written, below what has changed since. Its transactions are not among it: who wrote them has been told.</summary>
    public void Return(StorageBatch batch)
    {
        foreach (var record in batch.Puts) _records.TryAdd(record.Key, record);
        foreach (var key in batch.Removes) _records.TryAdd(key, null);
        foreach (var subscription in batch.Subscriptions) _subscriptions.TryAdd(subscription.Query, subscription);
        foreach (var query in batch.Unsubscribed) _subscriptions.TryAdd(query, null);
        foreach (var rejection in batch.Rejected) _tray.TryAdd(rejection.Transaction.TxId, rejection);
        foreach (var txId in batch.DealtWith) _tray.TryAdd(txId, null);
        _token ??= batch.Token;
        if (_newClientId is null)
        {
            _settled.InsertRange(0, batch.Settled);
            foreach (var step in batch.UndoSteps) _undo.TryAdd(step.Number, step);
            foreach (var number in batch.ForgottenUndoSteps) _undo.TryAdd(number, null);
            _lastSeq = Math.Max(_lastSeq, batch.LastSeq);
            _newClientId = batch.NewClientId;
        }
        IsEmpty = false;
    }
}
