using Microsoft.Extensions.DependencyInjection;
using Sync.AspNetCore.Tests.Site;
using Sync.Server;
using Sync.Server.Sqlite;

namespace Sync.AspNetCore.Tests.Tenants;

/// <summary>One node that serves two tenants, each on a SQLite file of its own; a request's tenant is a claim of its sign-in.</summary>
internal sealed class Houses : IStoreResolver, IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sync-tenants-");
    private TestSite? _site;

    public TestSite Site => _site!;

    /// <summary>What opening a store meets.</summary>
    public Exception? Fault { get; set; }

    /// <summary>The stores that are open, or were last.</summary>
    public Dictionary<string, HeldStore> Stores { get; } = [];

    public static async Task<Houses> StartAsync(Action<IServiceCollection>? more = null)
    {
        var houses = new Houses();
        houses._site = await TestSite.StartAsync(
            Board.Model,
            server =>
            {
                more?.Invoke(server.Services);
                server.UseStores(houses).AddPermissions<Workspace, WorkspacePermissions>().AddPermissions<BoardTask, BoardTaskPermissions>();
            },
            o => o.Tenant = http => http.User.FindFirst(TokenAuthentication.TenantClaim)?.Value);
        return houses;
    }

    /// <summary>In either tenant a workspace "demo" of alice and bob, with "task-1"; the title names the tenant.</summary>
    public async Task<Houses> WithDemoAsync()
    {
        foreach (var tenant in (string[])["acme", "blue"])
        {
            using var lease = await EnterAsync(tenant);
            var result = await lease.Server.WriteAsync(Caller.App("demo"), tx =>
            {
                tx.Table<Workspace>().Create(new("demo", $"Of {tenant}", "alice", ["alice", "bob"]));
                tx.Table<BoardTask>().Create(new("task-1", "demo", $"Of {tenant}", "todo", 1, "alice"));
            });
            Assert.That(result.IsAccepted, Is.True, result.Receipt?.Message);
        }
        return this;
    }

    public async Task<TenantLease> EnterAsync(string tenant) => await Site.Tenants.EnterAsync(tenant) ?? throw new AssertionException($"There is no tenant {tenant}.");

    public ValueTask<ITransactionStore?> ResolveAsync(string tenant, CancellationToken cancellationToken) => tenant switch
    {
        _ when Fault is not null => throw Fault,
        "acme" or "blue" => new(Stores[tenant] = new HeldStore(SqliteStore.Create(Path.Combine(_folder.FullName, $"{tenant}.db")))),
        _ => new((ITransactionStore?)null),
    };

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
