using Microsoft.Extensions.DependencyInjection;
using Sync.AspNetCore.Tests.Site;
using Sync.Client;
using Sync.Server;
using Sync.Server.Sqlite;
using Sync.Transport.WebSockets;

namespace Sync.AspNetCore.Tests.Drain;

/// <summary>Under the writes of several clients one host goes and another comes in its place, over the same database and at the same address.</summary>
public sealed class RollingRestartTests
{
    private const int Clients = 6;
    private const int WritesEach = 60;
    private const int WritesAtOnce = 8;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sync-rolling-");
    private readonly TaskCompletionSource _isUnderLoad = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _decided;

    private string Database => Path.Combine(_folder.FullName, "sync.db");

    [OneTimeTearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [Test]
    public async Task A_rolling_restart_loses_nothing_and_sends_nothing_again_that_the_host_which_goes_has_taken_in()
    {
        await using var store = new HeldStore(SqliteStore.Create(Database));
        var first = await (await StartAsync(store, port: 0)).WithDemoAsync();
        var transports = Enumerable.Range(0, Clients).Select(_ => new CountingTransport(new WebSocketTransport())).ToArray();
        await using var devices = new Devices(first.Address, transports);
        var writing = devices.All.Select((client, i) => WriteAsync(client, $"c{i}")).ToArray();

        await _isUnderLoad.Task.WaitAsync(TimeSpan.FromSeconds(60));
        store.HoldCommits();
        await store.IsHeld.Task.Ends();
        var stopping = first.StopAsync();
        store.Release();
        await stopping.Ends();
        var dialledFirst = transports.Select(t => t.Connections.Count).ToArray();
        var port = first.Root.Port;
        await first.DisposeAsync();
        var takenByFirst = await LoggedAsync();
        await using var second = await StartAsync(SqliteStore.Create(Database), port);
        var receipts = (await Task.WhenAll(writing).WaitAsync(TimeSpan.FromSeconds(60))).SelectMany(r => r).ToList();
        var logged = await second.Server.LogUntilHeadAsync();

        Assert.That(receipts.Count(r => r.IsAccepted), Is.EqualTo(Clients * WritesEach));
        Assert.That(logged, Is.Unique, "each transaction took effect once");
        Assert.That(logged, Is.SupersetOf(receipts.Select(r => r.TxId)));
        Assert.That(takenByFirst.Count, Is.LessThan(logged.Count), "the second host had work");
        for (var i = 0; i < Clients; i++)
        {
            var connections = transports[i].Connections;
            Assert.That(connections.Skip(dialledFirst[i]).SelectMany(pushed => pushed).Intersect(takenByFirst), Is.Empty, "sent again");
            foreach (var pushed in connections) Assert.That(pushed, Is.Unique);
        }
    }

    private async Task<TestSite> StartAsync(ITransactionStore store, int port) => await TestSite.StartAsync(
        Board.Model,
        server => server.UseStore(_ => store).AddPermissions<Workspace, WorkspacePermissions>().AddPermissions<BoardTask, BoardTaskPermissions>(),
        port: port);

    private async Task<IReadOnlyList<Receipt>> WriteAsync(SyncClient client, string name)
    {
        var (waiting, receipts) = (new Queue<WriteHandle>(), new List<Receipt>());
        for (var i = 0; i < WritesEach; i++)
        {
            waiting.Enqueue(await client.Table<BoardTask>().CreateAsync(new($"{name}-{i}", "demo", $"{name} {i}", "todo", i, "alice")));
            if (waiting.Count == WritesAtOnce) await NextAsync();
        }
        while (waiting.Count > 0) await NextAsync();
        return receipts;

        async Task NextAsync()
        {
            receipts.Add(await waiting.Dequeue().Receipt);
            if (Interlocked.Increment(ref _decided) == Clients * WritesEach / 4) _isUnderLoad.SetResult();
        }
    }

    private async Task<HashSet<string>> LoggedAsync()
    {
        await using var store = SqliteStore.Create(Database);
        await store.OpenAsync(Board.Model, default);
        return [.. (await store.ReadLogAsync(Revision.None, int.MaxValue, default)).Entries.Select(entry => entry.Id.TxId)];
    }

    private sealed class Devices : IAsyncDisposable
    {
        private readonly List<ServiceProvider> _services = [];

        public Devices(Uri server, IEnumerable<CountingTransport> transports)
        {
            foreach (var transport in transports)
            {
                var services = new ServiceCollection();
                ITransportTarget client = services.AddSyncClient(Board.Model, o => o.Server = server);
                client.UseTransport(_ => transport);
                _services.Add(services.BuildServiceProvider());
                All.Add(_services[^1].GetRequiredService<SyncClient>());
                _ = All[^1].SignInAsync(new SyncUser("alice", _ => ValueTask.FromResult<string?>("alice")));
            }
        }

        public List<SyncClient> All { get; } = [];

        public async ValueTask DisposeAsync()
        {
            foreach (var services in _services) await services.DisposeAsync();
        }
    }
}

internal static class ServerLog
{
    /// <summary>The ids of all transactions that are in the server's log now.</summary>
    public static async Task<IReadOnlyList<string>> LogUntilHeadAsync(this SyncServer server)
    {
        var last = await server.WriteAsync(Caller.App("end"), tx => tx.Table<Workspace>().Set("demo", w => w.Name, "The end"));
        var ids = new List<string>();
        await foreach (var entry in server.Changes(Revision.None))
        {
            if (entry.Revision == last.Revision) break;
            ids.Add(entry.Id.TxId);
        }
        return ids;
    }
}
