using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Sync.Client;

namespace Sync.Testing;

/// <summary>One client's processes, one after the other on one device: what is on its screens, what it has written.</summary>
internal sealed class ClientNode(
    ClientSetup setup, SimulatedClock clock, SeededStreams streams, SimulatedNetwork network, WriteBook book, Witness witness, Action<ClientNode, string> dies, ILoggerFactory logs)
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
    public ProcessGate Gate { get; } = new();

    /// <summary>Null while its process is down or still opens its storage.</summary>
    public SyncClient? Client { get; private set; }

    public IReadOnlyCollection<Screen> Screens => _screens.Values;

    /// <summary>Something was told since this was last set to false.</summary>
    public bool IsTold { get; set; }

    /// <summary>Up to here its links were to a store that has been restored since.</summary>
    public int LastLinkOfFormerHistory { get; set; } = -1;

    /// <summary>Whether what it takes for current may be of a history that is no more.</summary>
    public bool IsOfFormerHistory => (network.LatestOf(Number)?.Number ?? 0) <= LastLinkOfFormerHistory;

    public void Start()
    {
        if (_client is not null) return;
        var life = ++_life;
        _time = new NodeClock(clock, Gate) { Skew = _skew };
        var chance = new SeededChance(streams.For("client", Number, life).Next());
        _client = new SyncClient(setup.Model, setup.Options, network.TransportOf(Number, () => life == _life), new Storages(this, life), _time, chance, logs);
        _ = SignInAsync(_client);
    }

    public void Die()
    {
        _time?.Die();
        _storage?.Die();
        Gate.Die();
        (_client, Client) = (null, null);
        _life++;
        _screens.Clear();
    }

    public void Freeze(bool losesLocks)
    {
        Gate.Freeze();
        if (losesLocks) _storage?.LoseLocks();
    }

    public void Thaw() => Gate.Thaw();

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
        if (Client is null || Gate.IsFrozen) return;
        _ = WriteAsync(operations, client => client.WriteAsync(transaction =>
        {
            foreach (var operation in operations) transaction.Add(operation);
        }));
    }

    public void DealWith(TrayDeal how)
    {
        if (Client is not { } client || Gate.IsFrozen || client.Tray.Items is not [var item, ..]) return;
        if (book.Find(new(User, item.TxId)) is { } rejected) rejected.IsDealtWith = true;
        if (how == TrayDeal.Retry) _ = WriteAsync(item.Transaction.Operations, _ => client.Tray.RetryAsync(item.TxId));
        else _ = client.Tray.DiscardAsync(item.TxId);
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

    private async Task WriteAsync(ImmutableArray<Operation> operations, Func<SyncClient, ValueTask<WriteHandle>> write)
    {
        var life = _life;
        var written = book.Begin(User, Device, operations);
        try
        {
            var handle = await write(Client!).ConfigureAwait(false);
            if (life != _life) return;
            book.Saved(written, handle.TxId);
            witness.Saved(written);
            var receipt = await handle.Receipt.ConfigureAwait(false);
            if (life != _life) return;
            written.Receipt = receipt;
            witness.Answered(this, written);
        }
        catch (Exception fault) when (fault is InvalidWriteException or StorageException)
        {
            written.HasFailed = true;
        }
        catch (OperationCanceledException)
        {
            // Another client of this device has taken it over, or this one has ended: what becomes of it shows in the store.
        }
    }

    private async ValueTask<IRecordStorage> OpenStorageAsync(StorageName name, int life)
    {
        var inner = (InMemoryStorage)await setup.Disk.OpenAsync(name, CancellationToken.None).ConfigureAwait(false);
        return _storage = new SimulatedStorage(inner, Faults, what => witness.Note($"{Number} storage {what}"), when => dies(this, when),
            clock, Gate, streams.For("storage", Number, life), setup.MaxStorageDelayMs);
    }

    private sealed class Storages(ClientNode node, int life) : IRecordStorageProvider
    {
        public ValueTask<IRecordStorage> OpenAsync(StorageName name, CancellationToken cancellationToken) => node.OpenStorageAsync(name, life);
    }
}

/// <summary>What stays the same from process to process. Clients of one device share its disk.</summary>
internal sealed record ClientSetup(int Number, int Device, string User, SyncModel Model, SyncClientOptions Options, InMemoryStorageProvider Disk, int MaxStorageDelayMs);
