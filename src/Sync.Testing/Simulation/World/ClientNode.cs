using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Sync.Client;

namespace Sync.Testing;

/// <summary>One client's processes, one after the other on one device: what is on its screens, what it has written.</summary>
internal sealed class ClientNode(ClientSetup setup, SimulatedClock clock, SeededStreams streams, SimulatedNetwork network, WriteBook book, IClientWatcher watcher, ILoggerFactory logs)
{
    private readonly SortedDictionary<int, Query> _queries = [];
    private readonly SortedDictionary<int, Screen> _screens = [];
    private NodeClock? _time;
    private SimulatedStorage? _storage;
    private SyncClient? _client;
    private TimeSpan _skew;
    private int _life;

    public int Number => setup.Number;
    public int Device => setup.Device;
    public string User => setup.User;
    public StorageFaults Faults { get; } = new();

    /// <summary>Null while its process is down or still opens its storage.</summary>
    public SyncClient? Client { get; private set; }

    public IReadOnlyCollection<Screen> Screens => _screens.Values;

    /// <summary>Something was told since this was last set to false.</summary>
    public bool IsTold { get; set; }

    public void Start()
    {
        if (_client is not null) return;
        var life = ++_life;
        _time = new NodeClock(clock) { Skew = _skew };
        var chance = new SeededChance(streams.For("client", Number, life).Next());
        _client = new SyncClient(setup.Model, setup.Options, network.TransportOf(Number, () => life == _life), new Storages(this, life), _time, chance, logs);
        _ = SignInAsync(_client);
    }

    public void Die()
    {
        _time?.Die();
        _storage?.Die();
        (_client, Client) = (null, null);
        _life++;
        _screens.Clear();
    }

    public void Skew(TimeSpan skew)
    {
        _skew = skew;
        if (_time is not null) _time.Skew = skew;
    }

    public void Open(int screen, Query query)
    {
        Close(screen);
        _queries[screen] = query;
        if (Client is not null) Show(screen, query);
    }

    public void Close(int screen)
    {
        _queries.Remove(screen);
        if (_screens.Remove(screen, out var open)) open.Close();
    }

    public void Write(ImmutableArray<Operation> operations)
    {
        if (Client is not { } client) return;
        var written = book.Begin(User, Device, operations);
        var life = _life;
        var writing = WriteAsync(client, written, life);
        watcher.Wrote(this, written, writing.IsCompleted);
    }

    private async Task SignInAsync(SyncClient client)
    {
        await client.SignInAsync(new SyncUser(User)).ConfigureAwait(false);
        if (!ReferenceEquals(client, _client)) return;
        Client = client;
        foreach (var (screen, query) in _queries.ToArray()) Show(screen, query);
    }

    private void Show(int screen, Query query)
    {
        _screens[screen] = Screen.Open(Client!, query, () => IsTold = true);
        IsTold = true;
    }

    private async Task WriteAsync(SyncClient client, WrittenTransaction written, int life)
    {
        try
        {
            var handle = await client.WriteAsync(transaction =>
            {
                foreach (var operation in written.Operations) transaction.Add(operation);
            }).ConfigureAwait(false);
            if (life != _life) return;
            book.Saved(written, handle.TxId);
            watcher.Saved(this, written);
            var receipt = await handle.Receipt.ConfigureAwait(false);
            if (life != _life) return;
            written.Receipt = receipt;
            watcher.Answered(this, written);
        }
        catch (InvalidWriteException)
        {
            written.HasFailed = true;
        }
        catch (StorageException) when (life == _life)
        {
            written.HasFailed = true;
        }
        catch (OperationCanceledException) { }
    }

    private async ValueTask<IRecordStorage> OpenStorageAsync(StorageName name, int life)
    {
        var inner = (InMemoryStorage)await setup.Disk.OpenAsync(name, CancellationToken.None).ConfigureAwait(false);
        return _storage = new SimulatedStorage(inner, Faults, what => watcher.StorageCalled(this, what), when => watcher.ClientDies(this, when),
            clock, streams.For("storage", Number, life), setup.MaxStorageDelayMs);
    }

    private sealed class Storages(ClientNode node, int life) : IRecordStorageProvider
    {
        public ValueTask<IRecordStorage> OpenAsync(StorageName name, CancellationToken cancellationToken) => node.OpenStorageAsync(name, life);
    }
}

/// <summary>What stays the same from process to process. Clients of one device share its disk.</summary>
internal sealed record ClientSetup(int Number, int Device, string User, SyncModel Model, SyncClientOptions Options, InMemoryStorageProvider Disk, int MaxStorageDelayMs);

internal interface IClientWatcher
{
    void Wrote(ClientNode node, WrittenTransaction written, bool isSaved);
    void Saved(ClientNode node, WrittenTransaction written);
    void Answered(ClientNode node, WrittenTransaction written);
    void StorageCalled(ClientNode node, string what);
    void ClientDies(ClientNode node, string when);
}
