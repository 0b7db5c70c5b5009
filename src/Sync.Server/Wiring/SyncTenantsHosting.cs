using Microsoft.Extensions.Hosting;

namespace Sync.Server;

/// <summary>Ends the sessions of all tenants before the host waits for its connections. Stores are opened when they are first needed.</summary>
internal sealed class SyncTenantsHosting(SyncTenants tenants) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppingAsync(CancellationToken cancellationToken) => tenants.EndAllSessionsAsync();
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
