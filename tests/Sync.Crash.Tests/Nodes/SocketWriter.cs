using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Sync.Client;
using Sync.Client.Sqlite;
using Sync.Node;
using Sync.Transport.WebSockets;

namespace Sync.Crash.Tests;

/// <summary>A client as an app has it, over a socket to any of the nodes: it writes, and looks at what its live queries show.</summary>
internal sealed class SocketWriter : IAsyncDisposable
{
    private const int MostUnacknowledged = 6;
    private const int MostMarks = 8;
    private const int MostThinkingMilliseconds = 300;

    private readonly string _name;
    private readonly string _circle;
    private readonly Books _books;
    private readonly Random _random;
    private readonly ServiceProvider _services;
    private readonly SyncClient _client;
    private readonly List<Task> _waiting = [];
    private readonly List<string> _items = [];
    private readonly HashSet<string> _deleted = [];
    private readonly HashSet<RecordKey> _known = [];
    private readonly Dictionary<RecordKey, long?> _seen = [];
    private readonly ConcurrentQueue<RecordKey> _written = new();
    private IReadOnlyList<(Query Query, Func<bool> IsCurrent)> _queries = [];
    private readonly List<IAsyncDisposable> _open = [];
    private int _count;

    /// <param name="folder">Of its SQLite files; null to keep all in memory.</param>
    public SocketWriter(int number, IReadOnlyList<NodeProcess> nodes, Books books, Random random, string? folder)
    {
        (_name, _circle, _books, _random) = ($"client-{number}", Room.Circle(number), books, random);
        var first = number % nodes.Count;
        var services = new ServiceCollection();
        services.AddLogging();
        var builder = services.AddSyncClient(NodeModel.Create(), o => o.Server = nodes[first].Endpoint);
        (folder is null ? builder.UseInMemory() : builder.UseSqlite(folder)).UseWebSockets([.. nodes.Skip(first + 1).Concat(nodes.Take(first)).Select(node => node.Endpoint)]);
        _services = services.BuildServiceProvider();
        _client = _services.GetRequiredService<SyncClientFactory>().Create();
    }

    public string Name => _name;

    public async Task OpenAsync(CancellationToken patience)
    {
        _client.StatusChanged += status =>
        {
            if (status.Connection == ConnectionState.Waiting) _books.Retry();
        };
        await _client.SignInAsync(new SyncUser(_name, _ => ValueTask.FromResult<string?>(_name)), patience);
        var hot = _client.Table<Item>().Where(i => i.Room, Room.Hot).Live();
        var items = _client.Table<Item>().Where(i => i.Room, _circle).Live();
        var notes = _client.Table<Note>().Where(n => n.Room, _circle).Live();
        _open.AddRange([hot, items, notes]);
        _queries =
        [
            (Room.Query(NodeModel.Items, Room.Hot), () => hot.Freshness == Freshness.Current),
            (Room.Query(NodeModel.Items, _circle), () => items.Freshness == Freshness.Current),
            (Room.Query(NodeModel.Notes, _circle), () => notes.Freshness == Freshness.Current),
        ];
        await hot.WhenCurrentAsync(patience);
        await items.WhenCurrentAsync(patience);
        await notes.WhenCurrentAsync(patience);
    }

