using System.Collections.Immutable;
using Sync.Client;
using Sync.Server;

namespace Sync.Testing;

/// <summary>Clients, network, server and database of one run, on one clock. Carries out steps; what must hold is looked at by the rooms beside it.</summary>
internal sealed class World : ILinkWatcher, IStoreWatcher, IClientWatcher
{
    private const string AppUser = "sim";

    private readonly SimulationWorkload _workload;
    private readonly Scenario _scenario;
    private readonly bool _isTwin;
    private readonly Transcript _transcript;
    private readonly SeededStreams _streams;
    private readonly WriteBook _book = new();
    private readonly StoreFaults _storeFaults = new();
    private readonly ServerNode _server;
    private readonly CommitInvariants _commits;
    private readonly FrameInvariants _frames;
    private readonly ViewInvariants _views;
    private readonly SimulatedLogs _logs;
    private InvariantBrokenException? _broken;
    private readonly SortedDictionary<(int Client, int Number), List<string>> _watcherFrames = [];
    private int _foreignWrites;

    public World(SimulationWorkload workload, Scenario scenario, bool isTwin, Action<string>? listener)
    {
        (_workload, _scenario, _isTwin, _streams) = (workload, scenario, isTwin, new SeededStreams(scenario.Seed));
        _transcript = new Transcript(Clock) { Listener = listener };
        _logs = new SimulatedLogs(bug => Break("no bug in a log", bug));
        Database = new SimulatedDatabase(workload.Model, Clock, scenario.Seed, scenario.MaxLogEntries);
        Network = new SimulatedNetwork(Clock, _streams, this, scenario.IsSteady, Serve);

        var plan = ServerRules.Of(workload);
        Rules = plan.ToDictionary(rule => rule.Table.Name, StringComparer.Ordinal);
        _commits = new CommitInvariants(Database.Ledger, Rules, _book, Clock);
        _frames = new FrameInvariants(Database.Ledger, Rules, Clock);
        _views = new ViewInvariants(Database.Ledger, _book);
        var setup = new ServerSetup(workload.Model, plan, new SyncServerOptions { Heartbeat = TimeSpan.FromSeconds(4) }, scenario.MaxStoreDelayMs);
        _server = new ServerNode(setup, Database, _storeFaults, this, Clock, _streams, _logs);
        Clients = [.. scenario.Users.Select((user, number) => new ClientNode(
            new ClientSetup(number, number, user, workload.Model, new SyncClientOptions { Server = new Uri("https://sync.test/") }, new InMemoryStorageProvider(), scenario.MaxStorageDelayMs),
            Clock, _streams, Network, _book, this, _logs))];
        Clock.AfterEach = Look;
    }

    public SimulatedClock Clock { get; } = new();
    public SimulatedDatabase Database { get; }
    public SimulatedNetwork Network { get; }
    public IReadOnlyDictionary<string, PermissionRules> Rules { get; }
    public ImmutableArray<ClientNode> Clients { get; }
    public WriteBook Book => _book;
    public Figures Figures { get; } = new();
    public string? Watcher => _workload.Watcher;

    /// <summary>What the watcher's sessions were sent, one line a frame, in the order of sessions: which of two sessions is served first may tell.</summary>
    public IReadOnlyList<string> WatcherFrames => [.. _watcherFrames.Values.SelectMany(frames => frames)];

    public void Begin()
    {
        _server.Start();
        Pass(TimeSpan.FromSeconds(1));
        if (_workload.First.ToArray() is { Length: > 0 } first) WriteAsApp([.. first], null);
        Pass(TimeSpan.FromSeconds(1));
        foreach (var client in Clients) client.Start();
    }

    public void Pass(TimeSpan time) => Clock.RunUntil(Clock.Now + time.Ticks);

    public void Carry(SimulationStep step)
    {
        Pass(TimeSpan.FromMilliseconds(step.AfterMs));
        _transcript.Note(step.GetType().Name);
        Figures.Count($"steps: {step.GetType().Name}");
        switch (step)
        {
            case SimulationStep.Write write: Clients[write.Client].Write(Twin(write.Operations, Clients[write.Client].User)); break;
            case SimulationStep.AppWrite write: WriteAsApp(Twin(write.Operations), write.BaseOffset); break;
            case SimulationStep.ForeignWrite write: _storeFaults.ArmForeignWrite(write.Operations); break;
            case SimulationStep.Open open: Clients[open.Client].Open(open.Screen, StepText.Query(open.Query)); break;
            case SimulationStep.Close close: Clients[close.Client].Close(close.Screen); break;
            case SimulationStep.Nudge nudge: Clients[nudge.Client].Client?.Nudge(); break;
            case SimulationStep.EndSessions end: _ = _server.Server?.EndSessionsAsync(Clients[end.Client].User); break;
            case SimulationStep.Cut cut: Network.LatestOf(cut.Client)?.Cut(TimeSpan.FromMilliseconds(cut.ServerLearnsAfterMs)); break;
            case SimulationStep.HalfOpen half: Network.LatestOf(half.Client)?.HalfOpen(half.Up, half.Down); break;
            case SimulationStep.Partition partition: Part(partition); break;
            case SimulationStep.Slow slow: Network.At(slow.Client).MaxDelayMilliseconds = slow.MaxDelayMs; break;
            case SimulationStep.Skew skew: Clients[skew.Client].Skew(TimeSpan.FromSeconds(skew.Seconds)); break;
            case SimulationStep.CrashClient crash: CrashClient(Clients[crash.Client], crash); break;
            case SimulationStep.FailStorage fail: Clients[fail.Client].Faults.FailingWrites = fail.Calls; break;
            case SimulationStep.CrashServer crash: CrashServer(crash); break;
            case SimulationStep.RestartServer restart: RestartServer(TimeSpan.FromMilliseconds(restart.DownMs)); break;
            case SimulationStep.FailStore fail: _storeFaults.Arm(fail.Fault, fail.Calls); break;
            case SimulationStep.TrimLog trim: Database.TrimLog(trim.Keep); break;
            default: throw new ArgumentOutOfRangeException(nameof(step), step, "Not a step.");
        }
        Look();
    }

