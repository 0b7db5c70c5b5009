namespace Sync.Testing;

/// <summary>Carries out faults.</summary>
internal sealed class Havoc(World world, ServedSessions sessions, Outsiders outsiders)
{
    private static readonly TimeSpan DefaultDownTime = TimeSpan.FromSeconds(1);

    // A process that is down for long is a machine without power: nobody is told.
    private static readonly TimeSpan LongDown = TimeSpan.FromSeconds(5);

    private readonly Dictionary<int, TimeSpan> _downTimes = [];
    private readonly Dictionary<int, Action> _crashes = [];

    public void Carry(SimulationStep step)
    {
        switch (step)
        {
            case SimulationStep.ForeignWrite write: world.Servers[0].Faults.ArmForeignWrite(write.Operations); break;
            case SimulationStep.Hold hold: _ = outsiders.HoldAsync(hold); break;
            case SimulationStep.EndSessions end: EndSessions(end); break;
            case SimulationStep.Cut cut: world.Network.LatestOf(cut.Client)?.Cut(Ms(cut.ServerLearnsAfterMs)); break;
            case SimulationStep.HalfOpen half: world.Network.LatestOf(half.Client)?.HalfOpen(half.Up, half.Down); break;
            case SimulationStep.Partition partition: Part(partition); break;
            case SimulationStep.Slow slow: world.Network.At(slow.Client).MaxDelayMilliseconds = slow.MaxDelayMs; break;
            case SimulationStep.Skew skew: world.Clients[skew.Client].Skew(TimeSpan.FromSeconds(skew.Seconds)); break;
            case SimulationStep.CrashClient crash: CrashClient(world.Clients[crash.Client], crash); break;
            case SimulationStep.Freeze freeze: Freeze(world.Clients[freeze.Client], freeze); break;
            case SimulationStep.FailStorage fail: world.Clients[fail.Client].Faults.FailingWrites = fail.Calls; break;
            case SimulationStep.CrashServer crash: CrashServer(crash); break;
            case SimulationStep.RestartServer restart: RestartServer(world.Servers[restart.Node], Ms(restart.DownMs)); break;
            case SimulationStep.FailStore fail: world.Servers[fail.Node].Faults.Arm(fail.Fault, fail.Calls); break;
            case SimulationStep.TrimLog trim: world.Database.TrimLog(trim.Keep); break;
            case SimulationStep.Backup: world.Database.BackUp(); break;
            case SimulationStep.Restore restore: Restore(Ms(restore.DownMs)); break;
            default: throw new ArgumentOutOfRangeException(nameof(step), step, "Not a step.");
        }
    }

    public void Stop()
    {
        foreach (var node in world.Servers.All) node.Faults.Clear();
        world.Database.Held.LetAllGo();
    }

    /// <summary>The armed crash has come.</summary>
    public void ServerDies(int node, string when)
    {
        world.Witness.Count($"faults: server died {when}");
        _crashes.GetValueOrDefault(node)?.Invoke();
    }

    public void ClientDies(ClientNode node, string when)
    {
        world.Witness.Count($"faults: client died {when}");
        Kill(node, _downTimes.GetValueOrDefault(node.Number, DefaultDownTime));
    }

    private void Part(SimulationStep.Partition partition)
    {
        foreach (var client in partition.Clients)
        {
            var weather = world.Network.At(client);
            world.Network.LatestOf(client)?.HalfOpen(swallowsUp: true, swallowsDown: true);
            (weather.IsDown, weather.IsDeaf) = (!partition.IsDeaf, partition.IsDeaf);
            world.Clock.After(Ms(partition.ForMs), () => (weather.IsDown, weather.IsDeaf) = (false, false));
        }
    }

    private void CrashClient(ClientNode node, SimulationStep.CrashClient crash)
    {
        _downTimes[node.Number] = Ms(crash.DownMs);
        if (crash.AtCall > 0) node.Faults.ArmCrash(crash.AtCall, crash.IsAfterCall);
        else ClientDies(node, "between calls");
    }

    private void Kill(ClientNode node, TimeSpan down)
    {
        node.Die();
        world.Network.Forget(link => link.Client == node.Number, isServer: false, down < LongDown ? down : null);
        world.Clock.After(down, node.Start);
    }

    private void Freeze(ClientNode node, SimulationStep.Freeze freeze)
    {
        node.Freeze(freeze.LosesLocks);
        world.Clock.After(Ms(freeze.ForMs), node.Thaw);
    }

    private void EndSessions(SimulationStep.EndSessions end)
    {
        if (world.Servers.FindUp(end.Node) is { } server) _ = sessions.EndAsync(server, world.Clients[end.Client].User);
    }

    private void CrashServer(SimulationStep.CrashServer crash)
    {
        var node = world.Servers[crash.Node];
        _crashes[node.Number] = () => Kill(node, Ms(crash.DownMs), crash.PeersLearnAfterMs > 0 ? Ms(crash.PeersLearnAfterMs) : null);
        if (crash.AtCall > 0) node.Faults.ArmCrash(crash.AtCall, crash.IsAfterCall);
        else ServerDies(node.Number, "between calls");
    }

    private void Kill(ServerNode node, TimeSpan down, TimeSpan? untilPeersLearn)
    {
        node.Die();
        world.Network.Forget(link => link.Node == node.Number, isServer: true, untilPeersLearn);
        world.Clock.After(down, node.Start);
    }

    private void RestartServer(ServerNode node, TimeSpan down)
    {
        _ = StopAndStartAsync();

        async Task StopAndStartAsync()
        {
            await node.StopAsync().ConfigureAwait(false);
            await world.Clock.DelayAsync(down).ConfigureAwait(false);
            node.Start();
        }
    }

    // What was committed since the backup is gone: nobody can have it back, but all that waits in a queue comes again.
    private void Restore(TimeSpan down)
    {
        if (!world.Database.HasBackup) return;
        world.Witness.Count("faults: store restored from a backup");
        foreach (var node in world.Servers.All) Kill(node, down, TimeSpan.FromMilliseconds(1));
        var decided = world.Book.All.Where(written => written.TxId is { } txId && world.Database.Ledger.Has(new(written.Author, txId))).ToArray();
        world.Database.Restore();
        foreach (var written in decided) written.IsVoid |= !world.Database.Ledger.Has(new(written.Author, written.TxId!));
        foreach (var node in world.Clients) node.LastLinkOfFormerHistory = world.Network.LatestOf(node.Number)?.Number ?? 0;
        world.Views.Forget();
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
