using Microsoft.Extensions.DependencyInjection;

namespace Sync.Server;

/// <summary>What <c>AddSyncServer</c> returns: the store and the rules hang off it.</summary>
public sealed class SyncServerBuilder
{
    public IServiceCollection Services => throw new NotImplementedException();
    public SyncModel Model => throw new NotImplementedException();
    public SyncServerBuilder UseStore(Func<IServiceProvider, ITransactionStore> create) => throw new NotImplementedException();
    public SyncServerBuilder UseInMemory() => throw new NotImplementedException();
    public SyncServerBuilder AddPermissions<T, TPermissions>() where T : class where TPermissions : Permissions<T>, new() => throw new NotImplementedException();
}

/// <summary>Bounds and times of the server, each with its unit in the name or as a TimeSpan.</summary>
public sealed class SyncServerOptions
{
    /// <summary>Largest transaction taken in, in bytes of JSON.</summary>
    public int MaxTransactionBytes { get; set; } = 256 * 1024;
    public int MaxOperationsPerTransaction { get; set; } = 1000;
    public int MaxTransactionsPerCommit { get; set; } = 256;
    public int MaxSubscriptionsPerSession { get; set; } = 1000;
    public int MaxPointersPerRead { get; set; } = 1000;
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);
}

public static class SyncServerServices
{
    public static SyncServerBuilder AddSyncServer(this IServiceCollection services, SyncModel model, Action<SyncServerOptions>? configure = null) => throw new NotImplementedException();
}
