namespace Sync.Client;

/// <summary>
/// The replica behind its lock. Every call takes the lock for pure work in memory, releases it, and then tells: rows and listeners first, receipts after,
/// so that whoever waits for a receipt finds its effects shown. Nothing of the app and no I/O runs under the lock.
/// </summary>
internal sealed class ClientHeart
{
    /// <summary>Most queries kept current that nobody reads.</summary>
    private const int MaxUnread = 100;

    private readonly Lock _gate = new();
    private readonly Replica _replica;
    private readonly SendPlan _plan;
    private readonly StorageWriter _storage;
    private readonly SyncClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ClientLog _log;
    private readonly IClientListener _listener;
    private readonly string _userId;
    private readonly long _start;
    private readonly ITimer _sweep;
    private Action? _wakeSender;
    private string _clientId = "";
    private bool _hasCaughtUp;
    private bool _isSweepScheduled;
    private bool _isEnded;

    public ClientHeart(SyncModel model, IRecordStorage storage, string userId, SyncClientOptions options, TimeProvider time, ClientLog log, IClientListener listener)
    {
        (_options, _time, _log, _listener, _userId) = (options, time, log, listener, userId);
        _storage = new StorageWriter(storage, _gate) { Written = OnWritten, Failed = OnStorageFailed };
        _replica = new Replica(model, _storage.Changes);
        _plan = new SendPlan(_replica, options.MaxWritesInFlight);
        _start = time.GetTimestamp();
        _sweep = time.CreateTimer(_ => Sweep(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int PendingCount
    {
        get
        {
            lock (_gate) return _replica.Queue.Count;
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    public async ValueTask LoadAsync(StoredState state)
    {
        lock (_gate)
        {
            _clientId = state.ClientId;
            _replica.Load(state);
        }
        await _storage.FlushAsync().ConfigureAwait(false);
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

    /// <summary>Puts a transaction into the queue and the view at once, and returns when it is saved.</summary>
    public async ValueTask<WriteHandle> WriteAsync(string? label, Transaction transaction, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PendingTransaction pending;
        Step step;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isEnded, typeof(SyncClient));
            if (_replica.Queue.Count >= _options.MaxPendingWrites)
                throw new InvalidOperationException($"{_options.MaxPendingWrites} writes wait for the server already. Wait until some are sent, or raise {nameof(SyncClientOptions.MaxPendingWrites)}.");
            pending = new PendingTransaction(new QueuePlace(_clientId, _replica.Queue.LastSeq + 1), transaction, label, new WriteHandle(transaction.TxId));
            step = _replica.Write(pending);
        }
        SyncDiagnostics.Writes.Add(1);
        Tell(step);
        await _storage.FlushAsync(cancellationToken).ConfigureAwait(false);
        return pending.StorageFault is { } fault ? throw new StorageException(fault) : pending.Handle;
    }

    public ValueTask FlushAsync() => _storage.FlushAsync();

    /// <summary>Opens a query for a reader and hands over its rows as they are, so that no batch is missed and none comes twice.</summary>
    public QueryRows Open(Query query, IRowReader reader, Action<QueryRows> handOver)
    {
        QueryRows rows;
        Action? wake;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isEnded, typeof(SyncClient));
            rows = _replica.Open(query, out var isNew);
            rows.Readers.Add(reader);
            rows.UnreadSince = null;
            handOver(rows);
            if (isNew) _plan.Watch(rows);
            wake = _wakeSender;
        }
        wake?.Invoke();
        return rows;
    }

    /// <summary>Looks at what the lock guards.</summary>
    public void Read(Action look)
    {
        lock (_gate) look();
    }

    /// <summary>A reader has left. The query is kept current for a while, since readers often come back.</summary>
    public void Leave(QueryRows rows, IRowReader reader)
    {
        lock (_gate)
        {
            if (!rows.Readers.Remove(reader) || rows.Readers.Count > 0 || _isEnded) return;
            rows.UnreadSince = Now;
            ScheduleSweep();
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
            var now = Now;
            var message = _plan.Next(_clientId, isQuiet, now);
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
        Action? wake;
        lock (_gate)
        {
            news = Take(message);
            if (!_hasCaughtUp && news.Event is null && _plan.IsOpen && _replica.IsCaughtUp)
            {
                _hasCaughtUp = true;
                news = news with { Event = new ConnectionEvent.CaughtUp() };
            }
            wake = _wakeSender;
        }
        Tell(news.Step);
        if (message is ServerMessage.Welcome or ServerMessage.Checkpoint { Receipts.IsEmpty: false }) wake?.Invoke();
        return news;
    }

    /// <summary>Forgets what this device has from the server. Pending writes stay.</summary>
    public void Clear()
    {
        Step step;
        Action? wake;
        lock (_gate)
        {
            var former = _replica.Queries.Select(rows => rows.Subscription.Id).ToArray();
            step = _replica.Clear();
            _plan.WatchAgain(former);
            wake = _wakeSender;
        }
        Tell(step);
        wake?.Invoke();
    }

    /// <summary>Ends for good: every reader's rows go, and whoever waits for a receipt waits no longer.</summary>
    public async ValueTask StopAsync()
    {
        List<PendingTransaction> waiting;
        List<IRowReader> readers;
        lock (_gate)
        {
            if (_isEnded) return;
            _isEnded = true;
            waiting = [.. _replica.Queue.After(0)];
            readers = [.. _replica.Queries.SelectMany(rows => rows.Readers)];
        }
        await _sweep.DisposeAsync().ConfigureAwait(false);
        await _storage.FlushAsync().ConfigureAwait(false);
        foreach (var reader in readers) reader.End();
        foreach (var transaction in waiting) transaction.Handle.Abandon();
    }

    private SessionNews Take(ServerMessage message)
    {
        switch (message)
        {
            case ServerMessage.Welcome welcome when welcome.UserId != _userId:
                _log.OtherUser();
                return SessionNews.Of(new ConnectionEvent.TurnedAway());
            case ServerMessage.Welcome welcome:
                _plan.Welcome();
                return SessionNews.None with { Heartbeat = welcome.Heartbeat };
            case ServerMessage.Part part:
                _replica.Stage(part);
                return SessionNews.None;
            case ServerMessage.Checkpoint checkpoint when !_replica.CanApply(checkpoint):
                return SessionNews.Of(new ConnectionEvent.Garbled());
            case ServerMessage.Checkpoint checkpoint:
                foreach (var delivery in checkpoint.Receipts) _plan.Answered(delivery.Seq);
                SyncDiagnostics.Checkpoints.Add(1);
                var step = _replica.Apply(checkpoint, Now);
                if (!_isSweepScheduled) ScheduleSweep();
                return new SessionNews(step);
            case ServerMessage.Retry retry:
                _plan.Hold(retry.Seq);
                return SessionNews.None with { HoldFor = retry.RetryAfter };
            case ServerMessage.Error { Sub.Value: not 0 } error:
                _log.SubscriptionRefused(error.Code);
                return new SessionNews(_replica.Refuse(error.Sub, new ApplyError(error.Code, error.Message)));
            case ServerMessage.Error error:
                _log.SessionRefused(error.Code);
                return SessionNews.None;
            case ServerMessage.Ping:
                return SessionNews.None;
            case ServerMessage.Drain drain:
                return SessionNews.Of(new ConnectionEvent.Drained(drain.RetryAfter));
            default:
                throw new ArgumentOutOfRangeException(nameof(message), message, "Not a message of this version.");
        }
    }

    private void OnWritten(StorageBatch batch)
    {
        Action? wake;
        lock (_gate)
        {
            foreach (var queued in batch.Queued)
            {
                if (_replica.Queue.Find(queued.Place.Seq) is { } pending) pending.IsSaved = true;
            }
            wake = batch.Queued.IsEmpty ? null : _wakeSender;
        }
        wake?.Invoke();
    }

    private void OnStorageFailed(StorageBatch batch, Exception fault)
    {
        _log.StorageFailed(fault);
        foreach (var queued in batch.Queued)
        {
            Step step;
            lock (_gate)
            {
                if (_replica.Queue.Find(queued.Place.Seq) is not { } pending) continue;
                pending.StorageFault = fault;
                step = _replica.Withdraw(pending);
            }
            Tell(step);
        }
    }

    private void Sweep()
    {
        var steps = new List<Step>();
        Action? wake;
        lock (_gate)
        {
            if (_isEnded) return;
            _isSweepScheduled = false;
            var now = Now;
            var until = now - _options.KeepUnread;
            var unread = _replica.Queries.Where(rows => rows.UnreadSince is not null).OrderBy(rows => rows.UnreadSince).ToArray();
            for (var i = 0; i < unread.Length; i++)
            {
                var rows = unread[i];
                if (rows.UnreadSince > until && unread.Length - i <= MaxUnread) break;
                _plan.Unwatch(rows.Subscription.Id);
                steps.Add(_replica.Close(rows, now));
            }
            steps.Add(_replica.ForgetLoose(until, now));
            ScheduleSweep();
            wake = _wakeSender;
        }
        foreach (var step in steps) Tell(step);
        wake?.Invoke();
    }

    private void ScheduleSweep()
    {
        TimeSpan? oldest = _replica.OldestLoose;
        var unread = 0;
        foreach (var rows in _replica.Queries)
        {
            if (rows.UnreadSince is not { } since) continue;
            unread++;
            if (oldest is null || since < oldest) oldest = since;
        }
        if (oldest is not { } first) return;
        _isSweepScheduled = true;
        var due = first + _options.KeepUnread - Now;
        _sweep.Change(due < TimeSpan.Zero || unread > MaxUnread ? TimeSpan.Zero : due, Timeout.InfiniteTimeSpan);
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
        if (step.HasQueueChanged) _listener.QueueChanged();
    }
}

/// <summary>Who is told of what concerns no single query. Called outside the lock.</summary>
internal interface IClientListener
{
    void RecordsChanged(IReadOnlyCollection<RecordKey> keys);
    void Rejected(PendingTransaction transaction, Receipt receipt);
    void QueueChanged();
}
