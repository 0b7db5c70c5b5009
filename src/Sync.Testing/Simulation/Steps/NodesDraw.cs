namespace Sync.Testing;

/// <summary>Spreads a scenario over one to three server nodes, each time by chance of its own, so that all else stays as it is drawn for one.</summary>
internal sealed class NodesDraw(SimulationWorkload workload, SimulationOptions options, int seed)
{
    private const int MaxNodes = 3;
    private const int MaxWritesOfBurst = 16;

    private readonly Random _random = new SeededStreams(seed).For("nodes");

    public Scenario Spread(Scenario scenario)
    {
        var nodes = _random.Next(1, MaxNodes + 1);
        if (nodes == 1) return scenario;
        var steps = scenario.Steps.Select(step => At(step, _random.Next(nodes))).ToList();
        if (options.HasFaults)
        {
            for (var more = _random.Next(4); more > 0; more--) steps.Insert(_random.Next(steps.Count), OneIn(2) ? Hold() : Crash(nodes));
            for (var more = _random.Next(6); more > 0; more--) steps.InsertRange(_random.Next(steps.Count), Move(scenario));
            if (OneIn(3)) scenario = scenario with { MaxStoreDelayMs = _random.Next(30, 150) };
            if (OneIn(3)) scenario = scenario with { MaxReceipts = _random.Next(3, 30) };
        }
        for (var more = _random.Next(3); more > 0; more--) steps.InsertRange(_random.Next(steps.Count), Burst(scenario, nodes));
        return scenario with { Nodes = nodes, LostHintsPercent = options.HasFaults ? Pick(10, 50, 100) : 0, Steps = [.. steps] };
    }

    private static SimulationStep At(SimulationStep step, int node) => step switch
    {
        SimulationStep.AppWrite write => write with { Node = node },
        SimulationStep.EndSessions end => end with { Node = node },
        SimulationStep.CrashServer crash => crash with { Node = node },
        SimulationStep.RestartServer restart => restart with { Node = node },
        SimulationStep.FailStore fail => fail with { Node = node },
        _ => step,
    };

    /// <summary>Everybody writes at once, at every node.</summary>
    private SimulationStep[] Burst(Scenario scenario, int nodes) => [.. Enumerable.Range(0, _random.Next(2, MaxWritesOfBurst)).Select(_ => Write(scenario, nodes))];

    private SimulationStep Write(Scenario scenario, int nodes)
    {
        var client = _random.Next(scenario.Users.Length);
        if (OneIn(3)) return new SimulationStep.AppWrite(_random.Next(3), Json(workload.DrawAppWrite(_random)), Node: _random.Next(nodes));
        return new SimulationStep.Write(_random.Next(3), client, Json(workload.DrawWrite(_random, scenario.Users[client])));
    }

    /// <summary>A client loses its connection with writes on the way, and is at another node before they are decided, perhaps.</summary>
    private SimulationStep[] Move(Scenario scenario)
    {
        var client = _random.Next(scenario.Users.Length);
        var writes = Enumerable.Range(0, _random.Next(1, 4)).Select(SimulationStep (_) => new SimulationStep.Write(0, client, Json(workload.DrawWrite(_random, scenario.Users[client]))));
        return [.. writes, new SimulationStep.Cut(_random.Next(200), client, OneIn(2) ? 0 : _random.Next(1, 2000)), new SimulationStep.Nudge(_random.Next(3), client)];
    }

    private SimulationStep.Hold Hold() =>
        new(Pause(), Json(OneIn(2) ? workload.DrawAppWrite(_random) : workload.DrawWrite(_random, workload.Users[_random.Next(workload.Users.Count)])), _random.Next(1, 12_000), OneIn(2));

    private SimulationStep.CrashServer Crash(int nodes) => new(Pause(), _random.Next(1, 8000), _random.Next(1, 30), OneIn(2), OneIn(4) ? 0 : _random.Next(1, 500), _random.Next(nodes));

    private int Pause() => _random.Next(OneIn(2) ? 10 : 400);
    private int Pick(params ReadOnlySpan<int> from) => from[_random.Next(from.Length)];
    private static string[] Json(IEnumerable<Operation> operations) => [.. operations.Select(operation => ProtocolCodec.ToJson(operation).ToString())];
    private bool OneIn(int n) => _random.Next(n) == 0;
}
