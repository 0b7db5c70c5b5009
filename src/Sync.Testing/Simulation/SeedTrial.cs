namespace Sync.Testing;

/// <summary>One scenario, tried in every way: run, run again for the same hash, and beside its twin world.</summary>
internal sealed class SeedTrial(SimulationWorkload workload)
{
    private const int TwinsEvery = 2;

    public Figures Figures { get; } = new();

    /// <summary>What did not hold; null where all did.</summary>
    public InvariantBrokenException? Try(Scenario scenario)
    {
        var run = Run.Of(workload, scenario);
        Figures.Add(run.Figures);
        if (run.Broken is { } broken) return broken;

        var again = Run.Of(workload, scenario);
        if (again.Hash != run.Hash) return new InvariantBrokenException("one seed, one run", DifferenceOf(scenario));
        if (workload.Watcher is null || scenario.Seed % TwinsEvery != 0) return null;
        return CompareTwins(scenario.Seed % (2 * TwinsEvery) == 0 ? TwinScenario.Of(scenario) : TwinScenario.Apart(scenario, workload));
    }

    private InvariantBrokenException? CompareTwins(Scenario scenario)
    {
        var run = Run.Of(workload, scenario);
        if (run.Broken is { } broken) return broken.In("in the world that has a twin: the store takes no time");
        var twin = Run.Of(workload, scenario, isTwin: true);
        if (twin.Broken is { } other) return other.In("in the twin world");
        Figures.Count(scenario.IsApart ? "twin worlds compared, apart in what is hidden" : "twin worlds compared, apart in what hidden records say");
        Figures.Count("frames equal in twin worlds", run.WatcherFrames.Count);
        return Difference(run.WatcherFrames, twin.WatcherFrames) is { } difference ? new InvariantBrokenException("twin worlds look alike", difference) : null;
    }

    private string DifferenceOf(Scenario scenario)
    {
        List<string> first = [], second = [];
        Run.Of(workload, scenario, listener: first.Add);
        Run.Of(workload, scenario, listener: second.Add);
        return Difference(first, second) ?? "two runs had different hashes, the next two did not";
    }

    private static string? Difference(IReadOnlyList<string> one, IReadOnlyList<string> other)
    {
        for (var i = 0; i < Math.Max(one.Count, other.Count); i++)
        {
            var (left, right) = (i < one.Count ? one[i] : "(nothing)", i < other.Count ? other[i] : "(nothing)");
            if (left != right) return $"at {i}:\n  {left}\n  {right}";
        }
        return null;
    }
}
