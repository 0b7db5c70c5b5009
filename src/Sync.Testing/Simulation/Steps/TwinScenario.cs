namespace Sync.Testing;

/// <summary>
/// A scenario fit for two worlds. How long an answer takes and how often a store or a network is used may tell of what is hidden (a named exception of the
/// promise), so here nothing takes longer for being done more often, nothing is armed by counting calls, and nothing is checked at a time of chance.
/// </summary>
internal static class TwinScenario
{
    private const int Never = 1_000_000_000;

    public static Scenario Of(Scenario scenario) => scenario with
    {
        MaxStoreDelayMs = 0,
        MaxStorageDelayMs = 0,
        VerifySeconds = Never,
        IsSteady = true,
        Steps = [.. scenario.Steps.Where(IsTimeless).Select(WithoutCounting)],
    };

    /// <summary>
    /// For worlds that are apart in what hidden records there are and in what befalls them, not only in what they say. So nothing hangs on how many commits there
    /// were, and no transaction is about hidden and other records at once: it may be accepted in one world alone.
    /// </summary>
    public static Scenario Apart(Scenario scenario, SimulationWorkload workload) => Of(scenario) with
    {
        MaxLogEntries = 100_000,
        Nodes = 1,
        MaxReceipts = Scenario.AllReceipts,
        IsApart = true,
        Steps = [.. Of(scenario).Steps.Where(step => CountsNoCommits(step, scenario, workload)).Select(step => OfOneKind(step, scenario, workload)).OfType<SimulationStep>()],
    };

    private static bool CountsNoCommits(SimulationStep step, Scenario scenario, SimulationWorkload workload) => step switch
    {
        SimulationStep.FailStore or SimulationStep.ForeignWrite or SimulationStep.Hold or SimulationStep.TrimLog or SimulationStep.Backup or SimulationStep.Restore => false,
        SimulationStep.DealWith deal => scenario.Users[deal.Client] == workload.Watcher,
        SimulationStep.Undo undo => scenario.Users[undo.Client] == workload.Watcher, // Somebody else's stack holds what was written to hidden records.
        _ => true,
    };

    private static SimulationStep? OfOneKind(SimulationStep step, Scenario scenario, SimulationWorkload workload) => step switch
    {
        SimulationStep.Write write => OfOneKind(write.Operations, scenario.Users[write.Client], workload) is { Length: > 0 } operations ? write with { Operations = operations } : null,
        SimulationStep.AppWrite write => write with { Operations = OfOneKind(write.Operations, null, workload) },
        _ => step,
    };

    private static string[] OfOneKind(string[] texts, string? user, SimulationWorkload workload)
    {
        var operations = texts.Zip(StepText.Operations(texts)).ToArray();
        if (user == workload.Watcher) return [.. operations.Where(one => !workload.MayTell(one.Second)).Select(one => one.First)];
        var others = operations.Where(one => !workload.IsHidden(one.Second.Key)).Select(one => one.First).ToArray();
        return others.Length == 0 ? texts : others;
    }

    private static bool IsTimeless(SimulationStep step) => step is not (SimulationStep.FailStore { Fault: StoreFault.Throws } or SimulationStep.FailStorage);

    private static SimulationStep WithoutCounting(SimulationStep step) => step switch
    {
        SimulationStep.CrashServer crash => crash with { AtCall = 0 },
        SimulationStep.CrashClient crash => crash with { AtCall = 0 },
        _ => step,
    };
}
