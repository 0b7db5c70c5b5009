namespace Sync.Client.Tests;

/// <summary>One device whose client can be ended, or dies, and is started again over what it had stored.</summary>
internal sealed class Device : IRecordStorageProvider
{
    private readonly InMemoryStorageProvider _disk = new();
    private readonly List<InMemoryStorage> _opened = [];

    /// <summary>Thrown by the next batches, as long as it is set.</summary>
    public Exception? Fault { get; set; }

    /// <summary>While set, batches reach the disk only after it.</summary>
    public TaskCompletionSource? SlowWrites { get; set; }

    /// <summary>While set, what queries have found on disk reaches nobody before it is.</summary>
    public TaskCompletionSource? SlowReads { get; set; }

    public async ValueTask<IRecordStorage> OpenAsync(StorageName name, CancellationToken cancellationToken)
    {
        var storage = (InMemoryStorage)await _disk.OpenAsync(name, cancellationToken);
        _opened.Add(storage);
        return new Faulty(this, storage);
    }

    /// <summary>A client on this device, behind a server that the test plays.</summary>
    public TestClient Start() => new(other: this, seed: ++_starts);

    /// <summary>The process of the last client ends without a word. Whoever held its locks holds them no more.</summary>
    public void Kill() => _opened[^1].Release();

    /// <summary>What is on disk for a query, whoever runs.</summary>
    public async Task<string[]> StoredAsync(Query query)
    {
        var records = await _opened[^1].QueryAsync(query, default);
        return [.. records.Select(record => record.ToString()).Order(StringComparer.Ordinal)];
    }

    /// <summary>All that undo has on disk, as text, as the next process would find it.</summary>
    public async Task<string> StoredUndoAsync()
    {
        var state = await _opened[^1].LoadAsync("unused", default);
        return string.Join('\n', state.UndoSteps.Select(step => step.Content));
    }

    private int _starts;

    private sealed class Faulty(Device device, InMemoryStorage storage) : IRecordStorage
    {
        public ValueTask<StoredState> LoadAsync(string newClientId, CancellationToken cancellationToken) => storage.LoadAsync(newClientId, cancellationToken);
        public ValueTask<IReadOnlyList<Record>> FindAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken) => storage.FindAsync(keys, cancellationToken);

        public async ValueTask<IReadOnlyList<Record>> QueryAsync(Query query, CancellationToken cancellationToken)
        {
            var found = await storage.QueryAsync(query, cancellationToken);
            if (device.SlowReads is { } slow) await slow.Task;
            return found;
        }


        public async ValueTask WriteAsync(StorageBatch batch, CancellationToken cancellationToken)
        {
            if (device.SlowWrites is { } slow) await slow.Task;
            if (device.Fault is { } fault) throw fault;
            await storage.WriteAsync(batch, cancellationToken);
        }

        public ValueTask<bool> TryBecomeWriterAsync(CancellationToken cancellationToken) => storage.TryBecomeWriterAsync(cancellationToken);
        public ValueTask DeleteAsync(CancellationToken cancellationToken) => storage.DeleteAsync(cancellationToken);
        public ValueTask DisposeAsync() => storage.DisposeAsync();
    }
}