    /// <summary>Faults stop; who is down comes up.</summary>
    public void Heal()
    {
        _transcript.Note("heal");
        _storeFaults.Clear();
        Network.Heal();
        _server.Start();
        foreach (var client in Clients)
        {
            client.Faults.Clear();
            client.Start();
            if (client.Client is { Status.Connection: ConnectionState.Refused } refused) refused.Nudge(); // Its user signs in again.
        }
    }

    public string Finish() => _transcript.Finish();

    public void Arrived(SimulatedLink link, bool isUp, ReadOnlySpan<byte> frame) => _transcript.Note(isUp ? $"{link.Client}.{link.Number} up" : $"{link.Client}.{link.Number} down", frame);

    public void ServerSends(SimulatedLink link, ReadOnlySpan<byte> frame)
    {
        var user = Clients[link.Client].User;
        _transcript.Note($"{link.Client}.{link.Number} sends", frame);
        Figures.Count("frames sent by the server");
        if (user == Watcher) Keep(link, frame);
        Guard(frame, bytes => _frames.Check(user, bytes));
    }

    public void StoreCalled(string what) => _transcript.Note($"store {what}");

    public void StoreFailed(StoreFault? fault)
    {
        if (fault is { } kind) Figures.Count($"faults: commit, {kind}");
    }

    public void ServerDies(string when)
    {
        Figures.Count($"faults: server died {when}");
        _transcript.Note($"server dies {when}");
        _crashing?.Invoke();
    }

    public async ValueTask<CommitAnswer> CommitAsync(CommitBatch batch)
    {
        try
        {
            _commits.Check(batch);
        }
        catch (InvariantBrokenException broken)
        {
            // A batch that the store does not take is no harm yet; which of the two it is shows only now.
            var taken = await Database.Store.CommitAsync(batch, CancellationToken.None).ConfigureAwait(false);
            if (taken is CommitAnswer.Committed) _broken ??= broken;
            return taken;
        }
        var answer = await Database.Store.CommitAsync(batch, CancellationToken.None).ConfigureAwait(false);
        _transcript.Note($"commit of {batch.Entries.Count}: {answer.GetType().Name}");
        Figures.Count($"commits: {answer.GetType().Name}");
        if (answer is not CommitAnswer.Committed) return answer;
        Database.Ledger.Add(batch);
        foreach (var entry in batch.Entries) Figures.Count(entry.Receipt.IsAccepted ? "transactions accepted" : $"transactions rejected: {entry.Receipt.Code}");
        return answer;
    }

    public async ValueTask WriteForeignAsync(string[] operations)
    {
        if (ForeignNode.BatchOf(Database.Ledger, Twin(operations), ++_foreignWrites, Clock.UtcNow) is not { } batch) return;
        Figures.Count("faults: write by another node between decision and commit");
        await CommitAsync(batch).ConfigureAwait(false);
    }

    public void Wrote(ClientNode node, WrittenTransaction written, bool isSaved) => _views.Wrote(node, written);

    public void Saved(ClientNode node, WrittenTransaction written) => Figures.Count("transactions written by clients");

    public void Answered(ClientNode node, WrittenTransaction written)
    {
        _transcript.Note($"{node.Number} answered {written.TxId} {written.Receipt!.IsAccepted}");
        try
        {
            _views.Answered(node, written);
        }
        catch (InvariantBrokenException broken)
        {
            _broken ??= broken;
        }
    }

    public void StorageCalled(ClientNode node, string what) => _transcript.Note($"{node.Number} storage {what}");

    public void ClientDies(ClientNode node, string when)
    {
        Figures.Count($"faults: client died {when}");
        _transcript.Note($"{node.Number} dies {when}");
        Kill(node, TimeSpan.FromMilliseconds(_downMs.GetValueOrDefault(node.Number, 1000)));
    }

