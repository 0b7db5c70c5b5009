using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Sync.AspNetCore;

/// <summary>What there is to look at: one server, or those of the tenants.</summary>
internal interface IHealthOf
{
    ValueTask<HealthCheckResult> LookAsync(SyncHealthOptions options, CancellationToken cancellationToken);
}
