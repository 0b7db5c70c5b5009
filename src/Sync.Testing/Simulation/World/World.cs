using System.Collections.Immutable;
using Sync.Client;
using Sync.Server;

namespace Sync.Testing;

/// <summary>Clients, network, server and database of one run, on one clock: who there is, and what is done to them step by step.</summary>
internal sealed class World
{
    private readonly Scenario _scenario;
    private readonly AppWrites _writes;
    private readonly Havoc _havoc;
    private readonly ServedSessions _sessions;
    private readonly SeededStreams _streams;
    private readonly Transcript _transcript;
    private readonly RawWatcher? _watcher;
    private readonly bool _isApart;

    public World(SimulationWorkload workload, Scenario scenario, bool isTwin, Action<string>? listener)
    {
        (_scenario, _isApart) = (scenario, isTwin && scenario.IsApart);
        var streams = _streams = new SeededStreams(scenario.Seed);
        var plan = ServerRules.Of(workload);
        Rules = plan.ToDictionary(rule => rule.Table.Name, StringComparer.Ordinal);
        Database = new SimulatedDatabase(workload.Model, Clock, scenario.Seed, scenario.MaxLogEntries, scenario.MaxReceipts);
        Views = new ViewInvariants(Database.Ledger, Book, () => Clients);
        Undo = new UndoInvariants(workload.Model);
        _transcript = new Transcript(Clock) { Listener = listener };
        Witness = new Witness(_transcript, new Figures(), new CommitInvariants(Database.Ledger, Rules, Book, Undo, Clock, keepsReceipts: scenario.MaxReceipts == Scenario.AllReceipts), new FrameInvariants(Database.Ledger, Rules, Clock), Views, scenario.Users, workload.Watcher);

        var options = new SyncServerOptions { Heartbeat = TimeSpan.FromSeconds(4), VerifyEvery = TimeSpan.FromSeconds(scenario.VerifySeconds) };
        _writes = new AppWrites(workload, isTwin, Book, Database, Clock);
        _sessions = new ServedSessions(Clock, Witness);
        var hints = new LogHints(Clock, streams, Witness, scenario.LostHintsPercent, () => Servers!.All);
        var commits = new CheckedCommits(Database, Witness);
        var outsiders = new Outsiders(Database, commits, _writes, hints, Clock, Witness);
        _havoc = new Havoc(this, _sessions, outsiders);
        var setup = new ServerSetup(workload.Model, plan, options, scenario.MaxStoreDelayMs, IsShared: scenario.Nodes > 1);
        var foreign = new Queue<string[]>();
        Servers = new ServerNodes(Enumerable.Range(0, scenario.Nodes).Select(number => new ServerNode(
            number, setup, Database, new StoreFaults(foreign), new StoreRoom(number, commits, outsiders, hints, Witness, _havoc), Clock, streams, LogsOf())));
        _watcher = workload.Watcher is { } watcher ? new RawWatcher(watcher, Servers.FindUp, Clock, Witness) : null;
        Network = new SimulatedNetwork(Clock, streams, Witness, scenario.IsSteady, client => Clients[client].Gate, Serve);

        var disks = scenario.Devices.Distinct().ToDictionary(device => device, _ => new InMemoryStorageProvider());
        var clientOptions = new SyncClientOptions { Server = new Uri("https://sync.test/") };
        Clients = [.. scenario.Users.Select((user, number) => new ClientNode(
            new ClientSetup(number, scenario.Devices[number], user, workload.Model, clientOptions, disks[scenario.Devices[number]], scenario.MaxStorageDelayMs),
            Clock, streams, Network, Book, Witness, _havoc.ClientDies, LogsOf(() => Book.OpenAgain(scenario.Devices[number]))))];
        Clock.AfterEach = () => Witness.Look(Clients);
    }

    public SimulatedClock Clock { get; } = new();
    public SimulatedDatabase Database { get; }
    public SimulatedNetwork Network { get; }
    public ServerNodes Servers { get; }
    public ImmutableArray<ClientNode> Clients { get; } = [];
    public IReadOnlyDictionary<string, PermissionRules> Rules { get; }
    public WriteBook Book { get; } = new();
    public ViewInvariants Views { get; }
    public UndoInvariants Undo { get; }
    public Witness Witness { get; }

    public void Begin()
    {
        Servers.Start();
        Pass(TimeSpan.FromSeconds(1));
        _writes.WriteFirst(Servers.FindUp(0));
        Pass(TimeSpan.FromSeconds(1));
        foreach (var client in Clients) client.Start();
        if (Servers.All.Length > 1) new FollowInvariants(Servers, Database, Clock, Witness).Begin();
    }

    public void Pass(TimeSpan time) => Clock.RunUntil(Clock.Now + time.Ticks);

    public void Carry(SimulationStep step)
    {
        Pass(TimeSpan.FromMilliseconds(step.AfterMs));
        Witness.Count($"steps: {step.GetType().Name}");
        switch (step)
        {
            case SimulationStep.Write write: Clients[write.Client].Write(_writes.OperationsOf(write.Operations, _scenario.Users[write.Client]), write.IsSilent); break;
            case SimulationStep.Undo undo: Clients[undo.Client].Undo(undo.IsRedo); break;
            case SimulationStep.Group group: Clients[group.Client].Group(group.Ends); break;
            case SimulationStep.DealWith deal: Clients[deal.Client].DealWith(deal.How); break;
            case SimulationStep.AppWrite write: _writes.Write(Servers.FindUp(write.Node), write); break;
            case SimulationStep.HiddenWrite write: _writes.WriteHidden(Servers.FindUp(0), _isApart ? write.TwinOperations : write.Operations); break;
            case SimulationStep.Ask ask: _watcher?.Ask(ask); break;
            case SimulationStep.Say say: _watcher?.Say(say); break;
            case SimulationStep.Hang hang: _watcher?.Hang(hang.Line); break;
            case SimulationStep.Verify: Verify(); break;
            case SimulationStep.Open open: Clients[open.Client].Open(open.Screen, StepText.Query(open.Query)); break;
            case SimulationStep.Close close: Clients[close.Client].Close(close.Screen); break;
            case SimulationStep.Nudge nudge: Clients[nudge.Client].Client?.Nudge(); break;
            default: _havoc.Carry(step); break;
        }
        Witness.Look(Clients);
    }

    /// <summary>Faults stop; who is down comes up.</summary>
    public void Heal()
    {
        Witness.Note("heal");
        _havoc.Stop();
        Network.Heal();
        Servers.Start();
        foreach (var client in Clients)
        {
            client.Faults.Clear();
            client.Start();
            client.Thaw();
            if (client.Client is { Status.Connection: ConnectionState.Refused } refused) refused.Nudge(); // Its user signs in again.
        }
    }

    public string Finish() => _transcript.Finish();

    private SimulatedLogs LogsOf(Action? takenOver = null) => new(bug => Witness.Break("no bug in a log", bug), Witness.Count, takenOver);

    private void Verify()
    {
        foreach (var node in Servers.All) node.Server?.VerifyNow();
    }

    /// <summary>By any node that is up: nothing makes a client come back to the one that it was at.</summary>
    private bool Serve(SimulatedLink link)
    {
        if (Servers.FindUp(_streams.For("dial", link.Client, link.Number)) is not { Server: { } server } node) return false;
        link.Node = node.Number;
        if (node.Number > 0) Witness.Note($"{link.Client}.{link.Number} is at node {node.Number}");
        var user = _scenario.Users[link.Client];
        _sessions.Add(user, node, server.RunSessionAsync(link.ServerEnd, Caller.User(user), CancellationToken.None));
        return true;
    }
}
