using System.Diagnostics.CodeAnalysis;

namespace Sync.Server;

/// <summary>
/// The latest committed state: a bounded cache over the store, kept current by the processor's loop. Always one revision: a load that is
/// newer than what the loop has told waits until the loop has caught up. Safe to call from anywhere.
/// </summary>
internal sealed class RecordSource : IRelatedSource
{
    /// <summary>Most times that a load starts again because what it brought changed and was forgotten meanwhile.</summary>
    private const int MaxRounds = 8;

    private readonly SyncModel _model;
    private readonly ITransactionStore _store;
    private readonly int _maxFound;

    private readonly Lock _gate = new();
    private readonly RecentlyUsed<RecordKey, Record?> _records;
    private readonly CachedLookups _lookups;
    private readonly List<LoadInFlight> _loads = [];
    private readonly RevisionWaiters _waiters;
    private Revision _head;

    public RecordSource(SyncModel model, ITransactionStore store, Revision head, SyncServerOptions options, TaskCreationOptions completions)
    {
        (_model, _store, _head, _maxFound) = (model, store, head, options.MaxRecordsPerLookup);
        _records = new(options.MaxCachedRecords);
        _lookups = new(options.MaxCachedLookups);
        _waiters = new(completions);
    }

    /// <summary>Called, outside of the lock, when a read came back newer than what the loop has told: it may have to look at the store's log.</summary>
    public Action? OnBehind { get; set; }

    /// <summary>The newest revision that it holds.</summary>
    public Revision Head
    {
        get { lock (_gate) return _head; }
    }

    /// <summary>True where the answer is known: a live record, a tombstone, or null where there never was one.</summary>
    public bool TryGet(RecordKey key, out Record? record)
    {
        lock (_gate) return _records.TryGet(key, out record);
    }

    /// <summary>True where the answer is known: the live records that the lookup finds, in the order of ids.</summary>
    public bool TryFind(RelatedLookup lookup, [NotNullWhen(true)] out IReadOnlyList<Record>? found)
    {
        found = TryFind(lookup, out FoundRecords? records) ? records.All : null;
        return found is not null;
    }

    public bool TryFind(RelatedLookup lookup, [NotNullWhen(true)] out FoundRecords? found)
    {
        lock (_gate) return _lookups.TryGet(lookup, out found) && found is not null;
    }

