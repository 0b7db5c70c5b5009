using System.Collections.Immutable;
using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Sync.Client;

/// <summary>A query's rows as they are now, and how they change. Told once a checkpoint or write.</summary>
public sealed class LiveQuery<T> : IAsyncDisposable, INotifyPropertyChanged where T : class
{
    private static readonly PropertyChangedEventArgs FreshnessChanged = new(nameof(Freshness));
    private static readonly PropertyChangedEventArgs ErrorChanged = new(nameof(Error));

    private readonly LiveReader<T> _reader;
    private readonly LiveChanges<T> _changes;
    private readonly ClientLog _log;

    internal LiveQuery(ClientHeart heart, Query query, TableModel<T> table, Func<T, bool>? filter, ClientLog log)
    {
        _log = log;
        _changes = new LiveChanges<T>(log);
        _reader = new LiveReader<T>(heart, query, table, filter, SynchronizationContext.Current, log, Tell, _changes.Complete);
    }

    /// <summary>A list to bind to: changes by key, one item an event (Add, Remove, Move, Replace). A row that did not change stays the same object.</summary>
    public LiveRows<T> Items => _reader.Items;

    public Freshness Freshness => _reader.Freshness;

    /// <summary>Set when the server refused the query: code and sentence.</summary>
    public ApplyError? Error => _reader.Error;

    /// <summary>Completes when the result is current, or was refused. Cancelled when the query ends before.</summary>
    public Task WhenCurrentAsync(CancellationToken cancellationToken = default) => _reader.WhenCurrentAsync(cancellationToken);

    /// <summary>Whole snapshots, the latest wins: first the rows as they are, then each time that something has changed since. Ends with the query.</summary>
    public async IAsyncEnumerable<LiveSnapshot<T>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var version = -1L;
        while (await _reader.NextAsync(version, cancellationToken).ConfigureAwait(false) is { } next)
        {
            version = next.Version;
            yield return next.Snapshot;
        }
    }

    /// <summary>The changes between snapshots, keyed and minimal. Completes with the query.</summary>
    public IObservable<LiveChange<T>> Changes => _changes;

    /// <summary>Told after <see cref="Items"/>, <see cref="Freshness"/> or <see cref="Error"/> changed.</summary>
    public event Action? Updated;

    public event PropertyChangedEventHandler? PropertyChanged;

    /// <summary>Stops listening. The rows stay as they are.</summary>
    public ValueTask DisposeAsync()
    {
        _reader.Leave();
        return ValueTask.CompletedTask;
    }

    private void Tell(ToldChange<T> told)
    {
        _changes.Tell(told.Change);
        foreach (var listener in Delegate.EnumerateInvocationList(Updated)) _log.Tell(static listener => listener(), listener);
        if (told.IsFreshnessChanged) Tell(FreshnessChanged);
        if (told.IsErrorChanged) Tell(ErrorChanged);
    }

    private void Tell(PropertyChangedEventArgs changed)
    {
        foreach (var listener in Delegate.EnumerateInvocationList(PropertyChanged)) _log.Tell(args => listener(this, args), changed);
    }
}

/// <summary>The observers of a live query's changes.</summary>
internal sealed class LiveChanges<T>(ClientLog log) : IObservable<LiveChange<T>>
{
    private readonly Lock _gate = new();
    private ImmutableArray<IObserver<LiveChange<T>>> _observers = [];
    private bool _isComplete;

    public IDisposable Subscribe(IObserver<LiveChange<T>> observer)
    {
        lock (_gate)
        {
            if (!_isComplete)
            {
                _observers = _observers.Add(observer);
                return new Subscription(this, observer);
            }
        }
        observer.OnCompleted();
        return new Subscription(this, observer);
    }

    public void Tell(LiveChange<T> change)
    {
        foreach (var observer in _observers) log.Tell(observer.OnNext, change);
    }

    public void Complete()
    {
        ImmutableArray<IObserver<LiveChange<T>>> observers;
        lock (_gate)
        {
            (observers, _observers) = (_observers, []);
            _isComplete = true;
        }
        foreach (var observer in observers) log.Tell(static observer => observer.OnCompleted(), observer);
    }

    private sealed class Subscription(LiveChanges<T> changes, IObserver<LiveChange<T>> observer) : IDisposable
    {
        public void Dispose()
        {
            lock (changes._gate) changes._observers = changes._observers.Remove(observer);
        }
    }
}
