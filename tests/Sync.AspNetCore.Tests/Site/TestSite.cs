using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sync.Client;
using Sync.Server;
using Sync.Transport.WebSockets;

namespace Sync.AspNetCore.Tests.Site;

/// <summary>A whole server on Kestrel at a free port, signed in to by token or by cookie, and clients that dial it.</summary>
internal sealed class TestSite : IAsyncDisposable
{
    public const string Pattern = "/api/realtime";

    private readonly WebApplication _app;
    private readonly List<SyncClient> _clients = [];
    private readonly ConcurrentDictionary<IHttpRequestLifetimeFeature, bool> _serving;
    private readonly Lazy<ServiceProvider> _clientServices;

    private TestSite(WebApplication app, SyncModel model, ConcurrentDictionary<IHttpRequestLifetimeFeature, bool> serving)
    {
        (_app, _serving) = (app, serving);
        _clientServices = new(() =>
        {
            var services = new ServiceCollection();
            services.AddSyncClient(model, o => o.Server = Address).UseWebSockets();
            return services.BuildServiceProvider();
        });
    }

    public Uri Root => new(_app.Urls.Single());
    public Uri Address => new(Root, Pattern);
    public SyncServer Server => _app.Services.GetRequiredService<SyncServer>();
    public IServiceProvider Services => _app.Services;
    public SyncTenants Tenants => _app.Services.GetRequiredService<SyncTenants>();
    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseCookies = false });

    public static async Task<TestSite> StartAsync(
        SyncModel model, Action<SyncServerBuilder> useStoreAndRules, Action<SyncEndpointOptions>? endpoints = null, TimeProvider? time = null, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        if (time is not null) builder.Services.AddSingleton(time);
        builder.Services.AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.Scheme_, null)
            .AddCookie();
        builder.Services.AddAuthorization();
        useStoreAndRules(builder.Services.AddSyncServer(model));

        var app = builder.Build();
        var lifetimes = new ConcurrentDictionary<IHttpRequestLifetimeFeature, bool>();
        app.Use(async (context, next) =>
        {
            var lifetime = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
            lifetimes[lifetime] = true;
            await next(context);
            lifetimes.Remove(lifetime, out _);
        });
        app.MapGet("/sign-in/{user}", (HttpContext context, string user) => context.SignInAsync(
            CookieAuthenticationDefaults.AuthenticationScheme,
            new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", user)], CookieAuthenticationDefaults.AuthenticationScheme))));
        app.MapSync(Pattern, endpoints)
            .RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = $"{TokenAuthentication.Scheme_},{CookieAuthenticationDefaults.AuthenticationScheme}" });
        await app.StartAsync();

        return new TestSite(app, model, lifetimes);
    }

    public static Task<TestSite> StartBoardAsync(Action<SyncEndpointOptions>? endpoints = null, TimeProvider? time = null) =>
        StartBoardAsync(builder => builder.UseInMemory(), endpoints, time);

    public static Task<TestSite> StartBoardAsync(Func<SyncServerBuilder, SyncServerBuilder> useStore, Action<SyncEndpointOptions>? endpoints = null, TimeProvider? time = null) =>
        StartAsync(
            Board.Model,
            builder => useStore(builder).AddPermissions<Workspace, WorkspacePermissions>().AddPermissions<BoardTask, BoardTaskPermissions>(),
            endpoints, time);

    /// <summary>Workspace demo (owner alice, members alice and bob) with task-1 to task-5; workspace private (owner carol) with task-c1.</summary>
    public async Task<TestSite> WithDemoAsync()
    {
        var result = await Server.WriteAsync(Caller.App("demo"), tx =>
        {
            tx.Table<Workspace>().Create(new("demo", "Demo", "alice", ["alice", "bob"])).Create(new("private", "Private", "carol", ["carol"]));
            for (var i = 1; i <= 5; i++) tx.Table<BoardTask>().Create(new($"task-{i}", "demo", $"Task {i}", "todo", i, "alice"));
            tx.Table<BoardTask>().Create(new("task-c1", "private", "Carol's", "todo", 1, "carol"));
        });
        Assert.That(result.IsAccepted, Is.True, result.Receipt?.Message);
        return this;
    }

    /// <summary>A client that is signed in and dials.</summary>
    public async Task<SyncClient> ClientAsync(string user, string? tenant = null)
    {
        var client = _clientServices.Value.GetRequiredService<SyncClientFactory>().Create();
        _clients.Add(client);
        await client.SignInAsync(new SyncUser(user, _ => ValueTask.FromResult<string?>(tenant is null ? user : $"{user}@{tenant}")));
        return client;
    }

    public async Task<ClientWebSocket> OpenSocketAsync(string? token, Action<ClientWebSocketOptions>? configure = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (token is not null) socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        configure?.Invoke(socket.Options);
        await socket.ConnectAsync(new Uri($"ws://{Root.Authority}{Pattern}/socket"), Patience.Token);
        return socket;
    }

    /// <summary>The HTTP status with which a socket is refused, or 101 where it opens.</summary>
    public async Task<int> SocketStatusAsync(string? token, Action<ClientWebSocketOptions>? configure = null)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (token is not null) socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        configure?.Invoke(socket.Options);
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{Root.Authority}{Pattern}/socket"), Patience.Token);
        }
        catch (WebSocketException)
        {
            // The status tells.
        }

        return (int)socket.HttpStatusCode;
    }

    /// <summary>How many requests are being served, open sockets included.</summary>
    public int Serving => _serving.Count;

    /// <summary>Drops every connection without a goodbye.</summary>
    public void DropConnections()
    {
        foreach (var request in _serving.Keys) request.Abort();
    }

    /// <summary>As a host does that is told to go.</summary>
    public Task StopAsync() => _app.StopAsync(Patience.Token);

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) await client.DisposeAsync();
        if (_clientServices.IsValueCreated) await _clientServices.Value.DisposeAsync();
        Http.Dispose();
        await _app.StopAsync(Patience.Token);
        await _app.DisposeAsync();
    }
}
