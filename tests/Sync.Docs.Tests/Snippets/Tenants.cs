using System.Security.Claims;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MyApp.Model;
using Sync;
using Sync.AspNetCore;
using Sync.Client;
using Sync.Server;
using Sync.Server.Sqlite;

namespace MyApp.Tenants;

public sealed class TenantStores(IConfiguration configuration) : IStoreResolver
{
    public ValueTask<ITransactionStore?> ResolveAsync(string tenant, CancellationToken cancellationToken)
    {
        var database = configuration.GetSection("Tenants").GetChildren().FirstOrDefault(t => t.Key == tenant)?.Value;
        return new(database is null ? null : SqliteStore.Create(database));
    }
}

internal static class TenantSite
{
    public static void AddSync(WebApplicationBuilder builder)
    {
        builder.Services.AddSyncServer(AppModel.Create()).UseStores<TenantStores>()
            .AddPermissions<Workspace, WorkspacePermissions>()
            .AddPermissions<TaskItem, TaskPermissions>();
    }

    public static void AddHealth(WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddSync(o => o.MaxBusy = TimeSpan.FromSeconds(10));
    }

    public static void MapSync(WebApplication app)
    {
        app.MapSync("/api/{tenant}/realtime", o => o.Tenant = http =>
            http.GetRouteValue("tenant") is string tenant && http.User.HasClaim("tenant", tenant) ? tenant : null).RequireAuthorization();
    }

    public static async Task<bool> AddWorkspaceAsync(SyncTenants tenants, Workspace workspace)
    {
        using var acme = await tenants.EnterAsync("acme");
        if (acme is null) return false;

        var result = await acme.Server.WriteAsync(Caller.App("setup"), tx => tx.Table<Workspace>().Create(workspace));
        return result.IsAccepted;
    }

    public static void AddClient(IServiceCollection services, Uri site, string tenant)
    {
        services.AddSyncClient(AppModel.Create(), o => (o.Server, o.Tenant) = (new Uri(site, $"/api/{tenant}/realtime"), tenant));
    }
}
