namespace Sync.Testing;

/// <summary>
/// A scenario fit for two worlds: how long an answer takes, and how often the store is asked, may tell of what is hidden (a named exception of the promise),
/// so the store takes no time and nothing is armed by counting its calls.
/// </summary>
internal static class TwinScenario
{
    public static Scenario Of(Scenario scenario) => scenario with
    {
        MaxStoreDelayMs = 0,
        Steps = [.. scenario.Steps.Where(step => step is not SimulationStep.FailStore { Fault: StoreFault.Throws }).Select(step => step switch
        {
            SimulationStep.CrashServer crash => crash with { AtCall = 0 },
            _ => step,
        })],
    };
}
