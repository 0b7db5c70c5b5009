using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Sync.Server;

/// <summary>What the builder has been told so far, and the checks on it. Here, and nowhere else, the system's clock and chance come in.</summary>
internal sealed class ServerPlan(SyncModel model)
{
    public SyncModel Model { get; } = model;
    public List<Func<IServiceProvider, FillRandom, ITransactionStore>> Stores { get; } = [];
    public List<Func<IServiceProvider, IStoreResolver>> Resolvers { get; } = [];
    public List<(string Call, PermissionRules Rules)> Rules { get; } = [];

    /// <summary>How those who wait for the server go on: elsewhere, so that an app's code never holds up a loop; or at once, for a simulator that wants one thread.</summary>
    public TaskCreationOptions Completions { get; set; } = TaskCreationOptions.RunContinuationsAsynchronously;

    /// <exception cref="InvalidOperationException">A call is missing or doubled: names it.</exception>
    public SyncServer Build(IServiceProvider services)
    {
        Check();
        if (Stores.Count == 0) throw new InvalidOperationException("With UseStores(…) there is a server for each tenant. Take SyncTenants from the services, and EnterAsync(tenant).");
        return Build(services, Stores[0](services, RandomOf(services)));
    }

    /// <exception cref="InvalidOperationException">A call is missing or doubled: names it.</exception>
    public SyncTenants BuildTenants(IServiceProvider services)
    {
        Check();
        return new SyncTenants(Resolvers[0](services), store => Build(services, store), OptionsOf(services), TimeOf(services), LoggersOf(services).CreateLogger<SyncTenants>());
    }

    public IHostedService BuildHosting(IServiceProvider services) => Resolvers.Count > 0
        ? new SyncTenantsHosting(services.GetRequiredService<SyncTenants>())
        : new SyncServerHosting(services.GetRequiredService<SyncServer>());

    private SyncServer Build(IServiceProvider services, ITransactionStore store) =>
        new(Model, store, [.. Rules.Select(rule => rule.Rules)], OptionsOf(services), TimeOf(services), RandomOf(services), LoggersOf(services), Completions);

    private void Check()
    {
        var stores = Stores.Count + Resolvers.Count;
        if (stores == 0) throw new InvalidOperationException("The server has no store. Call UseInMemory(), UseSqlite(…) or another UseX(…) behind AddSyncServer(…).");
        if (stores > 1) throw new InvalidOperationException($"The server has {stores} stores. Call only one of UseInMemory(), UseSqlite(…), UseStore(…), UseStores(…) and the like behind AddSyncServer(…).");
        if (Rules.GroupBy(rule => rule.Rules.Table.Name).FirstOrDefault(rules => rules.Count() > 1) is { } doubled)
            throw new InvalidOperationException($"The table \"{doubled.Key}\" has more than one rule class: {string.Join(", ", doubled.Select(rule => rule.Call))}. Keep one of these calls.");
    }

    private static SyncServerOptions OptionsOf(IServiceProvider services) => services.GetRequiredService<IOptions<SyncServerOptions>>().Value.Validated();
    private static TimeProvider TimeOf(IServiceProvider services) => services.GetService<TimeProvider>() ?? TimeProvider.System;
    private static FillRandom RandomOf(IServiceProvider services) => services.GetService<FillRandom>() ?? RandomNumberGenerator.Fill;
    private static ILoggerFactory LoggersOf(IServiceProvider services) => services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
}
