using Microsoft.Extensions.DependencyInjection;

namespace Sync.Server;

public static class SyncServerServices
{
    /// <summary>Adds the server, started and stopped with the host. A host-less program calls <see cref="SyncServer.StartAsync"/> itself.</summary>
    /// <exception cref="InvalidOperationException">There is one already.</exception>
    public static SyncServerBuilder AddSyncServer(this IServiceCollection services, SyncModel model, Action<SyncServerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(model);
        if (services.Any(service => service.ServiceType == typeof(SyncServer)))
            throw new InvalidOperationException("AddSyncServer(…) was called twice. An app has one; keep the builder that it returned.");

        var options = services.AddOptions<SyncServerOptions>();
        if (configure is not null) options.Configure(configure);

        var plan = new ServerPlan(model);
        services.AddSingleton(plan.Build);
        services.AddSingleton(plan.BuildHosting);
        return new SyncServerBuilder(services, plan);
    }
}
