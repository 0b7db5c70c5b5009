namespace Sync.Testing;

/// <summary>
/// A scenario fit for two worlds. How long an answer takes and how often a store or a network is used may tell of what is hidden (a named exception of the
/// promise), so here nothing takes longer for being done more often, nothing is armed by counting calls, and nothing is checked at a time of chance.
/// </summary>
internal static class TwinScenario
{
    public static Scenario Of(Scenario scenario) => scenario with
    {
        MaxStoreDelayMs = 0,
        MaxStorageDelayMs = 0,
        VerifySeconds = 600,
        IsSteady = true,
        Steps = [.. scenario.Steps.Where(IsTimeless).Select(WithoutCounting)],
    };

    private static bool IsTimeless(SimulationStep step) => step is not (SimulationStep.FailStore { Fault: StoreFault.Throws } or SimulationStep.FailStorage);

    private static SimulationStep WithoutCounting(SimulationStep step) => step switch
    {
        SimulationStep.CrashServer crash => crash with { AtCall = 0 },
        SimulationStep.CrashClient crash => crash with { AtCall = 0 },
        _ => step,
    };
}
