namespace Sync.Testing;

/// <summary>What came of a simulation.</summary>
/// <param name="Figures">What happened how often over all seeds: writes, transactions, faults of each kind. In order of name.</param>
public sealed record SimulationReport(int Seeds, IReadOnlyList<SimulationFailure> Failures, IReadOnlyDictionary<string, long> Figures)
{
    /// <exception cref="SimulationFailedException">A seed failed: tells each.</exception>
    public SimulationReport ThrowIfFailed() => Failures.Count == 0 ? this : throw new SimulationFailedException(this);

    public override string ToString() => $"{Seeds} seeds, {Failures.Count} failed";
}

/// <summary>One seed that failed.</summary>
/// <param name="Invariant">What did not hold.</param>
/// <param name="Steps">The fewest steps that were found to fail in the same way, as JSON.</param>
/// <param name="File">Where they were written; null where nothing was.</param>
public sealed record SimulationFailure(int Seed, string Invariant, string Message, string Steps, string? File);

public sealed class SimulationFailedException(SimulationReport report)
    : Exception(string.Join(Environment.NewLine, [report.ToString(), .. report.Failures.Select(failure => failure.Message)]))
{
    public SimulationReport Report { get; } = report;
}
