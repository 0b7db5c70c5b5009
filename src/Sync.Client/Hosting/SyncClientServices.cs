using Microsoft.Extensions.DependencyInjection;

namespace Sync.Client;

public static class SyncClientServices
{
    /// <summary>
    /// Registers a singleton <see cref="SyncClient"/> (a process with one user) and <see cref="SyncClientFactory"/> (one client per user).
    /// What is wired is checked when the first of them is built.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was called before on these services.</exception>
    public static SyncClientBuilder AddSyncClient(this IServiceCollection services, SyncModel model, Action<SyncClientOptions>? configure = null)
    {
        if (services.Any(service => service.ServiceType == typeof(SyncClientBuilder)))
            throw new InvalidOperationException("AddSyncClient was called twice on the same services. One process has one model; take one client per user from SyncClientFactory.");

        var builder = new SyncClientBuilder(services, model);
        services.AddOptions<SyncClientOptions>();
        if (configure is not null) services.Configure(configure);
        services.AddSingleton(builder);
        services.AddSingleton(provider => new SyncClientFactory(builder, provider));
        services.AddSingleton(provider => provider.GetRequiredService<SyncClientFactory>().Create());
        return builder;
    }
}
