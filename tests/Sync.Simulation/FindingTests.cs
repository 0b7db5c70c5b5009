using Sync.Server;
using Sync.Testing;

namespace Sync.Simulation;

/// <summary>The simulator finds what is wrong, tells it, and makes it small.</summary>
public sealed class FindingTests
{
    [Test]
    public void What_the_watcher_can_tell_is_found_and_made_small()
    {
        var report = Run(new ChattyWorkload());

        var failure = report.Failures[0];
        Assert.That(failure.Invariant, Is.EqualTo("twin worlds look alike"));
        Assert.That(failure.Message, Does.Contain("Seed ").And.Contain("Repeat it: "));
        Assert.That(Scenario.Parse(failure.Steps).Steps, Has.Length.LessThan(8));
    }

    [Test]
    public void What_was_made_small_fails_again()
    {
        var failure = Run(new ChattyWorkload()).Failures[0];

        Assert.That(Testing.Simulation.Replay(new ChattyWorkload(), failure.Steps).Failures.Single().Invariant, Is.EqualTo(failure.Invariant));
    }

    [Test]
    public void Chance_that_the_seed_does_not_decide_is_found()
    {
        var report = Run(new MoodyWorkload());

        Assert.That(report.Failures, Is.Not.Empty, "which promise it breaks first is chance as well");
    }

    [Test]
    public void The_same_seeds_give_the_same_report()
    {
        var first = Run(Program.Workload, seeds: 20);
        var second = Run(Program.Workload, seeds: 20);

        Assert.That(second.Figures, Is.EqualTo(first.Figures));
    }

    [Test]
    public void A_report_that_failed_throws_what_it_found() =>
        Assert.That(() => Run(new ChattyWorkload()).ThrowIfFailed(), Throws.TypeOf<SimulationFailedException>().With.Message.Contains("twin worlds"));

    private static SimulationReport Run(SimulationWorkload workload, int seeds = 40) =>
        Testing.Simulation.Run(workload, new SimulationOptions { Seeds = seeds, MaxFailures = 1 });

    /// <summary>Changes what the watcher may read, which is no twin.</summary>
    private sealed class ChattyWorkload() : BoardWorkload(hasWatcher: true)
    {
        public override Operation TwinOf(Operation operation) => operation is Operation.Set set ? set with { Value = BoardTwin.Other(set.Value) } : operation;
    }

    /// <summary>A rule that is no function of what it is asked.</summary>
    private sealed class MoodyWorkload : BoardWorkload
    {
        public override void AddPermissions(SyncServerBuilder server) => server
            .AddPermissions<Card, MoodyPermissions>().AddPermissions<Space, SpacePermissions>().AddPermissions<Memo, MemoPermissions>();
    }

    private sealed class MoodyPermissions : Permissions<Card>
    {
        private int _asked;

        public override bool MayRead(Caller caller, Card card, Related related) => ++_asked % 7 > 0;
        public override Verdict MayWrite(Caller caller, Change<Card> change, Related related) => Verdict.Allow;
    }
}
