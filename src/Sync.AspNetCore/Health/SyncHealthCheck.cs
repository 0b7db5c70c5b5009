using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Sync.AspNetCore;

/// <summary>Looks at the server, from a thread that may be lost: a store may block the one that asks it.</summary>
internal sealed class SyncHealthCheck(IHealthOf health, SyncHealthOptions options, TimeProvider time) : IHealthCheck
{
    /// <summary>A look ends by itself after <see cref="SyncHealthOptions.MaxStoreTime"/>, unless the store blocks it.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<HealthCheckResult>? _look;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            return await Look().WaitAsync(options.MaxStoreTime + Slack, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return HealthCheckResult.Unhealthy("The store does not answer.");
        }
    }

    private Task<HealthCheckResult> Look()
    {
        lock (_gate) return _look is { IsCompleted: false } ? _look : _look = Task.Run(() => health.LookAsync(options, CancellationToken.None).AsTask());
    }
}
