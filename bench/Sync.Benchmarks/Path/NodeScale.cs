using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Sync.Server;

namespace Sync.Benchmarks;

/// <summary>What a node carries: the cost of a commit beside how many subscribe, and the memory of sessions and of the rows that they hold. Without sockets, which weigh on their own.</summary>
internal static class NodeScale
{
    private const int Interested = 10;
    private const int Hot = -1;

    public static async Task RunAsync(Report report)
    {
        // Memory first: what other nodes leave behind would be counted.
        report.Heading("Subscriptions of a node");
        report.Header("memory", "bytes", "bound");
        await MemoryAsync(report);
        report.Line("");
        report.Header("what", "100 subscriptions", "10,000", "1,000,000", "10,000 / 100", "1,000,000 / 100");
        Route(report);
        await CommitAsync(report);
    }

    private static void Route(Report report)
    {
        var (few, many, most) = (RouterOf(100), RouterOf(10_000), RouterOf(1_000_000));
        var lanes = SideBySide.Run(("100", () => RouteOften(few)), ("10,000", () => RouteOften(many)), ("1,000,000", () => RouteOften(most)));
        report.Row(
            "the router: one change, 10 match",
            Report.Number(1e6 / lanes[0].PerSecond, "µs"), Report.Number(1e6 / lanes[1].PerSecond, "µs"), Report.Number(1e6 / lanes[2].PerSecond, "µs"),
            Report.Times(lanes[1].OursAsMultiple), Report.Times(lanes[2].OursAsMultiple));
    }

    private static int RouteOften(Router router)
    {
        const int Changes = 20_000;
        var change = new RecordChange(null, new Record(new RecordKey("tasks", "t"), 1, CanonicalJson.Parse($$"""{"workspaceId":"{{Workspace(Hot)}}","title":"Write report"}""")));
        var found = new List<(WatchedQuery Watched, bool Matches)>();
        var (dependents, reached) = (new HashSet<Subscription>(), 0);
        for (var i = 0; i < Changes; i++)
        {
            found.Clear();
            dependents.Clear();
            router.FindQueries(change, found);
            router.FindDependents(change, dependents);
            foreach (var (watched, _) in found) reached += watched.Members.Count;
        }
        return reached == Changes * Interested ? Changes : throw new InvalidOperationException($"{reached} were reached.");
    }

    private static Router RouterOf(int subscriptions)
    {
        var router = new Router();
        var table = BenchTask.Model.Find("tasks")!;
        for (var i = 0; i < subscriptions; i++)
        {
            var workspace = i < Interested ? Hot : i;
            var subscription = new Subscription(null!, new SubscriptionId(i + 1), Of(workspace), table);
            router.Add(subscription);
            router.AddDependencies(subscription, new Dependencies(new HashSet<RecordKey> { new("workspaces", Workspace(workspace)) }, new HashSet<RelatedLookup>()));
        }
        return router;
    }

    private static async Task CommitAsync(Report report)
    {
        int[] sizes = [100, 10_000, 1_000_000];
        var nodes = new List<Node>();
        foreach (var size in sizes) nodes.Add(await Node.StartAsync(size));
        var times = sizes.Select(_ => new List<double>()).ToArray();
        var ratios = sizes.Select(_ => new List<double>()).ToArray();
        for (var round = -1; round < 9; round++)
        {
            var medians = new double[nodes.Count];
            for (var i = 0; i < nodes.Count; i++) medians[i] = await nodes[i].CommitOftenAsync(300);
            if (round < 0) continue;
            for (var i = 0; i < nodes.Count; i++)
            {
                times[i].Add(medians[i]);
                ratios[i].Add(medians[i] / medians[0]);
            }
        }
        report.Row(
            "the whole server: a write until 10 sessions have it, p50",
            Report.Number(SideBySide.Median(times[0]), "µs"), Report.Number(SideBySide.Median(times[1]), "µs"), Report.Number(SideBySide.Median(times[2]), "µs"),
            Report.Times(SideBySide.Median(ratios[1])), Report.Times(SideBySide.Median(ratios[2])));
        report.Row(
            "heap for each subscription, without rows",
            "", Report.Number((double)nodes[1].Bytes / sizes[1], "B"), Report.Number((double)nodes[2].Bytes / sizes[2], "B"), "", "");
        foreach (var node in nodes) await node.DisposeAsync();
    }

    private static async Task MemoryAsync(Report report)
    {
        const int Sessions = 2000, Rows = 5000, Readers = 200;
        await using (var idle = await Node.StartAsync(0)) report.Row("an idle session", Whole(await idle.AddAsync(Sessions, _ => []) / (double)Sessions), "");
        await using (var ten = await Node.StartAsync(0))
        {
            var bytes = await ten.AddAsync(Sessions, s => Enumerable.Range(0, 10).Select(q => Of((s * 10) + q)));
            report.Row("an idle session with 10 subscriptions without rows", Whole(bytes / (double)Sessions), "");
        }
        await using (var node = await Node.StartAsync(0))
        {
            await node.SeedAsync(Rows);
            var empty = await node.AddAsync(Readers, _ => [Of(12345)]);
            var full = await node.AddAsync(Readers, _ => [Of(Hot)]);
            report.Row(string.Create(CultureInfo.InvariantCulture, $"a subscribed record and session, {Rows:#,0} UUIDs of one query, {Readers} sessions"), Fraction((full - empty) / (double)(Readers * Rows)), "32");
        }
        foreach (var rows in (int[])[1, 10, 100, 5000])
        {
            const int All = 500_000;
            var bytes = SideBySide.BytesHeld(() => Enumerable.Range(0, All / rows).Select(s => HeldOf(s, rows)).ToArray());
            report.Row(string.Create(CultureInfo.InvariantCulture, $"a subscribed record, a UUID of its own, {rows:#,0} in each subscription"), Fraction(bytes / (double)All), rows >= 100 ? "32" : "");
        }
    }

