using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>
/// The replica behind its lock. Every call takes the lock for pure work in memory, releases it, and then tells: rows and listeners first, receipts after,
/// so that whoever waits for a receipt finds its effects shown. Nothing of the app and no I/O runs under the lock.
/// </summary>
internal sealed class ClientHeart
{
    private readonly Lock _gate = new();
    private readonly Replica _replica;
    private readonly SendPlan _plan;
    private readonly MessageIntake _intake;
    private readonly StorageWriter _writer;
    private readonly HeartRooms _rooms;
    private readonly DiskReader _disk;
    private readonly UnreadQueries _unread;
    private readonly StoredChecks _checks;
    private readonly WriterSeat _seat;
    private readonly LocalWrites _writes;
    private readonly LocalUndo _undo;
    private readonly UndoWatch _undoWatch;
    private readonly IClientListener _listener;
    private Action? _wakeSender;
    private bool _hasCaughtUp;

    public ClientHeart(SyncModel model, IRecordStorage storage, string userId, SyncClientOptions options, TimeProvider time, Func<string> newId, ClientLog log, IClientListener listener)
    {
        _listener = listener;
        _writer = new StorageWriter(storage, _gate) { Written = batch => _writes!.Saved(batch), Failed = (batch, fault) => _writes!.NotSavedAsync(batch, fault) };
        _replica = new Replica(model, _writer.Changes, options.MaxUndoEntries);
        _plan = new SendPlan(_replica, options.MaxWritesInFlight);
        _intake = new MessageIntake(_replica, _plan, userId, newId, log);
        _rooms = new HeartRooms(_gate, _replica, _plan, storage, _writer, options, time, log, Tell, () => Volatile.Read(ref _wakeSender)?.Invoke());
        _disk = new DiskReader(_rooms);
        _unread = new UnreadQueries(_rooms, _disk);
        _checks = new StoredChecks(_rooms, _disk);
        _seat = new WriterSeat(_rooms);
        _writes = new LocalWrites(_rooms, newId, _seat.Watch);
        _undo = new LocalUndo(_rooms, _disk, _writes);
        _undoWatch = new UndoWatch(_rooms, (query, reader) => Open(query, reader, static _ => { }), Leave);
    }

    public int PendingCount
    {
        get
        {
            lock (_gate) return _replica.Queue.Count;
        }
    }

    public int TrayCount
    {
        get
        {
            lock (_gate) return _replica.Tray.Items.Count;
        }
    }

    public UndoState UndoState
    {
        get
        {
            lock (_gate) return _replica.Undo.State;
        }
    }

