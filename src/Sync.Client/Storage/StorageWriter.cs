namespace Sync.Client;

/// <summary>
/// Writes what has changed, one batch at a time, in order. Whoever comes while a batch is being written shares the next one.
/// <see cref="Changes"/> is filled under the client's lock; no lock is held while the storage writes.
/// </summary>
internal sealed class StorageWriter(IRecordStorage storage, Lock gate)
{
    private long _taken;
    private long _finished;

    // One for each who waits, since of several continuations of one task all but one go on elsewhere.
    private List<TaskCompletionSource> _waiting = [];

    public StorageChanges Changes { get; } = new();

    /// <summary>Told once a batch is durable, before those who wait for it.</summary>
    public required Action<StorageBatch> Written { get; init; }

    /// <summary>Told when a batch could not be written. Its records wait for the next one; its transactions count as never written.</summary>
    public required Func<StorageBatch, Exception, ValueTask> Failed { get; init; }

    /// <summary>Completes when all that had changed before the call is durable, or has failed and been told so.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        long awaited;
        lock (gate) awaited = Changes.IsEmpty ? _taken : _taken + 1;
        while (true)
        {
            StorageBatch? batch = null;
            Task? turn = null;
            lock (gate)
            {
                if (_finished >= awaited) return;
                if (_finished < _taken)
                {
                    var own = new TaskCompletionSource();
                    _waiting.Add(own);
                    turn = own.Task;
                }
                else
                {
                    batch = Changes.Take();
                    _taken++;
                }
            }
            if (batch is not null) await WriteAsync(batch).ConfigureAwait(false);
            else await turn!.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // Not cancelled: a batch that has begun is written.
    private async ValueTask WriteAsync(StorageBatch batch)
    {
        Exception? fault = null;
        try
        {
            await storage.WriteAsync(batch, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception thrown) // A storage is an adapter's: whatever it throws, the batch is not durable and its writers must hear of it.
        {
            fault = thrown;
            lock (gate) Changes.Return(batch);
        }
        if (fault is null) Written(batch);
        else await Failed(batch, fault).ConfigureAwait(false);

        List<TaskCompletionSource> waited;
        lock (gate)
        {
            _finished = _taken;
            (waited, _waiting) = (_waiting, []);
        }
        foreach (var own in waited) own.SetResult();
    }
}

