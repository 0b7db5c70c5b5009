namespace Sync.Testing;

/// <summary>One scenario from its beginning to its end: first it hurts, then it heals.</summary>
internal sealed record Run(string Hash, Figures Figures, InvariantBrokenException? Broken, IReadOnlyList<string> WatcherFrames)
{
    private static readonly TimeSpan HealTime = TimeSpan.FromSeconds(60);

    public static Run Of(SimulationWorkload workload, Scenario scenario, bool isTwin = false, Action<string>? listener = null)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var world = new World(workload, scenario, isTwin, listener);
        InvariantBrokenException? broken = null;
        try
        {
            world.Begin();
            foreach (var step in scenario.Steps) world.Carry(step);
            world.Heal();
            world.Pass(HealTime);
            HealedInvariants.Check(world);
        }
        catch (InvariantBrokenException found)
        {
            broken = found;
        }
        catch (Exception bug) // Something of the system under test threw where nothing may: as much a finding as a broken invariant.
        {
            broken = new InvariantBrokenException("nothing throws", bug.ToString());
        }
        world.Witness.Figures.Count("events", world.Clock.Events);
        return new Run(world.Finish(), world.Witness.Figures, broken, world.Witness.WatcherFrames);
    }
}