    /// <summary>Until it is told to stop. It goes on without a network until too much waits.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await WriteAsync();
            Look();
            if (_waiting.Count >= MostUnacknowledged) await Task.WhenAny([.. _waiting, Task.Delay(Timeout.Infinite, stop)]);
            _waiting.RemoveAll(waiting => waiting.IsCompleted);
            Look();
            await Task.WhenAny(Task.Delay(_random.Next(MostThinkingMilliseconds), stop));
        }
    }

    /// <summary>Until nothing waits and all queries are current.</summary>
    public async Task SettleAsync(CancellationToken patience)
    {
        _client.Nudge();
        await Task.WhenAll(_waiting).WaitAsync(patience);
        await Until.TrueAsync(() => _client.Status is { Connection: ConnectionState.Live, PendingWrites: 0 } && _queries.All(q => q.IsCurrent()), () => $"{_name}: {_client.Status}", patience);
        Look();
    }

    public IEnumerable<Shown> Shown => _queries.Select(q => new Shown(_name, q.Query, _client.Records.Query(q.Query)));

    public async ValueTask DisposeAsync()
    {
        foreach (var query in _open) await query.DisposeAsync();
        await _client.DisposeAsync();
        await _services.DisposeAsync();
    }

    /// <summary>What it saw before, and has not been acknowledged to have written since, tells nothing new.</summary>
    private void Look()
    {
        while (_written.TryDequeue(out var key)) _seen.Remove(key);
        foreach (var (query, isCurrent) in _queries)
        {
            var wasCurrent = isCurrent();
            foreach (var row in _client.Records.Query(query)) _known.Add(row.Key);
            foreach (var key in _known)
            {
                // Nobody but this loop writes here, so what is not pending now is not pending below.
                if (_client.Records.StatusOf(key).IsPending) continue;
                var version = _client.Records.Get(key)?.Version;
                if (version is null && !(wasCurrent && isCurrent())) continue;
                if (_seen.TryGetValue(key, out var before) && before == version) continue;
                _seen[key] = version;
                _books.Look(new Seen(_name, key, version, _books.Now));
            }
        }
    }

    private async Task WriteAsync()
    {
        var mark = _books.NewMark();
        var written = _books.Begin(_name, mark);
        try
        {
            var handle = await _client.WriteAsync(Draw(mark));
            _waiting.Add(AcknowledgedAsync(written, handle));
        }
        catch (InvalidWriteException)
        {
            _books.Withdraw(written);
        }
    }

    private async Task AcknowledgedAsync(Attempt written, WriteHandle handle)
    {
        var receipt = await handle.Receipt;
        _books.End(written, receipt.IsAccepted, receipt.Versions);
        foreach (var step in receipt.Versions) _written.Enqueue(step.Key);
        if (!receipt.IsAccepted) await _client.Tray.DiscardAsync(receipt.TxId);
    }

    private Action<TransactionBuilder> Draw(string mark)
    {
        var hot = Room.Item(Room.HotItem(_random));
        switch (_random.Next(20))
        {
            case < 8:
                return tx => AddMark(tx, hot, mark);
            case < 11:
                var id = $"{_name}-{_count++}";
                var isNote = _random.Next(2) == 0;
                if (!isNote) _items.Add(id);
                return tx => tx.Add(isNote
                    ? new Operation.Create(Room.Note(id), Fields(CanonicalJson.From(new Note(id, _circle, mark, [$"l:{mark}"]), NodeJson.Default.Note)))
                    : new Operation.Create(Room.Item(id), Fields(CanonicalJson.From(new Item(id, _circle, mark, [$"l:{mark}"], 0), NodeJson.Default.Item))));
            case < 14 when _items.Count > 0:
                var own = _items[_random.Next(_items.Count)];
                var isRestored = _deleted.Remove(own);
                if (!isRestored) _deleted.Add(own);
                return tx => _ = isRestored ? Titled(tx.Add(new Operation.Restore(Room.Item(own))), Room.Item(own), mark) : Titled(tx, Room.Item(own), mark).Add(new Operation.Delete(Room.Item(own)));
            case < 15:
                // There already, where this client does not see it.
                return tx => tx.Add(new Operation.Create(Room.Item(Room.SeedOf(_circle == Room.Circle(0) ? Room.Circle(1) : Room.Circle(0))), Fields(CanonicalJson.From(new Item("x", _circle, mark, [], 0), NodeJson.Default.Item))));
            case < 18:
                var other = Room.Item(Room.HotItem(_random));
                return tx =>
                {
                    AddMark(tx, hot, mark);
                    if (other != hot) Titled(tx, other, mark);
                    Titled(tx, Room.Item(Room.SeedOf(_circle)), mark);
                };
            default:
                var seed = Room.Note(Room.SeedOf(_circle));
                return tx => tx.Add(new Operation.Set(seed, FieldPath.Of("text"), CanonicalJson.From(mark))).Add(new Operation.SetNow(seed, FieldPath.Of("at")));
        }
    }

    private void AddMark(TransactionBuilder tx, RecordKey key, string mark)
    {
        Titled(tx, key, mark).Add(new Operation.ListInsert(key, FieldPath.Of("marks"), CanonicalJson.From($"l:{mark}"), ListPosition.AtEnd));
        var marks = _client.Records.Get(key)?.Fields["marks"].Elements.ToList() ?? [];
        for (var i = 0; i < marks.Count - MostMarks; i++) tx.Add(new Operation.ListRemove(key, FieldPath.Of("marks"), marks[i]));
    }

    private static TransactionBuilder Titled(TransactionBuilder tx, RecordKey key, string mark) => tx.Add(new Operation.Set(key, FieldPath.Of("title"), CanonicalJson.From(mark)));

    private static CanonicalJson Fields(CanonicalJson value) => CanonicalJson.Object(value.Members.Where(member => member.Key is not ("id" or "at")));
}
