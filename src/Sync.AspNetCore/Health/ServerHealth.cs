using Microsoft.Extensions.Diagnostics.HealthChecks;
using Sync.Server;

namespace Sync.AspNetCore;

internal sealed class ServerHealth(SyncServer server) : IHealthOf
{
    public async ValueTask<HealthCheckResult> LookAsync(SyncHealthOptions options, CancellationToken cancellationToken)
    {
        var faults = await server.CheckAsync(options.MaxBusy, options.MaxStoreTime, cancellationToken).ConfigureAwait(false);
        return faults == ServerFaults.None ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(string.Join(' ', TextsOf(faults, options)));
    }

    private static IEnumerable<string> TextsOf(ServerFaults faults, SyncHealthOptions options)
    {
        if (faults.HasFlag(ServerFaults.NotStarted)) yield return "The server is not started.";
        if (faults.HasFlag(ServerFaults.Stopping)) yield return "The server is going away.";
        if (faults.HasFlag(ServerFaults.Stuck)) yield return $"The same transactions have been decided or committed for more than {options.MaxBusy.TotalSeconds} s: a rule, or the store, comes to no end.";
        if (faults.HasFlag(ServerFaults.StoreSilent)) yield return $"The store did not answer a small read within {options.MaxStoreTime.TotalSeconds} s, or failed.";
    }
}
