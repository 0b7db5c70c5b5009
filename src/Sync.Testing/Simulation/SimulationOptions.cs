namespace Sync.Testing;

/// <summary>How much is simulated.</summary>
public sealed record SimulationOptions
{
    public int FirstSeed { get; init; } = 1;
    public int Seeds { get; init; } = 100;

    /// <summary>Most clients of one run. Two of them may share one user's storage.</summary>
    public int MaxClients { get; init; } = 4;

    /// <summary>Most steps of one run: writes, screens opened and closed, faults.</summary>
    public int MaxSteps { get; init; } = 80;

    /// <summary>Whether anything goes wrong at all.</summary>
    public bool HasFaults { get; init; } = true;

    /// <summary>Runs at the same time. Each is one thread.</summary>
    public int Parallel { get; init; } = Environment.ProcessorCount;

    /// <summary>Most failures after which the rest is left out.</summary>
    public int MaxFailures { get; init; } = 3;

    /// <summary>Where the steps of a failed seed are written, as JSON; null for nowhere.</summary>
    public string? FailureFolder { get; init; }

    /// <summary>The command that repeats one seed, <c>{0}</c> standing for it: told with a failure.</summary>
    public string RepeatCommand { get; init; } = "FirstSeed = {0}, Seeds = 1";

    /// <summary>Most runs that are spent on making a failure smaller.</summary>
    public int MaxShrinkingRuns { get; init; } = 300;
}
