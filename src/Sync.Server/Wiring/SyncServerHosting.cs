using Microsoft.Extensions.Hosting;

namespace Sync.Server;

/// <summary>Starts the server before the host takes requests, and ends the sessions before the host waits for its connections.</summary>
internal sealed class SyncServerHosting(SyncServer server) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => server.StartAsync(cancellationToken);
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppingAsync(CancellationToken cancellationToken) => server.EndAllSessionsAsync().AsTask();
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
