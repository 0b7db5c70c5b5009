using Sync.Testing;

namespace Sync.Simulation;

/// <summary>The seeds of every test run. More of them: <c>./build.sh --target=Simulate --seeds=N --first=S</c>.</summary>
public sealed class SeedTests
{
    private const int SeedsPerPart = 500;

    [Test]
    public void Every_seed_hurts_and_heals_and_breaks_no_promise([Range(0, 3)] int part)
    {
        var report = Testing.Simulation.Run(Program.Workload, new SimulationOptions
        {
            FirstSeed = 1 + part * SeedsPerPart,
            Seeds = SeedsPerPart,
            FailureFolder = Path.Combine(TestContext.CurrentContext.WorkDirectory, "simulation"),
            RepeatCommand = Program.RepeatCommand,
        });

        Assert.That(report.Failures, Is.Empty, string.Join("\n\n", report.Failures.Select(failure => failure.Message)));
        Assert.That(report.Seeds, Is.EqualTo(SeedsPerPart));
    }

    [Test]
    public void A_calm_world_without_faults_breaks_no_promise_either()
    {
        var report = Testing.Simulation.Run(Program.Workload, new SimulationOptions { Seeds = 50, HasFaults = false });

        Assert.That(report.Failures, Is.Empty, string.Join("\n\n", report.Failures.Select(failure => failure.Message)));
        Assert.That(report.Figures.Keys, Has.None.StartsWith("faults"));
    }
}