    /// <summary>Takes a partition of the storage and all that is stored but the records of queries, which come when somebody asks.</summary>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        await _writes.LoadAsync(cancellationToken).ConfigureAwait(false);
        _seat.Watch();
    }

    public Record? Find(RecordKey key)
    {
        lock (_gate) return _replica.Find(key);
    }

    public Row? FindRow(RecordKey key)
    {
        lock (_gate) return _replica.FindRow(key);
    }

    public Record? FindForWriting(RecordKey key)
    {
        lock (_gate) return _replica.FindForWriting(key);
    }

    public List<Record> Select(Query query)
    {
        lock (_gate) return _replica.Select(query);
    }

    /// <summary>Whether an open query that is current brings every record of the table that meets the condition, as far as the user may read them.</summary>
    public bool IsWhole(string table, QueryCondition condition)
    {
        lock (_gate) return _replica.Queries.Any(rows => rows.Subscription.IsCurrent && rows.Query.Table == table && rows.Query.Limit is null && rows.Query.Where.All(condition.Equals));
    }

    /// <summary>Whether the disk may know more of a record than memory.</summary>
    public bool MayBeOnDisk(RecordKey key)
    {
        lock (_gate) return _replica.Stored.Count > 0 && !_replica.IsInMemory(key);
    }

    public ValueTask<bool> ReadAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken) => _disk.ReadAsync(keys, cancellationToken);

    public RecordStatus StatusOf(RecordKey key)
    {
        lock (_gate)
        {
            var pending = _replica.PendingOf(key);
            return new RecordStatus(pending.Count, pending.All(transaction => transaction.Handle.Status.IsSent), _replica.Tray.Concerns(key));
        }
    }

    public TrayItem[] ReadTray()
    {
        lock (_gate) return [.. _replica.Tray.Items.Select(item => TrayItem.Of(item, _replica.FindConfirmed))];
    }

    /// <summary>What would be lost if this device were: transactions without a receipt, oldest first, and the tray.</summary>
    public (Transaction[] Unsent, StoredRejection[] Rejected) ReadUnsent()
    {
        lock (_gate) return ([.. _replica.Queue.All.Select(pending => pending.Transaction)], [.. _replica.Tray.Items]);
    }

    public ValueTask<WriteHandle> WriteAsync(WriteOptions options, Transaction transaction, string? instead, CancellationToken cancellationToken) =>
        _writes.WriteAsync(options, transaction, instead, cancellationToken);

    public ValueTask<UndoRun> UndoAsync(bool isRedo, Func<ImmutableArray<Operation>, Transaction> create, CancellationToken cancellationToken) => _undo.RunAsync(isRedo, create, cancellationToken);

    public ValueTask ClearUndoAsync() => _undo.ClearAsync();

    public void OpenUndoGroup(string label) => _undo.OpenGroup(label);

    public void CloseUndoGroup() => _undo.CloseGroup();

    public ValueTask DiscardAsync(string txId) => _writes.DiscardAsync(txId);

    public ValueTask FlushAsync() => _writer.FlushAsync();

    /// <summary>Opens a query for a reader and hands over its rows as they are, so that no batch is missed and none comes twice.</summary>
    public QueryRows Open(Query query, IRowReader reader, Action<QueryRows> handOver)
    {
        QueryRows rows;
        bool isRead;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_writes.HasEnded, typeof(SyncClient));
            rows = _replica.Open(query, out var isNew);
            rows.Readers.Add(reader);
            (rows.UnreadSince, rows.IsCheck) = (null, false);
            isRead = isNew && _replica.Stored.Count > 0;
            if (isRead) rows.Subscription.IsReading = _replica.Stored.Contains(query);
            handOver(rows);
            if (isNew) _plan.Watch(rows);
        }
        if (isRead) _disk.Start(rows);
        _rooms.Wake();
        return rows;
    }

    /// <summary>Looks at what the lock guards.</summary>
    public void Read(Action look)
    {
        lock (_gate) look();
    }

    public void Leave(QueryRows rows, IRowReader reader)
    {
        lock (_gate)
        {
            if (rows.Readers.Remove(reader) && rows.Readers.Count == 0 && !_writes.HasEnded) _unread.Left(rows);
        }
    }

    /// <summary>A connection has been made.</summary>
    public void Begin(Action wakeSender)
    {
        lock (_gate)
        {
            _plan.Begin();
            _wakeSender = wakeSender;
            _hasCaughtUp = false;
        }
    }

    /// <summary>The connection is gone.</summary>
    public void End()
    {
        Step step;
        _checks.End();
        lock (_gate)
        {
            _plan.End();
            _wakeSender = null;
            step = _replica.Disconnect();
        }
        Tell(step);
    }

    /// <param name="isQuiet">Whether nothing has been sent for a heartbeat.</param>
    /// <param name="pause">When to ask again although nothing happens; null where there is no need.</param>
    public ClientMessage? NextMessage(bool isQuiet, out TimeSpan? pause)
    {
        lock (_gate)
        {
            var now = _rooms.Now;
            var message = _plan.Next(isQuiet, now);
            pause = message is null ? _plan.PausesFor(now) : null;
            return message;
        }
    }

    public void ReleasePushes()
    {
        lock (_gate) _plan.Release();
    }

    /// <summary>Applies a message of the server, tells what it changed, and says what it means for the connection.</summary>
    public SessionNews Receive(ServerMessage message)
    {
        SessionNews news;
        var hasCaughtUp = false;
        lock (_gate)
        {
            news = _intake.Take(message, _rooms.Now, _rooms.Date);
            _unread.Look();
            if (!_hasCaughtUp && news.Event is null && _plan.IsOpen && _replica.IsCaughtUp)
            {
                _intake.CaughtUp();
                _hasCaughtUp = hasCaughtUp = true;
                news = news with { Event = new ConnectionEvent.CaughtUp() };
            }
        }
        Tell(news.Step);
        if (hasCaughtUp) _checks.Begin();
        else _checks.Continue();
        _undoWatch.Look();
        if (message is ServerMessage.Welcome or ServerMessage.Compare or ServerMessage.Checkpoint) _rooms.Wake();
        return news;
    }

    /// <summary>A frame could not be understood.</summary>
    public SessionNews ReceiveNonsense()
    {
        lock (_gate) return _intake.Garbled();
    }

    /// <summary>Forgets what this device has from the server. Pending writes stay.</summary>
    public void Clear()
    {
        Step step;
        Query[] stored;
        lock (_gate)
        {
            stored = [.. _replica.Stored.All.Select(known => known.Query)];
            var former = _replica.Queries.Select(rows => rows.Subscription.Id).ToArray();
            step = _replica.Clear();
            _plan.WatchAgain(former);
        }
        Tell(step);
        foreach (var query in stored) _disk.StartDropping(query);
        _rooms.Wake();
    }

    /// <summary>Ends for good: every reader's rows go, and whoever waits for a receipt waits no longer.</summary>
    public async ValueTask StopAsync()
    {
        List<PendingTransaction> waiting;
        List<IRowReader> readers;
        lock (_gate)
        {
            if (_writes.HasEnded) return;
            _writes.HasEnded = true;
            waiting = [.. _replica.Queue.All];
            readers = [.. _replica.Queries.SelectMany(rows => rows.Readers)];
        }
        await _unread.DisposeAsync().ConfigureAwait(false);
        await _checks.DisposeAsync().ConfigureAwait(false);
        await _seat.DisposeAsync().ConfigureAwait(false);
        await _disk.StopAsync().ConfigureAwait(false);
        await _writer.FlushAsync().ConfigureAwait(false);
        foreach (var reader in readers) reader.End();
        foreach (var transaction in waiting) transaction.Handle.Abandon();
    }

    private void Tell(Step step)
    {
        foreach (var reader in step.Readers) reader.Tell();
        if (step.Changed.Count > 0) _listener.RecordsChanged(step.Changed);
        foreach (var (transaction, receipt) in step.Receipts)
        {
            SyncDiagnostics.Receipts.Add(1, new KeyValuePair<string, object?>("outcome", receipt.IsAccepted ? "accepted" : "rejected"));
            transaction.Handle.Complete(receipt);
            if (!receipt.IsAccepted) _listener.Rejected(transaction, receipt);
        }
        if (step.HasUndoChanged) _listener.UndoChanged();
        if (step.HasTrayChanged) _listener.TrayChanged();
        if (step.HasQueueChanged || step.HasTrayChanged) _listener.QueueChanged();
    }
}

/// <summary>Who is told of what concerns no single query. Called outside the lock.</summary>
internal interface IClientListener
{
    void RecordsChanged(IReadOnlyCollection<RecordKey> keys);
    void Rejected(PendingTransaction transaction, Receipt receipt);
    void QueueChanged();
    void TrayChanged();
    void UndoChanged();
}
