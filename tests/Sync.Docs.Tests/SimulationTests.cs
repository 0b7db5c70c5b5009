using MyApp.Tests;
using Sync.Testing;

namespace Sync.Docs.Tests;

public sealed class SimulationTests
{
    [Test]
    public void The_simulation_of_the_docs_breaks_no_promise()
    {
        var report = Simulation.Run(new TaskWorkload(), new SimulationOptions { Seeds = 40 });

        Assert.That(report.Failures, Is.Empty, string.Join("\n\n", report.Failures.Select(failure => failure.Message)));
        Assert.That(report.Figures["transactions accepted"], Is.GreaterThan(100));
    }
}