    // What must hold at every moment. Where it does not, the run ends here, on its own stack and not on that of what it found.
    private void Look()
    {
        _transcript.CheckThread();
        if (_broken is null)
        {
            foreach (var client in Clients)
            {
                if (!client.IsTold) continue;
                client.IsTold = false;
                _views.Look(client);
            }
        }
        if (_broken is { } broken) throw broken;
    }

    private void Break(string invariant, string detail) => _broken ??= new InvariantBrokenException(invariant, detail);

    private void Keep(SimulatedLink link, ReadOnlySpan<byte> frame)
    {
        if (!_watcherFrames.TryGetValue((link.Client, link.Number), out var frames)) _watcherFrames[(link.Client, link.Number)] = frames = [];
        frames.Add($"{link.Client}.{link.Number} {System.Text.Encoding.UTF8.GetString(frame)}");
    }

    private delegate void FrameCheck(ReadOnlySpan<byte> frame);

    private void Guard(ReadOnlySpan<byte> frame, FrameCheck check)
    {
        try
        {
            check(frame);
        }
        catch (InvariantBrokenException broken)
        {
            _broken ??= broken;
        }
    }

    private readonly Dictionary<int, int> _downMs = [];
    private Action? _crashing;

    private bool Serve(int client, ITransportConnection connection)
    {
        if (_server.Server is not { } server) return false;
        _ = WatchAsync(server.RunSessionAsync(connection, Caller.User(Clients[client].User), CancellationToken.None));
        return true;
    }

    private async Task WatchAsync(Task<TransportClose> session)
    {
        try
        {
            await session.ConfigureAwait(false);
        }
        catch (Exception bug) // Whatever a session throws is a bug: it has a guard of its own.
        {
            Break("no session throws", bug.ToString());
        }
    }

    // What the watcher writes it knows: that is the same in both worlds.
    private ImmutableArray<Operation> Twin(string[] texts, string? user = null) =>
        StepText.Operations(texts) is var operations && _isTwin && (user is null || user != Watcher) ? [.. operations.Select(_workload.TwinOf)] : operations;

    private void WriteAsApp(ImmutableArray<Operation> operations, int? baseOffset)
    {
        if (_server.Server is not { } server || operations.IsEmpty) return;
        var written = _book.Begin($"app:{AppUser}", device: -1, operations);
        var txId = $"app-{_book.All.Count}";
        ImmutableArray<BaseVersion> bases = baseOffset is { } offset
            ? [.. operations.Select(operation => operation.Key).Distinct().Select(key => new BaseVersion(key, Math.Max(0, VersionOf(key) + offset)))]
            : [];
        _book.Saved(written, txId);
        _ = server.WriteAsync(Caller.App(AppUser), new Transaction { TxId = txId, AuthorId = $"app:{AppUser}", Operations = operations, BaseVersions = bases });
    }

    private long VersionOf(RecordKey key) => Database.Ledger.Newest(key) is { IsDeleted: false } record ? record.Version : 0;

    private void Part(SimulationStep.Partition partition)
    {
        foreach (var client in partition.Clients)
        {
            var weather = Network.At(client);
            Network.LatestOf(client)?.HalfOpen(swallowsUp: true, swallowsDown: true);
            (weather.IsDown, weather.IsDeaf) = (!partition.IsDeaf, partition.IsDeaf);
            Clock.After(TimeSpan.FromMilliseconds(partition.ForMs), () => (weather.IsDown, weather.IsDeaf) = (false, false));
        }
    }

    private void CrashClient(ClientNode node, SimulationStep.CrashClient crash)
    {
        _downMs[node.Number] = crash.DownMs;
        if (crash.AtCall > 0) node.Faults.ArmCrash(crash.AtCall, crash.IsAfterCall);
        else Kill(node, TimeSpan.FromMilliseconds(crash.DownMs));
    }

    private void Kill(ClientNode node, TimeSpan down)
    {
        node.Die();
        Network.Forget(link => link.Client == node.Number, isServer: false, down < TimeSpan.FromSeconds(5) ? down : null);
        Clock.After(down, node.Start);
    }

    private void CrashServer(SimulationStep.CrashServer crash)
    {
        _crashing = Crash;
        if (crash.AtCall > 0) _storeFaults.ArmCrash(crash.AtCall, crash.IsAfterCall);
        else ServerDies("between calls");

        void Crash()
        {
            _server.Die();
            Network.Forget(_ => true, isServer: true, crash.PeersLearnAfterMs > 0 ? TimeSpan.FromMilliseconds(crash.PeersLearnAfterMs) : null);
            Clock.After(TimeSpan.FromMilliseconds(crash.DownMs), _server.Start);
        }
    }

    private void RestartServer(TimeSpan down)
    {
        _ = StopAndStartAsync();

        async Task StopAndStartAsync()
        {
            await _server.StopAsync().ConfigureAwait(false);
            await Clock.DelayAsync(down).ConfigureAwait(false);
            _server.Start();
        }
    }
}
