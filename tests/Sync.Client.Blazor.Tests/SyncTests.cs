using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sync.Server;
using Sync.Testing;

namespace Sync.Client.Blazor.Tests;

/// <summary>A page of ann's over a real client, a real server in memory, and bob who writes from elsewhere.</summary>
public abstract class SyncTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private ServiceProvider _server = null!;
    private SyncClient _bob = null!;

    private protected BunitContext Page { get; private set; } = null!;
    private protected FakeTimeProvider Time { get; private set; } = null!;
    private protected SyncClient Ann { get; private set; } = null!;
    private protected InMemoryTransport AnnsTransport { get; private set; } = null!;
    private protected SyncServer Server => _server.GetRequiredService<SyncServer>();

    /// <summary>How the server is set up, for tests that want a bound to be small.</summary>
    protected virtual void Configure(SyncServerOptions options) { }

    [SetUp]
    public async Task Start()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        BunitContext.DefaultWaitTimeout = Patience;
        var services = new ServiceCollection().AddLogging();
        services.AddSyncServer(Some.Model, Configure).UseInMemory().AddPermissions<Todo, TodoPermissions>();
        _server = services.BuildServiceProvider();
        await Server.StartAsync(CancellationToken.None);

        Time = new FakeTimeProvider();
        AnnsTransport = Transport("ann");
        Ann = MakeClient(AnnsTransport);
        await Ann.SignInAsync(new SyncUser("ann"));
        _bob = MakeClient(Transport("bob"));
        await _bob.SignInAsync(new SyncUser("bob"));

        Page = new BunitContext();
        Page.Services.AddSingleton(Ann);
        Page.Services.AddSingleton<TimeProvider>(Time);
        Page.Renderer.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    [TearDown]
    public async Task Stop()
    {
        await Page.DisposeAsync();
        await Ann.DisposeAsync();
        await _bob.DisposeAsync();
        await _server.DisposeAsync();
    }

    private protected async Task BobWritesAsync(params Todo[] todos)
    {
        foreach (var todo in todos) Assert.That((await (await _bob.Table<Todo>().CreateAsync(todo)).Receipt.WaitAsync(Patience)).IsAccepted, Is.True);
    }

    private protected TableQuery<Todo> Query(string list) => Ann.Table<Todo>().Where(t => t.List, list).OrderBy(t => t.Title);

    /// <param name="interval">None by default: what changes is rendered at once.</param>
    private protected IRenderedComponent<SyncQuery<Todo>> RenderQuery(string list, Action<SyncRows<Todo>>? seen = null, TimeSpan interval = default) => Page.Render<SyncQuery<Todo>>(p => p
        .Add(q => q.Query, Query(list))
        .Add(q => q.RenderInterval, interval)
        .Add(q => q.Loading, "loading")
        .Add(q => q.Empty, "empty")
        .Add(q => q.Refused, error => $"refused: {error.Code}")
        .Add(q => q.ChildContent, rows =>
        {
            seen?.Invoke(rows);
            return string.Join(", ", rows.Select(t => t.Title));
        }));

    private protected static void WaitFor(IRenderedComponent<IComponent> component, string markup) => component.WaitForAssertion(() => component.MarkupMatches(markup));

    private InMemoryTransport Transport(string user) => new((connection, _, cancel) => Server.RunSessionAsync(connection, Caller.User(user), cancel));

    private static SyncClient MakeClient(InMemoryTransport transport)
    {
        var services = new ServiceCollection().AddSingleton<Microsoft.Extensions.Logging.ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSyncClient(Some.Model, o => o.Server = new Uri("https://sync.test/")).UseInMemory().UseTransport(_ => transport);
        return services.BuildServiceProvider().GetRequiredService<SyncClient>();
    }
}
