using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sync.AspNetCore;
using Sync.Client;
using Sync.Server;
using Sync.Server.Sqlite;
using Sync.Transport.WebSockets;

namespace Sync.Benchmarks;

/// <summary>Our server over Kestrel on loopback, as an app would set it up; anybody is who they say.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BenchServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First() + "/sync");
    public SyncServer Server => _app.Services.GetRequiredService<SyncServer>();

    /// <param name="sqlitePath">Where the records are kept; null for memory.</param>
    public static Task<BenchServer> StartAsync(string? sqlitePath, string url = "http://127.0.0.1:0") =>
        StartOverAsync(sync => _ = sqlitePath is null ? sync.UseInMemory() : sync.UseSqlite(sqlitePath), url);

    public static async Task<BenchServer> StartOverAsync(Action<SyncServerBuilder> useStore, string url = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        var sync = builder.Services.AddSyncServer(BenchTask.Model, o => (o.MaxSubscriptionsPerSession, o.Heartbeat) = (2000, TimeSpan.FromMinutes(10))).AddPermissions<BenchTask, OpenToAll>();
        useStore(sync);
        var app = builder.Build();
        app.Use((context, next) =>
        {
            var user = context.Request.Headers.Authorization is [{ } header, ..] ? header["Bearer ".Length..] : (string?)context.Request.Query["access_token"];
            if (user is not null) context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", user)], "bench"));
            return next();
        });
        app.MapSync("/sync");
        await app.StartAsync();
        return new BenchServer(app);
    }

    public async Task SeedAsync(int records, int workspaces = 50)
    {
        for (var start = 0; start < records; start += 500)
        {
            var from = start;
            var result = await Server.WriteAsync(Caller.App("bench"), tx =>
            {
                for (var i = from; i < Math.Min(from + 500, records); i++) tx.Table<BenchTask>().Create(BenchTask.Make(i, workspaces));
            });
            if (!result.IsAccepted) throw new InvalidOperationException(result.Receipt?.Message ?? result.Refusal?.Message);
        }
    }

    public async Task<SyncClient> ConnectAsync(string user)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSyncClient(BenchTask.Model, o => o.Server = Address).UseWebSockets();
        var client = services.BuildServiceProvider().GetRequiredService<SyncClient>();
        await client.SignInAsync(new SyncUser(user, _ => ValueTask.FromResult<string?>(user)));
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