    private static HeldRows HeldOf(int session, int rows)
    {
        var held = HeldRows.For(Of(session));
        held.Replace([.. Enumerable.Range(0, rows).Select(r => new Record(new RecordKey("tasks", SampleRecords.Id((session * rows) + r)), 1, CanonicalJson.EmptyObject))], false, []);
        return held;
    }

    private static Query Of(int workspace) => new() { Table = "tasks", Where = [new QueryCondition.EqualTo(FieldPath.Of("workspaceId"), CanonicalJson.From(Workspace(workspace)))] };
    private static string Workspace(int i) => i == Hot ? "workspace-hot" : $"workspace-{i}";
    private static string Whole(double bytes) => bytes.ToString("#,0", CultureInfo.InvariantCulture);
    private static string Fraction(double bytes) => bytes.ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>A server in memory with sessions that each watch up to a thousand queries; in ten of them one is the one that changes.</summary>
    private sealed class Node : IAsyncDisposable
    {
        private const int PerSession = 1000;

        private readonly ServiceProvider _services;
        private readonly SyncServer _server;
        private readonly List<(SilentPeer Peer, Task Served)> _peers = [];
        private TaskCompletionSource _reached = new();
        private volatile byte[] _marker = [0];
        private long _sent;
        private int _awaited;
        private int _writes;

        private Node(ServiceProvider services) => (_services, _server) = (services, services.GetRequiredService<SyncServer>());

        /// <summary>What its sessions take.</summary>
        public long Bytes { get; private set; }

        public static async Task<Node> StartAsync(int subscriptions)
        {
            var services = new ServiceCollection();
            services.AddSyncServer(BenchTask.Model, o => (o.Heartbeat, o.VerifyEvery) = (TimeSpan.FromHours(10), TimeSpan.FromDays(10))).UseInMemory().AddPermissions<BenchTask, OpenToAll>();
            var node = new Node(services.BuildServiceProvider());
            await node._server.StartAsync(CancellationToken.None);
            if (subscriptions == 0) return node;
            var sessions = Math.Max(Interested, subscriptions / PerSession);
            node.Bytes = await node.AddAsync(sessions, s => Enumerable.Range(0, subscriptions / sessions).Select(q => Of(s < Interested && q == 0 ? Hot : (s * PerSession) + q)));
            return node;
        }

        public async Task SeedAsync(int rows)
        {
            for (var from = 0; from < rows; from += 500)
            {
                var start = from;
                var result = await _server.WriteAsync(Caller.App("bench"), tx =>
                {
                    for (var i = start; i < Math.Min(start + 500, rows); i++) tx.Table<BenchTask>().Create(BenchTask.Make(i) with { WorkspaceId = Workspace(Hot) });
                });
                if (!result.IsAccepted) throw new InvalidOperationException(result.Receipt?.Message);
            }
        }

        /// <summary>Adds sessions, waits until all have loaded, and tells how many bytes they take.</summary>
        public async Task<long> AddAsync(int sessions, Func<int, IEnumerable<Query>> queries)
        {
            var before = Held();
            for (var i = 0; i < sessions; i++) _peers.Add(SilentPeer.Connect(_server, $"user-{_peers.Count}", queries(i), NoteSent));
            for (long sent = -1; sent != Interlocked.Read(ref _sent); await Task.Delay(3000)) sent = Interlocked.Read(ref _sent);
            return Held() - before;
        }

        /// <summary>Microseconds from a write to the tenth session that has it, p50.</summary>
        public async Task<double> CommitOftenAsync(int times)
        {
            var taken = new List<double>(times);
            for (var i = 0; i < times; i++)
            {
                _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var task = BenchTask.Make(1_000_000 + _writes++) with { WorkspaceId = Workspace(Hot) };
                (_marker, _awaited) = (Encoding.UTF8.GetBytes(task.Id), Interested);
                var start = Stopwatch.GetTimestamp();
                _ = _server.WriteAsync(Caller.App("bench"), tx => tx.Table<BenchTask>().Create(task));
                await _reached.Task;
                taken.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
            return SideBySide.Median(taken);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var (peer, _) in _peers) peer.Leave();
            await Task.WhenAll(_peers.Select(p => p.Served));
            await _services.DisposeAsync();
        }

        private void NoteSent(ReadOnlyMemory<byte> message)
        {
            Interlocked.Increment(ref _sent);
            if (message.Span.IndexOf(_marker) >= 0 && Interlocked.Decrement(ref _awaited) == 0) _reached.TrySetResult();
        }

        private static long Held()
        {
            for (var i = 0; i < 3; i++)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
                GC.WaitForPendingFinalizers();
            }
            return GC.GetTotalMemory(forceFullCollection: true);
        }
    }
}
