namespace Sync.Testing;

/// <summary>Makes a failing scenario smaller for as long as it fails in the same way: leaves out runs of steps, halves first, then whole clients, then waits.</summary>
internal sealed class Shrinker(Func<Scenario, string?> failure, int maxRuns)
{
    private int _runs;

    public Scenario Shrink(Scenario scenario)
    {
        if (failure(scenario) is not { } how) return scenario;
        var smallest = LeaveOutClients(scenario, how);
        while (LeaveOutSteps(smallest, how) is { } smaller) smallest = smaller;
        return Hasten(smallest, how);
    }

    private bool StillFails(Scenario scenario, string how) => _runs++ < maxRuns && failure(scenario) == how;

    private Scenario LeaveOutClients(Scenario scenario, string how)
    {
        for (var client = scenario.Users.Length - 1; client >= 0; client--)
        {
            var without = scenario with { Steps = [.. scenario.Steps.Where(step => step.On != client)] };
            if (without.Steps.Length < scenario.Steps.Length && StillFails(without, how)) scenario = without;
        }
        return scenario;
    }

    private Scenario? LeaveOutSteps(Scenario scenario, string how)
    {
        var best = scenario;
        for (var length = Math.Max(1, best.Steps.Length / 2); length >= 1; length /= 2)
        {
            for (var start = best.Steps.Length - length; start >= 0; start -= length)
            {
                if (start + length > best.Steps.Length) continue;
                var without = best with { Steps = [.. best.Steps[..start], .. best.Steps[(start + length)..]] };
                if (StillFails(without, how)) best = without;
            }
        }
        return best.Steps.Length < scenario.Steps.Length ? best : null;
    }

    private Scenario Hasten(Scenario scenario, string how)
    {
        for (var i = 0; i < scenario.Steps.Length; i++)
        {
            if (scenario.Steps[i].AfterMs == 0) continue;
            var faster = scenario with { Steps = [.. scenario.Steps[..i], scenario.Steps[i] with { AfterMs = 0 }, .. scenario.Steps[(i + 1)..]] };
            if (StillFails(faster, how)) scenario = faster;
        }
        return scenario;
    }
}
