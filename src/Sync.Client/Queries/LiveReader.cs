namespace Sync.Client;

/// <summary>
/// One reader of a query: takes batches under the client's lock, and turns them into typed rows and tells them where its app wants to hear of them, one
/// batch after the other. Only one thread tells at a time; whoever comes meanwhile leaves its batch to that one.
/// </summary>
internal sealed class LiveReader<T> : IRowReader where T : class
{
    /// <summary>Most batches that wait for a slow listener. Beyond it they are dropped, and what differs in the end is told as one change.</summary>
    private const int MaxTaken = 256;

    private readonly ClientHeart _heart;
    private readonly ShownRows<T> _shown;
    private readonly SynchronizationContext? _context;
    private readonly ClientLog _log;
    private readonly Action<ToldChange<T>> _tell;
    private readonly Action _end;
    private readonly QueryRows _rows;

    // Guards what is below. Taken inside the client's lock, never around it.
    private readonly Lock _gate = new();
    private readonly Queue<RowBatch> _taken = [];
    private TaskCompletionSource? _isCurrent;
    private TaskCompletionSource? _changed;
    private LiveSnapshot<T>? _snapshot;
    private LiveRows<T>? _items;
    private Freshness _freshness;
    private ApplyError? _error;
    private long _version;
    private bool _isBehind;
    private bool _isTelling = true;
    private bool _hasEnded;
    private int _isPosted;

    public LiveReader(ClientHeart heart, Query query, TableModel<T> table, Func<T, bool>? filter, SynchronizationContext? context, ClientLog log, Action<ToldChange<T>> tell, Action end)
    {
        (_heart, _context, _log, _tell, _end) = (heart, context, log, tell, end);
        _shown = new ShownRows<T>(table, filter, log);
        Row[] first = [];
        _rows = heart.Open(query, this, rows =>
        {
            first = [.. rows.Rows];
            (_freshness, _error) = (rows.Freshness, rows.Subscription.Error);
        });
        foreach (var row in first) _shown.Fill(row, _shown.Read(row));
        lock (_gate) _isTelling = false;
        Tell();
    }

    public Freshness Freshness
    {
        get
        {
            lock (_gate) return _freshness;
        }
    }

    public ApplyError? Error
    {
        get
        {
            lock (_gate) return _error;
        }
    }

    public LiveRows<T> Items
    {
        get
        {
            lock (_gate) return _items ??= new LiveRows<T>(_shown.ToArray());
        }
    }

    public Task WhenCurrentAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_freshness == Freshness.Current || _error is not null) return Task.CompletedTask;
            if (_hasEnded) return Task.FromCanceled(new CancellationToken(canceled: true));
            return (_isCurrent ??= new TaskCompletionSource()).Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The snapshot after the given version, at once or when there is one; null when there will be none.</summary>
    public async ValueTask<(LiveSnapshot<T> Snapshot, long Version)?> NextAsync(long version, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_version > version) return (_snapshot ??= new LiveSnapshot<T>(_shown.ToArray(), _freshness), _version);
                if (_hasEnded) return null;
                changed = (_changed ??= new TaskCompletionSource()).Task;
            }
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Take(RowBatch batch)
    {
        lock (_gate)
        {
            if (_hasEnded || _isBehind) return;
            _taken.Enqueue(batch);
            if (_taken.Count <= MaxTaken) return;
            _isBehind = true;
            _taken.Clear();
        }
    }

    public void Tell()
    {
        if (_context is null || _context == SynchronizationContext.Current)
        {
            TellAll();
        }
        else if (Interlocked.Exchange(ref _isPosted, 1) == 0)
        {
            _context.Post(static state =>
            {
                var reader = (LiveReader<T>)state!;
                Volatile.Write(ref reader._isPosted, 0);
                reader.TellAll();
            }, this);
        }
    }

    /// <summary>The reader leaves; its rows stay as they are.</summary>
    public void Leave()
    {
        _heart.Leave(_rows, this);
        Finish();
    }

    /// <summary>The user has signed out: the rows go.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_hasEnded) return;
            _taken.Clear();
            _taken.Enqueue(RowBatch.End);
        }
        Tell();
    }

    private void TellAll()
    {
        lock (_gate)
        {
            if (_isTelling) return;
            _isTelling = true;
        }
        while (true)
        {
            RowBatch? batch;
            lock (_gate)
            {
                if (!_taken.TryDequeue(out batch) && !_isBehind)
                {
                    _isTelling = false;
                    return;
                }
            }
            if (batch is null) TellDifference();
            else if (ReferenceEquals(batch, RowBatch.End)) TellEnd();
            else TellBatch(batch);
        }
    }

    private void TellBatch(RowBatch batch)
    {
        var typed = new T?[batch.Steps.Length];
        for (var i = 0; i < typed.Length; i++)
        {
            if (batch.Steps[i].Kind is RowStepKind.Added or RowStepKind.Replaced) typed[i] = _shown.Read(batch.Steps[i].Row);
        }
        TellChange(batch.Freshness, batch.Error, changes =>
        {
            for (var i = 0; i < typed.Length; i++) _shown.Apply(batch.Steps[i], typed[i], changes);
        });
    }

    private void TellDifference()
    {
        Row[] rows = [];
        var (freshness, error) = (Freshness.Unknown, default(ApplyError));
        _heart.Read(() =>
        {
            rows = [.. _rows.Rows];
            (freshness, error) = (_rows.Freshness, _rows.Subscription.Error);
            lock (_gate) _isBehind = false;
        });
        var typed = Array.ConvertAll(rows, _shown.Read);
        TellChange(freshness, error, changes => _shown.Become(rows, typed, changes));
    }

    private void TellEnd()
    {
        TellChange(Freshness.Unknown, null, _shown.Clear);
        Finish();
    }

    private void TellChange(Freshness freshness, ApplyError? error, Action<List<RowChange<T>>> apply)
    {
        var changes = new List<RowChange<T>>();
        TaskCompletionSource? isCurrent = null;
        TaskCompletionSource? changed;
        LiveRows<T>? items;
        bool isFresh, isError;
        lock (_gate)
        {
            apply(changes);
            (isFresh, isError) = (freshness != _freshness, error != _error);
            (_freshness, _error) = (freshness, error);
            if (freshness == Freshness.Current || error is not null) (isCurrent, _isCurrent) = (_isCurrent, null);
            (changed, _changed) = (_changed, null);
            _snapshot = null;
            _version++;
            items = _items;
        }
        if (items is not null)
        {
            foreach (var change in changes) _log.Tell(items.Apply, change);
        }
        if (changes.Count > 0 || isFresh || isError) _tell(new ToldChange<T>(new LiveChange<T>(changes, freshness), isFresh, isError));
        changed?.TrySetResult();
        isCurrent?.TrySetResult();
    }

    private void Finish()
    {
        TaskCompletionSource? isCurrent;
        TaskCompletionSource? changed;
        lock (_gate)
        {
            if (_hasEnded) return;
            _hasEnded = true;
            _taken.Clear();
            _isBehind = false;
            (isCurrent, _isCurrent) = (_isCurrent, null);
            (changed, _changed) = (_changed, null);
        }
        changed?.TrySetResult();
        isCurrent?.TrySetCanceled();
        _end();
    }
}

/// <summary>A change and what of a live query's properties changed with it.</summary>
internal readonly record struct ToldChange<T>(LiveChange<T> Change, bool IsFreshnessChanged, bool IsErrorChanged);
