using Microsoft.Extensions.Diagnostics.HealthChecks;
using Sync.Server;

namespace Sync.AspNetCore;

internal sealed class TenantsHealth(SyncTenants tenants) : IHealthOf
{
    public async ValueTask<HealthCheckResult> LookAsync(SyncHealthOptions options, CancellationToken cancellationToken)
    {
        if (tenants.IsStopping) return HealthCheckResult.Unhealthy("The server is going away.");

        var faults = (await tenants.CheckAsync(options.MaxBusy, options.MaxStoreTime, cancellationToken).ConfigureAwait(false)).Values;
        var open = faults.Count();
        var silent = faults.Count(f => f.HasFlag(ServerFaults.StoreSilent));
        var stuck = faults.Count(f => f.HasFlag(ServerFaults.Stuck) && !f.HasFlag(ServerFaults.StoreSilent));
        if (silent + stuck == 0) return HealthCheckResult.Healthy();

        var text = $"Of {open} open tenants the stores of {silent} did not answer a small read within {options.MaxStoreTime.TotalSeconds} s, and the transactions of {stuck} have been decided or committed for more than {options.MaxBusy.TotalSeconds} s though the store answers.";
        return stuck > 0 || silent == open ? HealthCheckResult.Unhealthy(text) : HealthCheckResult.Degraded(text);
    }
}
