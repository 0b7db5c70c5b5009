using Microsoft.Extensions.DependencyInjection;
using Sync.Server;
using Sync.Testing;

namespace Sync.Client.Tests;

/// <summary>A real server in memory and clients on real connections to it, all in this process.</summary>
internal sealed class OneServer : IAsyncDisposable
{
    private readonly List<SyncClient> _clients = [];
    private readonly ServiceProvider _services;

    private OneServer(ServiceProvider services) => _services = services;

    public SyncServer Server => _services.GetRequiredService<SyncServer>();

    public static async Task<OneServer> StartAsync()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var services = new ServiceCollection().AddLogging();
        services.AddSyncServer(Some.Model).UseInMemory().AddPermissions<Todo, TodoPermissions>().AddPermissions<Note, NotePermissions>();
        var server = new OneServer(services.BuildServiceProvider());
        await server.Server.StartAsync(CancellationToken.None);
        return server;
    }

    public InMemoryTransport Transport(string userId) => new((connection, _, cancel) => Server.RunSessionAsync(connection, Caller.User(userId), cancel));

    public async Task<SyncClient> SignInAsync(string userId, ITransport? transport = null)
    {
        var services = new ServiceCollection().AddSingleton<Microsoft.Extensions.Logging.ILoggerFactory>(TestLogs.Instance);
        services.AddSyncClient(Some.Model, o => o.Server = new Uri("https://sync.test/")).UseInMemory().UseTransport(_ => transport ?? Transport(userId));
        var client = services.BuildServiceProvider().GetRequiredService<SyncClient>();
        _clients.Add(client);
        await client.SignInAsync(new SyncUser(userId));
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) await client.DisposeAsync();
        await _services.DisposeAsync();
    }

    private sealed class TodoPermissions : Permissions<Todo>
    {
        public override bool MayRead(Caller caller, Todo todo, Related related) => true;
        public override Verdict MayWrite(Caller caller, Change<Todo> change, Related related) =>
            change.Sides.Any(todo => todo.Title == "locked") ? Verdict.Deny("locked") : Verdict.Allow;
    }

    private sealed class NotePermissions : Permissions<Note>
    {
        public override bool MayRead(Caller caller, Note note, Related related) => true;
        public override Verdict MayWrite(Caller caller, Change<Note> change, Related related) => Verdict.Allow;
    }
}

internal static class Eventually
{
    /// <summary>Completes when a live query's rows are as expected; fails after ten seconds, saying how they were last.</summary>
    public static async Task RowsAreAsync<T>(this LiveQuery<T> live, Func<IReadOnlyList<T>, bool> expected) where T : class
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        IReadOnlyList<T> last = [];
        try
        {
            await foreach (var snapshot in live.WatchAsync(patience.Token))
            {
                last = snapshot.Rows;
                if (expected(last)) return;
            }
        }
        catch (OperationCanceledException)
        {
            throw new AssertionException($"Rows were [{string.Join(", ", last)}] ({live.Freshness}) after ten seconds.");
        }
    }

    /// <summary>Completes when something holds that a client's records or status say; fails after ten seconds.</summary>
    public static async Task UntilAsync(this SyncClient client, Func<bool> holds)
    {
        var done = new TaskCompletionSource();
        using var records = client.Records.Subscribe(_ => Look());
        client.StatusChanged += OnStatus;
        Look();
        await done.Task.WaitAsync(TimeSpan.FromSeconds(10));
        client.StatusChanged -= OnStatus;

        void OnStatus(ClientStatus status) => Look();
        void Look()
        {
            if (holds()) done.TrySetResult();
        }
    }
}