    /// <summary>Records at one revision, tombstones included. Completes at once when all are known.</summary>
    public async ValueTask<StoreSnapshot> LoadAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken)
    {
        var snapshot = await SnapshotAsync(keys, [], cancellationToken).ConfigureAwait(false);
        return new StoreSnapshot(snapshot.Revision, snapshot.Records.Values.OfType<Record>().ToDictionary(record => record.Key));
    }

    /// <summary>Makes lookups known. Completes at once when all are.</summary>
    public async ValueTask LoadAsync(IReadOnlyCollection<RelatedLookup> lookups, CancellationToken cancellationToken) =>
        await SnapshotAsync([], lookups, cancellationToken).ConfigureAwait(false);

    /// <summary>Records and lookups at one revision. Completes at once when all are known.</summary>
    public ValueTask<Snapshot> SnapshotAsync(IReadOnlyCollection<RecordKey> keys, IReadOnlyCollection<RelatedLookup> lookups, CancellationToken cancellationToken) =>
        SnapshotAsync(keys, lookups, CatchUpAsync, cancellationToken);

    /// <param name="reach">Brings <see cref="Head"/> to a revision: the processor's loop, which nobody else moves, does it itself.</param>
    public ValueTask<Snapshot> SnapshotAsync(
        IReadOnlyCollection<RecordKey> keys, IReadOnlyCollection<RelatedLookup> lookups, Func<Revision, CancellationToken, ValueTask> reach, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (TrySnapshot(keys, lookups, null) is { } known) return new(known);
        }
        return LoadSnapshotAsync(keys, lookups, reach, cancellationToken);
    }

    /// <summary>
    /// The live records that meet a query and the conditions <paramref name="also"/>, at most <paramref name="max"/>; <see cref="Head"/> has reached their revision.
    /// The query's limit plays no part. Soft-deleted records are left out unless the query has a condition on their field.
    /// </summary>
    public async ValueTask<StoreQueryResult> QueryAsync(Query query, IReadOnlyList<QueryCondition> also, int max, CancellationToken cancellationToken)
    {
        if (_model.Find(query.Table)?.SoftDeleteField is { } softDelete && query.Where.All(condition => condition.Path != softDelete))
            also = [.. also, new QueryCondition.EqualTo(softDelete, CanonicalJson.Null)];

        var result = await _store.QueryAsync(new StoreQuery(query with { Limit = null }, also, max), cancellationToken).ConfigureAwait(false);
        await CatchUpAsync(result.Revision, cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <summary>What the log holds of a record; <see cref="Head"/> has reached its revision.</summary>
    public async ValueTask<RecordHistory> ReadHistoryAsync(RecordKey key, Revision? before, int max, CancellationToken cancellationToken)
    {
        var history = await _store.ReadHistoryAsync(key, before, max, cancellationToken).ConfigureAwait(false);
        await CatchUpAsync(history.Revision, cancellationToken).ConfigureAwait(false);
        return history;
    }

    /// <summary>Waits until <see cref="Head"/> has reached a revision.</summary>
    public async ValueTask ReachAsync(Revision revision, CancellationToken cancellationToken)
    {
        TaskCompletionSource reached;
        lock (_gate)
        {
            if (_head >= revision) return;
            reached = _waiters.Add(revision);
        }

        using var registration = cancellationToken.UnsafeRegister((_, token) =>
        {
            lock (_gate) _waiters.Remove(reached);
            reached.TrySetCanceled(token);
        }, null);
        await reached.Task.ConfigureAwait(false);
    }

    /// <summary>As <see cref="ReachAsync"/>, and has the log looked at where that is behind.</summary>
    public async ValueTask CatchUpAsync(Revision revision, CancellationToken cancellationToken)
    {
        if (Head >= revision) return;
        OnBehind?.Invoke();
        await ReachAsync(revision, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes in what was committed. Called by the processor's loop only, in revision order.</summary>
    public void Apply(IReadOnlyList<Commit> commits)
    {
        IReadOnlyList<TaskCompletionSource> reached;
        lock (_gate)
        {
            foreach (var commit in commits)
            {
                foreach (var change in commit.Changes) Apply(change);
                _head = commit.Revision;
            }
            reached = _waiters.TakeReached(_head);
        }
        foreach (var waiter in reached) waiter.TrySetResult();
    }

    /// <summary>Forgets everything: the store changed in a way that was not told. Called by the processor's loop only.</summary>
    public void Reset(Revision head)
    {
        IReadOnlyList<TaskCompletionSource> reached;
        lock (_gate)
        {
            _records.Clear();
            _lookups.Clear();
            _loads.Clear();
            if (head > _head) _head = head;
            reached = _waiters.TakeReached(_head);
        }
        foreach (var waiter in reached) waiter.TrySetResult();
    }

    /// <summary>Forgets what the store has in another form than was told. Called by the processor's loop only.</summary>
    public void Forget(IEnumerable<RecordKey> keys, IEnumerable<RelatedLookup> lookups)
    {
        lock (_gate)
        {
            foreach (var key in keys) _records.Remove(key);
            foreach (var lookup in lookups) _lookups.Remove(lookup);
            _loads.Clear();
        }
    }

    private void Apply(RecordChange change)
    {
        _records.Put(change.Key, change.After);
        _lookups.Apply(change);
        foreach (var load in _loads) load.Apply(change);
    }

    private async ValueTask<Snapshot> LoadSnapshotAsync(
        IReadOnlyCollection<RecordKey> keys, IReadOnlyCollection<RelatedLookup> lookups, Func<Revision, CancellationToken, ValueTask> reach, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var load = Begin(keys, lookups);
            try
            {
                var revision = await FillAsync(load, cancellationToken).ConfigureAwait(false);
                await reach(revision, cancellationToken).ConfigureAwait(false);
                lock (_gate)
                {
                    if (!_loads.Contains(load)) continue;
                    var snapshot = TrySnapshot(keys, lookups, load);
                    Keep(load);
                    if (snapshot is not null) return snapshot;
                }
            }
            finally
            {
                lock (_gate) _loads.Remove(load);
            }
        }
        throw new TimeoutException($"What was to be loaded changed {MaxRounds} times while it was.");
    }

    private LoadInFlight Begin(IReadOnlyCollection<RecordKey> keys, IReadOnlyCollection<RelatedLookup> lookups)
    {
        lock (_gate)
        {
            var load = new LoadInFlight([.. keys.Where(key => !_records.Contains(key)).Distinct()], [.. lookups.Where(lookup => !_lookups.TryGet(lookup, out _)).Distinct()]);
            _loads.Add(load);
            return load;
        }
    }

    /// <summary>Reads from the store. The parts may be of different revisions; returns the newest.</summary>
    private async ValueTask<Revision> FillAsync(LoadInFlight load, CancellationToken cancellationToken)
    {
        var newest = Revision.None;
        if (load.Keys.Count > 0)
        {
            var loaded = await _store.LoadAsync(load.Keys, cancellationToken).ConfigureAwait(false);
            foreach (var key in load.Keys) load.Records[key] = loaded.Records.GetValueOrDefault(key);
            newest = loaded.Revision;
        }

        foreach (var lookup in load.Lookups)
        {
            var table = _model.Find(lookup.Table) ?? throw new InvalidOperationException($"A lookup names the table {lookup.Table}, which is not registered.");
            var found = await _store.QueryAsync(new StoreQuery(lookup.ToQuery(table), [], _maxFound), cancellationToken).ConfigureAwait(false);
            load.Found[lookup] = found.IsCut ? FoundRecords.TooMany : new FoundRecords(found.Records);
            if (found.Revision > newest) newest = found.Revision;
        }
        return newest;
    }

    private void Keep(LoadInFlight load)
    {
        foreach (var (key, record) in load.Records)
        {
            if (load.IsCurrent(key) && !_records.Contains(key)) _records.Put(key, record);
        }
        foreach (var (lookup, found) in load.Found)
        {
            if (load.IsCurrent(lookup) && !_lookups.TryGet(lookup, out _)) _lookups.Put(lookup, found);
        }
    }

    private Snapshot? TrySnapshot(IReadOnlyCollection<RecordKey> keys, IReadOnlyCollection<RelatedLookup> lookups, LoadInFlight? load)
    {
        var records = new Dictionary<RecordKey, Record?>(keys.Count);
        foreach (var key in keys)
        {
            if (_records.TryGet(key, out var record)) records[key] = record;
            else if (load?.IsCurrent(key) == true) records[key] = load.Records[key];
            else return null;
        }

        var found = new Dictionary<RelatedLookup, FoundRecords>(lookups.Count);
        foreach (var lookup in lookups)
        {
            if (_lookups.TryGet(lookup, out var known)) found[lookup] = known!;
            else if (load?.IsCurrent(lookup) == true) found[lookup] = load.Found[lookup];
            else return null;
        }
        return new Snapshot(_head, records, found);
    }
}
