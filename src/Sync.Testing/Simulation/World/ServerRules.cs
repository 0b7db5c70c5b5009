using Microsoft.Extensions.DependencyInjection;
using Sync.Server;

namespace Sync.Testing;

/// <summary>The rules that a workload adds, without building a server.</summary>
internal static class ServerRules
{
    public static IReadOnlyList<PermissionRules> Of(SimulationWorkload workload)
    {
        var plan = new ServerPlan(workload.Model);
        workload.AddPermissions(new SyncServerBuilder(new ServiceCollection(), plan));
        return [.. plan.Rules.Select(rule => rule.Rules)];
    }
}
