using Microsoft.Extensions.DependencyInjection;

namespace Sync.Client;

/// <summary>What <c>AddSyncClient</c> returns: storages and transports hang off it.</summary>
public sealed class SyncClientBuilder : ITransportTarget
{
    public IServiceCollection Services => throw new NotImplementedException();
    public ITransportTarget UseTransport(Func<IServiceProvider, ITransport> create) => throw new NotImplementedException();
}

public sealed class SyncClientOptions
{
    /// <summary>The address that MapSync was given, http or https.</summary>
    public Uri? Server { get; set; }
}

public static class SyncClientServices
{
    /// <summary>Registers a singleton <see cref="SyncClient"/> (a process with one user) and <see cref="SyncClientFactory"/> (one client per user).</summary>
    public static SyncClientBuilder AddSyncClient(this IServiceCollection services, SyncModel model, Action<SyncClientOptions>? configure = null) => throw new NotImplementedException();
}

/// <summary>Makes one client per user, for Blazor Server, bots and tests.</summary>
public sealed class SyncClientFactory
{
    public SyncClient Create() => throw new NotImplementedException();
}
