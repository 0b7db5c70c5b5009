using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Sync.Server;

namespace Sync.AspNetCore;

public static class SyncHealthChecks
{
    /// <summary>
    /// Says whether the app's <see cref="SyncServer"/> is started, gets on with its transactions and hears from its store; unhealthy where not. With a store for each tenant: of those that
    /// are open; degraded where some stores do not answer, unhealthy where none does, or where a tenant's transactions are stuck though its store answers. The description tells which; it holds
    /// no name and no text of a fault.
    /// </summary>
    public static IHealthChecksBuilder AddSync(this IHealthChecksBuilder builder, Action<SyncHealthOptions>? configure = null, string name = "sync", IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new SyncHealthOptions();
        configure?.Invoke(options);
        options.Validated();

        var gate = new Lock();
        SyncHealthCheck? check = null;
        return builder.Add(new HealthCheckRegistration(name, Check, failureStatus: null, tags));

        // One for all times: it remembers a look that has not come back.
        IHealthCheck Check(IServiceProvider services)
        {
            lock (gate) return check ??= new SyncHealthCheck(services.GetService<SyncTenants>() is { } tenants ? new TenantsHealth(tenants) : new ServerHealth(services.GetRequiredService<SyncServer>()), options, services.GetService<TimeProvider>() ?? TimeProvider.System);
        }
    }
}
