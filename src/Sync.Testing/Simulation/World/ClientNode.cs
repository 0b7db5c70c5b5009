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
    private readonly Stack<IDisposable> _groups = [];
    private readonly List<UndoRun> _runs = [];
    private NodeClock? _time;
    private SimulatedStorage? _storage;
    private SyncClient? _client;
    private TimeSpan _skew;
    private int _life;
    private int _undone;

    public int Number => setup.Number;
    public int Device => setup.Device;
    public string User => setup.User;
    public StorageFaults Faults { get; } = new();
    public ProcessGate Gate { get; } = new();

    /// <summary>Null while its process is down or still opens its storage.</summary>
    public SyncClient? Client { get; private set; }

    public IReadOnlyCollection<Screen> Screens => _screens.Values;

    /// <summary>What it has undone and redone in this life.</summary>
    public IReadOnlyList<UndoRun> Runs => _runs;

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
        _groups.Clear();
        _runs.Clear();
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

    public void Write(ImmutableArray<Operation> operations, bool isSilent)
    {
        if (Client is null || Gate.IsFrozen) return;
        _ = WriteAsync(operations, client => client.WriteAsync(new WriteOptions { IsUndoable = !isSilent }, transaction =>
        {
            foreach (var operation in operations) transaction.Add(operation);
        }));
    }

    public void Undo(bool isRedo)
    {
        if (Client is null || Gate.IsFrozen) return;
        foreach (var waiting in Client.Heart.ReadUnsent().Unsent)
        {
            if (book.Find(new(User, waiting.TxId)) is { } written) written.MayBeWithdrawn = true;
        }
        _ = UndoAsync(Client, isRedo);
    }

    public void Group(bool ends)
    {
        if (Client is null || Gate.IsFrozen) return;
        if (!ends) _groups.Push(Client.Undo.Group($"group {_groups.Count}"));
        else if (_groups.TryPop(out var group)) group.Dispose();
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
            await FollowAsync(written, handle).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is InvalidWriteException or StorageException)
        {
            written.HasFailed = true;
        }
    }

    private async Task FollowAsync(WrittenTransaction written, WriteHandle handle)
    {
        var life = _life;
        try
        {
            var receipt = await handle.Receipt.ConfigureAwait(false);
            if (life != _life) return;
            written.Receipt = receipt;
            if (receipt.Code == ErrorCodes.Withdrawn) witness.Count("undone before it was sent");
            witness.Answered(this, written);
        }
        catch (OperationCanceledException)
        {
            // Another client of this device has taken it over, or this one has ended: what becomes of it shows in the store.
        }
    }

    // As behind the public door, but for the ids: by these the store tells what an undo wrote, and the book knows of it before any screen shows it.
    private async Task UndoAsync(SyncClient client, bool isRedo)
    {
        var life = _life;
        var written = new List<WrittenTransaction>();
        try
        {
            var run = await client.Heart.UndoAsync(isRedo, Create, CancellationToken.None).ConfigureAwait(false);
            if (life != _life) return;
            _runs.Add(run);
            witness.Count($"{(isRedo ? "redo" : "undo")}: {run.Local.Outcome} here");
            foreach (var (one, handle) in written.Zip(run.Writes))
            {
                book.Saved(one, handle.TxId);
                witness.Saved(one);
            }
            await ConfirmAsync(run).ConfigureAwait(false);
            if (life != _life) return;
            foreach (var (one, handle) in written.Zip(run.Writes)) await FollowAsync(one, handle).ConfigureAwait(false);
            if (run.Confirmed.IsCompletedSuccessfully) witness.Count($"{(isRedo ? "redo" : "undo")}: {run.Confirmed.Result.Outcome} at the server");
        }
        catch (StorageException)
        {
            foreach (var one in written) one.HasFailed = true;
        }

        // The run awaits its receipts, and of two that await one task .NET would resume one elsewhere.
        static async Task ConfirmAsync(UndoRun run)
        {
            try
            {
                await run.Confirmed.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // As with any write.
            }
        }

        Transaction Create(ImmutableArray<Operation> operations)
        {
            var txId = UndoIds.Of(isRedo, Number, ++_undone);
            written.Add(book.Begin(User, Device, operations));
            return new Transaction { TxId = txId, AuthorId = User, Operations = operations, ClientTimestamp = _time!.GetUtcNow().ToUnixTimeMilliseconds() };
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
