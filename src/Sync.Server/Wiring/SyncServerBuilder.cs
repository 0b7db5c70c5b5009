using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Sync.Server;

/// <summary>What <c>AddSyncServer</c> returns: the store and the rules hang off it. What is missing or doubled is told when the server is built.</summary>
public sealed class SyncServerBuilder
{
    private readonly ServerPlan _plan;

    internal SyncServerBuilder(IServiceCollection services, ServerPlan plan) => (Services, _plan) = (services, plan);

    public IServiceCollection Services { get; }
    public SyncModel Model => _plan.Model;

    /// <summary>Keeps records, log and receipts in a store of one's own. The server disposes of it.</summary>
    public SyncServerBuilder UseStore(Func<IServiceProvider, ITransactionStore> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        _plan.Stores.Add((services, _) => create(services));
        return this;
    }

    /// <summary>Keeps everything in memory, for tests and samples: it is gone with the process.</summary>
    public SyncServerBuilder UseInMemory()
    {
        _plan.Stores.Add((_, random) => new InMemoryStore(random));
        return this;
    }

    /// <summary>
    /// A store for each tenant, chosen by the app: take <see cref="SyncTenants"/> where an app with one store takes <see cref="SyncServer"/>, and tell <c>MapSync</c> whose a request is.
    /// </summary>
    public SyncServerBuilder UseStores(IStoreResolver resolver)
    {
        ArgumentNullException.ThrowIfNull(resolver);
        return UseStores(_ => resolver);
    }

    /// <summary>As <see cref="UseStores(IStoreResolver)"/>, with a resolver from the app's services: the registered one, else one that is made once.</summary>
    public SyncServerBuilder UseStores<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TResolver>() where TResolver : class, IStoreResolver
    {
        Services.TryAddSingleton<TResolver>();
        return UseStores(services => services.GetRequiredService<TResolver>());
    }

    /// <summary>Puts a table under rules. A table without any is closed to everybody but the app's own code.</summary>
    public SyncServerBuilder AddPermissions<T, TPermissions>() where T : class where TPermissions : Permissions<T>, new()
    {
        _plan.Rules.Add(($"AddPermissions<{typeof(T).Name}, {typeof(TPermissions).Name}>()", new PermissionRules<T>(Model, new TPermissions())));
        return this;
    }

    /// <summary>As <see cref="AddPermissions{T, TPermissions}"/>, for rules that are made of others: <c>AddPermissions(new OwnerPermissions&lt;Note&gt;(n => n.OwnerId))</c>.</summary>
    public SyncServerBuilder AddPermissions<T>(Permissions<T> permissions) where T : class
    {
        ArgumentNullException.ThrowIfNull(permissions);
        _plan.Rules.Add(($"AddPermissions({permissions})", new PermissionRules<T>(Model, permissions)));
        return this;
    }

    public SyncServerBuilder Configure(Action<SyncServerOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }

    private SyncServerBuilder UseStores(Func<IServiceProvider, IStoreResolver> resolver)
    {
        _plan.Resolvers.Add(resolver);
        Services.TryAddSingleton(_plan.BuildTenants);
        return this;
    }

    /// <summary>For a simulator: whoever waits for the server goes on at once, on the same thread.</summary>
    internal SyncServerBuilder CompleteInline()
    {
        _plan.Completions = TaskCreationOptions.None;
        return this;
    }
}
