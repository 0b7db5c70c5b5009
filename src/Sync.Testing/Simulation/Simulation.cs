using System.Collections.Concurrent;
using System.Globalization;

namespace Sync.Testing;

/// <summary>
/// Runs whole clients and a whole server of an app in one thread on virtual time, from seeds, with everything going wrong that can: first it hurts, then it
/// heals. <c>docs/reliability.md</c> tells what is done and what must hold.
/// </summary>
public static class Simulation
{
    // Everything completes inline, so stacks are deeper than elsewhere.
    private const int StackBytes = 16 * 1024 * 1024;

    /// <summary>Runs seeds one after the other, some at the same time. The same options and code give the same report.</summary>
    public static SimulationReport Run(SimulationWorkload workload, SimulationOptions options)
    {
        var seeds = new ConcurrentQueue<int>(Enumerable.Range(options.FirstSeed, options.Seeds));
        var failures = new ConcurrentBag<SimulationFailure>();
        var figures = new ConcurrentBag<Figures>();
        var tried = 0;
        var threads = Enumerable.Range(0, Math.Max(1, options.Parallel)).Select(_ => new Thread(Work, StackBytes)).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();

        var total = new Figures();
        foreach (var part in figures) total.Add(part);
        return new SimulationReport(tried, [.. failures.OrderBy(failure => failure.Seed)], total.ToDictionary());

        void Work()
        {
            var trial = new SeedTrial(workload);
            while (failures.Count < options.MaxFailures && seeds.TryDequeue(out var seed))
            {
                Interlocked.Increment(ref tried);
                var scenario = new ScenarioDraw(workload, options, seed).Draw();
                if (trial.Try(scenario) is { } broken) failures.Add(Explain(workload, options, scenario, broken));
            }
            figures.Add(trial.Figures);
        }
    }

    /// <summary>Runs the steps that a failure wrote down, or what was left of them.</summary>
    /// <param name="steps">The JSON of <see cref="SimulationFailure.Steps"/>.</param>
    /// <param name="listener">Told of everything that happens, one line each; null for nobody.</param>
    public static SimulationReport Replay(SimulationWorkload workload, string steps, Action<string>? listener = null)
    {
        SimulationReport? report = null;
        var thread = new Thread(() => report = ReplayHere(workload, Scenario.Parse(steps), listener), StackBytes);
        thread.Start();
        thread.Join();
        return report!;
    }

    private static SimulationReport ReplayHere(SimulationWorkload workload, Scenario scenario, Action<string>? listener)
    {
        if (listener is not null) Testing.Run.Of(workload, scenario, listener: listener);
        var trial = new SeedTrial(workload);
        var broken = trial.Try(scenario);
        SimulationFailure[] failures = broken is null ? [] : [new SimulationFailure(scenario.Seed, broken.Invariant, broken.Message, scenario.ToJson(), null)];
        return new SimulationReport(1, failures, trial.Figures.ToDictionary());
    }

    private static SimulationFailure Explain(SimulationWorkload workload, SimulationOptions options, Scenario scenario, InvariantBrokenException broken)
    {
        var shrinking = new SeedTrial(workload);
        var smallest = new Shrinker(smaller => shrinking.Try(smaller)?.Invariant, options.MaxShrinkingRuns).Shrink(scenario);
        var last = shrinking.Try(smallest) ?? broken;
        var json = smallest.ToJson();
        string? file = null;
        if (options.FailureFolder is { } folder)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(file = Path.Combine(folder, $"seed-{scenario.Seed}.json"), json);
            File.WriteAllText(Path.Combine(folder, $"seed-{scenario.Seed}-whole.json"), scenario.ToJson());
        }
        var repeat = string.Format(CultureInfo.InvariantCulture, options.RepeatCommand, scenario.Seed);
        var message = $"Seed {scenario.Seed} broke \"{last.Message}\"\nRepeat it: {repeat}\n{scenario.Steps.Length} steps, {smallest.Steps.Length} are enough{(file is null ? ":\n" + json : $", written to {file}")}";
        return new SimulationFailure(scenario.Seed, broken.Invariant, message, json, file);
    }
}
