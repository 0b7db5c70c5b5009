namespace Sync.Testing;

/// <summary>Draws a scenario from a seed. What is drawn depends on no state, so any part of it can be left out.</summary>
internal sealed class ScenarioDraw(SimulationWorkload workload, SimulationOptions options, int seed)
{
    private const int Screens = 3;

    private const int WatchersWorkEvery = 4;
    private const int UndoEvery = 6;

    private readonly Random _random = new SeededStreams(seed).For("scenario");
    private readonly WatcherDraw _watcher = new(workload, new SeededStreams(seed).For("watcher"));
    private readonly UndoDraw _undo = new(new SeededStreams(seed).For("undo"));

    public Scenario Draw()
    {
        var clients = _random.Next(2, Math.Max(2, options.MaxClients) + 1);
        var users = Enumerable.Range(0, clients).Select(i => i < 2 ? workload.Users[i % workload.Users.Count] : Pick(workload.Users)).ToArray();
        var devices = Enumerable.Range(0, clients).ToArray();
        for (var client = 1; client < clients; client++)
        {
            if (OneIn(4)) (users[client], devices[client]) = (users[client - 1], devices[client - 1]);
        }
        var (log, store, storage) = (OneIn(3) ? _random.Next(3, 30) : 100_000, OneIn(3) ? 0 : _random.Next(1, 30), OneIn(2) ? 0 : _random.Next(1, 20));
        var steps = new List<SimulationStep>();
        for (var client = 0; client < clients; client++)
        {
            for (var screen = 0; screen < 2; screen++) steps.Add(Open(client, screen, users));
        }
        var count = _random.Next(options.MaxSteps / 4, options.MaxSteps + 1);
        var faultsEvery = options.HasFaults ? _random.Next(2, 8) : int.MaxValue;
        while (steps.Count < count)
        {
            if (workload.Watcher is not null && OneIn(WatchersWorkEvery)) steps.Add(_watcher.Next(Pause()));
            else if (OneIn(UndoEvery)) steps.Add(_undo.Next(Pause(), clients));
            else steps.AddRange(!OneIn(faultsEvery) ? [Work(users)] : OneIn(10) ? Overtake(users) : [Fault(clients)]);
        }
        if (options.HasFaults && OneIn(3)) steps.AddRange(LastWord(users));
        return new NodesDraw(workload, options, seed).Spread(new Scenario(seed, users, devices, log, store, storage, [.. steps], OneIn(2) ? _random.Next(3, 20) : 600));
    }

    // What goes wrong with the very last commit is not made good by a later one.
    private SimulationStep[] LastWord(string[] users)
    {
        var client = _random.Next(users.Length);
        SimulationStep fault = OneIn(2)
            ? new SimulationStep.FailStore(0, (StoreFault)_random.Next(5), 1)
            : new SimulationStep.CrashServer(0, _random.Next(1, 3000), _random.Next(1, 5), OneIn(2), _random.Next(1, 500));
        return [fault, new SimulationStep.Write(0, client, Json(workload.DrawWrite(_random, users[client]))), new SimulationStep.Nudge(_random.Next(1, 2000), client)];
    }

    // A write that another node's write comes before, behind its decision: what it was judged by may no longer hold.
    private SimulationStep[] Overtake(string[] users)
    {
        var client = _random.Next(users.Length);
        return [new SimulationStep.ForeignWrite(Pause(), Json(workload.DrawAppWrite(_random))), new SimulationStep.Write(0, client, Json(workload.DrawWrite(_random, users[client])))];
    }

    private SimulationStep Work(string[] users)
    {
        var client = _random.Next(users.Length);
        return _random.Next(20) switch
        {
            < 11 => new SimulationStep.Write(Pause(), client, Json(workload.DrawWrite(_random, users[client])), _undo.IsSilent),
            < 14 => Open(client, _random.Next(Screens), users),
            < 15 => new SimulationStep.Close(Pause(), client, _random.Next(Screens)),
            < 16 when OneIn(2) => new SimulationStep.DealWith(Pause(), client, (TrayDeal)_random.Next(2)),
            < 16 => new SimulationStep.Nudge(Pause(), client),
            < 17 when OneIn(3) => new SimulationStep.AppWrite(Pause(), Json(workload.DrawWrite(_random, users[client])), _random.Next(-1, 2)),
            _ => new SimulationStep.AppWrite(Pause(), Json(workload.DrawAppWrite(_random))),
        };
    }

    private SimulationStep Fault(int clients)
    {
        var client = _random.Next(clients);
        return _random.Next(28) switch
        {
            < 4 => new SimulationStep.Cut(Pause(), client, OneIn(2) ? 0 : _random.Next(1, 8000)),
            < 6 => new SimulationStep.HalfOpen(Pause(), client, OneIn(2), true),
            < 7 => new SimulationStep.HalfOpen(Pause(), client, true, false),
            < 9 => new SimulationStep.Partition(Pause(), Some(clients), _random.Next(100, 20_000), OneIn(2)),
            < 10 => new SimulationStep.Slow(Pause(), client, _random.Next(100, 4000)),
            < 11 => new SimulationStep.Skew(Pause(), client, Signed(OneIn(2) ? _random.Next(1, 100_000) : _random.Next(1, 300_000_000))),
            < 14 => new SimulationStep.CrashClient(Pause(), client, _random.Next(1, 15_000), OneIn(3) ? 0 : _random.Next(1, 6), OneIn(2)),
            < 15 => new SimulationStep.FailStorage(Pause(), client, _random.Next(1, 3)),
            < 18 => new SimulationStep.CrashServer(Pause(), _random.Next(1, 8000), OneIn(4) ? 0 : _random.Next(1, 8), OneIn(2), OneIn(4) ? 0 : _random.Next(1, 500)),
            < 19 => new SimulationStep.RestartServer(Pause(), _random.Next(1, 4000)),
            < 21 => new SimulationStep.FailStore(Pause(), (StoreFault)_random.Next(5), _random.Next(1, 4)),
            < 22 => new SimulationStep.TrimLog(Pause(), _random.Next(1, 6)),
            < 23 => new SimulationStep.EndSessions(Pause(), client),
            < 25 => new SimulationStep.Freeze(Pause(), client, _random.Next(100, 40_000), OneIn(2)),
            < 27 => new SimulationStep.Backup(Pause()),
            _ => new SimulationStep.Restore(Pause(), _random.Next(1, 4000)),
        };
    }

    private SimulationStep.Open Open(int client, int screen, string[] users) =>
        new(Pause(), client, screen, workload.Model.Find(workload.DrawQuery(_random, users[client]) is var query ? query.Table : "")!.Normalize(query).Key.ToString());

    private int Pause() => _random.Next(8) switch
    {
        < 4 => _random.Next(0, 10),
        < 7 => _random.Next(0, 400),
        _ => _random.Next(0, 6000),
    };

    private int[] Some(int clients) => [.. Enumerable.Range(0, clients).Where(_ => OneIn(2))];
    private long Signed(long value) => OneIn(2) ? value : -value;
    private bool OneIn(int n) => _random.Next(n) == 0;
    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
    private static string[] Json(IEnumerable<Operation> operations) => [.. operations.Select(operation => ProtocolCodec.ToJson(operation).ToString())];
}
