using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>The confirmed records of this device with its own pending writes replayed over them, untyped: the guide's RecordCache.</summary>
public sealed class RecordCache
{
    private readonly Func<ClientHeart> _heart;
    private readonly ClientLog _log;
    private readonly Lock _gate = new();
    private ImmutableArray<Action<IReadOnlyCollection<RecordKey>>> _listeners = [];

    internal RecordCache(Func<ClientHeart> heart, ClientLog log) => (_heart, _log) = (heart, log);

    /// <summary>The record as this device sees it; null where there is none here, or it was deleted.</summary>
    public Record? Get(RecordKey key) => _heart().Find(key);

    /// <summary>As <see cref="Get"/>, and looks on disk where nobody reads the record now.</summary>
    public async ValueTask<Record?> FindAsync(RecordKey key, CancellationToken cancellationToken = default)
    {
        var heart = _heart();
        if (heart.MayBeOnDisk(key)) await heart.ReadAsync([key], cancellationToken).ConfigureAwait(false);
        return heart.Find(key);
    }

    /// <summary>What of this device's writes to the record is still on its way. Whoever listens is told when it changes.</summary>
    public RecordStatus StatusOf(RecordKey key) => _heart().StatusOf(key);

    /// <summary>Those of the records that are here.</summary>
    public RecordMap GetMany(IEnumerable<RecordKey> keys)
    {
        var heart = _heart();
        return new RecordMap(keys.Select(heart.Find).OfType<Record>());
    }

    /// <summary>What is here of a query's result, in its order. Asks no server and needs no index.</summary>
    public IReadOnlyList<Record> Query(Query query) => _heart().Select(query);

    /// <summary>Told with the keys of records that changed, or whose status did, once a checkpoint or write.</summary>
    public IDisposable Subscribe(Action<IReadOnlyCollection<RecordKey>> listener)
    {
        lock (_gate) _listeners = _listeners.Add(listener);
        return new Subscription(this, listener);
    }

    /// <summary>Forgets all that came from the server and tells who listens; open queries load again. Own writes that wait for their receipt stay.</summary>
    public void Clear() => _heart().Clear();

    internal void Tell(IReadOnlyCollection<RecordKey> changed)
    {
        foreach (var listener in _listeners) _log.Tell(listener, changed);
    }

    private sealed class Subscription(RecordCache cache, Action<IReadOnlyCollection<RecordKey>> listener) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
            lock (cache._gate) cache._listeners = cache._listeners.Remove(listener);
        }
    }
}
