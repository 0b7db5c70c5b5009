using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Sync.AspNetCore;
using Sync.Client;
using Sync.Transport.WebSockets;

namespace Sync.Server.Postgres.Tests;

/// <summary>One node behind Kestrel, and what speaks with it.</summary>
internal sealed class SomeSite : IAsyncDisposable
{
    private const string User = "alice";

    private readonly WebApplication _app;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(2) };
    private readonly List<IAsyncDisposable> _clients = [];

    private SomeSite(WebApplication app)
    {
        _app = app;
        _http.BaseAddress = new Uri(app.Urls.First());
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", User);
    }

    public static Task<SomeSite> StartAsync(string connectionString, Action<PostgresStoreOptions>? store = null) => StartAsync(sync => sync.UsePostgres(connectionString, store));

    public static Task<SomeSite> StartAsync(NpgsqlDataSource source) => StartAsync(sync => sync.UsePostgres(source));

    public Task<HttpResponseMessage> CreateAsync(string id, string? txId = null) =>
        PostAsync("write", $$$"""{"txId":"{{{txId ?? id}}}","operations":[{"type":"create","table":"counters","id":"{{{id}}}","value":{"owner":"x","count":0}}]}""");

    public Task<HttpResponseMessage> ReadAsync(string id) => PostAsync("getRecords", $$"""{"pointers":[{"table":"counters","id":"{{id}}"}]}""");

    /// <summary>A client as an app has it, signed in.</summary>
    public async Task<SyncClient> ClientAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSyncClient(SomeNode.Model, o => o.Server = new Uri(_http.BaseAddress!, "sync")).UseInMemory().UseWebSockets();
        var provider = services.BuildServiceProvider();
        _clients.Add(provider);
        var client = provider.GetRequiredService<SyncClientFactory>().Create();
        _clients.Add(client);
        await client.SignInAsync(new SyncUser(User, _ => ValueTask.FromResult<string?>(User)));
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in Enumerable.Reverse(_clients)) await client.DisposeAsync();
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private async Task<HttpResponseMessage> PostAsync(string what, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _http.PostAsync(new Uri($"sync/{what}", UriKind.Relative), content);
    }

    private static async Task<SomeSite> StartAsync(Action<SyncServerBuilder> use)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var sync = builder.Services.AddSyncServer(SomeNode.Model);
        use(sync);
        sync.AddPermissions(new SignedInPermissions<Counter>((_, _, _) => Verdict.Allow));
        builder.Services.AddAuthentication("Named").AddScheme<AuthenticationSchemeOptions, NamedSignIn>("Named", null);
        builder.Services.AddAuthorization();
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapSync("sync").RequireAuthorization();
        await app.StartAsync();
        return new SomeSite(app);
    }

    private sealed class NamedSignIn(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
            Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, User)], "Named")), "Named")));
    }
}
