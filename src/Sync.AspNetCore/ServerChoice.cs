using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sync.Server;

namespace Sync.AspNetCore;

/// <summary>Which server a request is for: the app's one, or its tenant's.</summary>
internal sealed class ServerChoice
{
    private readonly SyncServer? _only;
    private readonly SyncTenants? _tenants;
    private readonly Func<HttpContext, string?>? _tenantOf;

    private ServerChoice(SyncServer? only, SyncTenants? tenants, Func<HttpContext, string?>? tenantOf) => (_only, _tenants, _tenantOf) = (only, tenants, tenantOf);

    /// <exception cref="InvalidOperationException">What was registered and what is mapped do not fit.</exception>
    public static ServerChoice Of(IServiceProvider services, SyncEndpointOptions options)
    {
        if (services.GetService<SyncTenants>() is { } tenants)
            return new ServerChoice(null, tenants, options.Tenant ?? throw new InvalidOperationException("With UseStores(…) each request is a tenant's. Tell MapSync whose: o.Tenant = http => …."));

        var server = services.GetService<SyncServer>()
            ?? throw new InvalidOperationException("MapSync serves what AddSyncServer registers. Call builder.Services.AddSyncServer(…) first.");
        if (options.Tenant is not null) throw new InvalidOperationException("MapSync was given a Tenant, but the server has one store for all. Call UseStores(…) behind AddSyncServer(…), or leave Tenant out.");
        return new ServerChoice(server, null, null);
    }

    public async ValueTask<ChosenServer> EnterAsync(HttpContext context)
    {
        if (_only is not null) return new ChosenServer(_only, null);
        if (_tenantOf!(context) is not { } tenant) return default;
        var lease = await _tenants!.EnterAsync(tenant, context.RequestAborted).ConfigureAwait(false);
        return new ChosenServer(lease?.Server, lease);
    }
}

/// <summary>A server for as long as one request takes; without one there is no such tenant.</summary>
internal readonly record struct ChosenServer(SyncServer? Server, TenantLease? Lease) : IDisposable
{
    public void Dispose() => Lease?.Dispose();
}
