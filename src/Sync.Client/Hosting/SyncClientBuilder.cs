using Microsoft.Extensions.DependencyInjection;

namespace Sync.Client;

/// <summary>What <c>AddSyncClient</c> returns: storages and transports hang off it.</summary>
public sealed class SyncClientBuilder : ITransportTarget
{
    internal SyncClientBuilder(IServiceCollection services, SyncModel model) => (Services, Model) = (services, model);

    public IServiceCollection Services { get; }
    public SyncModel Model { get; }

    internal List<Func<IServiceProvider, ITransport>> Transports { get; } = [];
    internal List<Func<IServiceProvider, IRecordStorageProvider>> Storages { get; } = [];
    internal List<PermissionRules> Rules { get; } = [];

    /// <summary>
    /// Lets <see cref="SyncClient.Advise"/> judge writes to a table by the server's rules, to warn before a write. Called at most once a table. Rules that look at what never
    /// leaves the server can't be judged here, or see defaults.
    /// </summary>
    public SyncClientBuilder AddPermissions<T, TPermissions>() where T : class where TPermissions : Permissions<T>, new() => AddPermissions(new TPermissions());

    /// <inheritdoc cref="AddPermissions{T, TPermissions}"/>
    public SyncClientBuilder AddPermissions<T>(Permissions<T> permissions) where T : class
    {
        ArgumentNullException.ThrowIfNull(permissions);
        Rules.Add(new PermissionRules<T>(Model, permissions));
        return this;
    }

    /// <summary>How the server is reached. Called once: by <c>UseWebSockets()</c>, or by a transport of one's own.</summary>
    public SyncClientBuilder UseTransport(Func<IServiceProvider, ITransport> create)
    {
        Transports.Add(create);
        return this;
    }

    ITransportTarget ITransportTarget.UseTransport(Func<IServiceProvider, ITransport> create) => UseTransport(create);

    /// <summary>Where records and unsent writes are kept. Called at most once; without it they live as long as the process.</summary>
    public SyncClientBuilder UseStorage(Func<IServiceProvider, IRecordStorageProvider> create)
    {
        Storages.Add(create);
        return this;
    }

    /// <summary>Keeps records and unsent writes as long as the process lives.</summary>
    public SyncClientBuilder UseInMemory() => UseStorage(static _ => new InMemoryStorageProvider());
}
