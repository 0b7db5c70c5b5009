using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Sync.Server;

/// <summary>What the builder has been told so far, and the checks on it. Here, and nowhere else, the system's clock and chance come in.</summary>
internal sealed class ServerPlan(SyncModel model)
{
    public SyncModel Model { get; } = model;
    public List<Func<IServiceProvider, FillRandom, ITransactionStore>> Stores { get; } = [];
    public List<(string Call, PermissionRules Rules)> Rules { get; } = [];

    /// <summary>How those who wait for the server go on: elsewhere, so that an app's code never holds up a loop; or at once, for a simulator that wants one thread.</summary>
    public TaskCreationOptions Completions { get; set; } = TaskCreationOptions.RunContinuationsAsynchronously;

    /// <exception cref="InvalidOperationException">A call is missing or doubled: names it.</exception>
    public SyncServer Build(IServiceProvider services)
    {
        var createStore = Stores.Count switch
        {
            1 => Stores[0],
            0 => throw new InvalidOperationException("The server has no store. Call UseInMemory(), UseSqlite(…) or another UseX(…) behind AddSyncServer(…)."),
            _ => throw new InvalidOperationException($"The server has {Stores.Count} stores. Call only one of UseInMemory(), UseSqlite(…), UseStore(…) and the like behind AddSyncServer(…)."),
        };
        if (Rules.GroupBy(rule => rule.Rules.Table.Name).FirstOrDefault(rules => rules.Count() > 1) is { } doubled)
            throw new InvalidOperationException($"The table \"{doubled.Key}\" has more than one rule class: {string.Join(", ", doubled.Select(rule => rule.Call))}. Keep one of these calls.");

        var random = services.GetService<FillRandom>() ?? RandomNumberGenerator.Fill;
        return new SyncServer(
            Model,
            createStore(services, random),
            [.. Rules.Select(rule => rule.Rules)],
            services.GetRequiredService<IOptions<SyncServerOptions>>().Value.Validated(),
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            random,
            services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
            Completions);
    }
}
