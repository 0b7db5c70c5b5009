using Sync.Client;

namespace Sync.Testing;

/// <summary>Stands where running clients stand: opens storages, lets them die, and puts the rest away when the case is over.</summary>
internal sealed class StorageScene(RecordStorageHome home, CancellationToken patience) : IAsyncDisposable
{
    private readonly List<OpenedStorage> _open = [];

    public static StorageName Ann { get; } = new(new Uri("https://sync.example/api/realtime"), "ann");

    public RecordStorageHome Home => home;

    public CancellationToken Patience => patience;

    public async Task<OpenedStorage> OpenAsync(string newClientId, StorageName? name = null)
    {
        var storage = await home.Provider.OpenAsync(name ?? Ann, patience);
        try
        {
            var opened = new OpenedStorage(storage, await storage.LoadAsync(newClientId, patience), patience);
            lock (_open) _open.Add(opened);
            return opened;
        }
        catch
        {
            await storage.DisposeAsync();
            throw;
        }
    }

    public async Task CloseAsync(OpenedStorage opened)
    {
        _open.Remove(opened);
        await opened.Storage.DisposeAsync();
    }

    public async Task CrashAsync(OpenedStorage opened)
    {
        _open.Remove(opened);
        await home.CrashAsync(opened.Storage);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var opened in _open) await opened.Storage.DisposeAsync();
    }
}

/// <summary>One running client's storage, and what it found when it was opened.</summary>
internal sealed record OpenedStorage(IRecordStorage Storage, StoredState State, CancellationToken Patience)
{
    public ValueTask WriteAsync(StorageBatch batch) => Storage.WriteAsync(batch, Patience);

    public async Task<Record?> FindAsync(RecordKey key) => (await Storage.FindAsync([key], Patience)).SingleOrDefault();

    public async Task<IReadOnlyList<Record>> FindAsync(params IReadOnlyCollection<RecordKey> keys) => await Storage.FindAsync(keys, Patience);

    public async Task<IReadOnlyList<Record>> QueryAsync(Query query) => await Storage.QueryAsync(query, Patience);

    public async Task<bool> TryBecomeWriterAsync() => await Storage.TryBecomeWriterAsync(Patience);
}
