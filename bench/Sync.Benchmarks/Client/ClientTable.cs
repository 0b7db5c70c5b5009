using System.Diagnostics;

namespace Sync.Benchmarks;

/// <summary>What a client does on its own device, each row beside its limit.</summary>
internal static class ClientTable
{
    private static object? s_sink;

    public static async Task RunAsync(Report report)
    {
        report.Heading("On the device");
        report.Header("what", "ours", "limit", "ratio", "floor", "stretch");
        foreach (var rows in (int[])[10_000, 100_000]) Get(report, rows);
        Put(report);
        FirstResult(report);
        OneChangedRow(report);
        ManyQueries(report);
        Rebase(report);
        await OptimisticWrite.RunAsync(report, 10_000);
    }

    private static void Get(Report report, int rows)
    {
        var device = new Device(rows, 1);
        var dictionary = device.Records.ToDictionary(r => r.Key.Id);
        var keys = device.Records.Select(r => r.Key).ToArray();
        var lanes = SideBySide.Run(
            ("ours", () => Repeat(200_000, i => s_sink = device.Replica.Find(keys[i * 7 % rows]))),
            ("dictionary", () => Repeat(200_000, i => s_sink = dictionary[keys[i * 7 % rows].Id])));
        Row(report, $"get by id, {rows} rows", lanes, "Dictionary get", "0.25x", "0.6x");
    }

    private static void Put(Report report)
    {
        var device = new Device(10_000, 1);
        var keyed = new Device(10_000, 1);
        for (var i = 0; i < 1000; i++) keyed.Open(Query.ForRecord(keyed.Records[i].Key));
        var (ours, plain) = (Changes(keyed), Changes(device));
        var lanes = SideBySide.Run(
            ("with 1,000 keyed queries", () => Repeat(ours.Length, i => keyed.Take(ours[i]))),
            ("without", () => Repeat(plain.Length, i => device.Take(plain[i]))));
        report.Row("put of one record by a checkpoint, its live sorted query told, 1,000 keyed queries beside it", Report.Rate(lanes[0].PerSecond), "without them " + Report.Rate(lanes[1].PerSecond), Report.Times(1 / lanes[1].OursAsMultiple) + " the time", "1.3x the time, 0.9M/s", "2.7M/s");
    }

    private static ServerMessage.Checkpoint[] Changes(Device device) => [.. Enumerable.Range(0, 20_000).Select(i => device.Change(1000 + i * 31 % 7_000))];

    private static void FirstResult(Report report)
    {
        var device = new Device(10_000, 1);
        var query = new Query { Table = "tasks", Where = [new QueryCondition.EqualTo(FieldPath.Of("status"), CanonicalJson.From("done"))] };
        var typed = Enumerable.Range(0, 10_000).Select(i => BenchTask.Make(i)).ToDictionary(t => t.Id);
        var lanes = SideBySide.Run(
            ("ours", () => Repeat(30, _ => Count(device.Replica.Select(query).Count))),
            ("loop", () => Repeat(30, _ => Count(typed.Values.Where(t => t.Status == "done").OrderBy(t => t.Id, StringComparer.Ordinal).ToList().Count))));
        Row(report, "indexed filter and sort over 10,000 rows, 3,333 found", lanes, "Dictionary loop and sort", "0.4x", "0.77x");

        static void Count(int found)
        {
            if (found != 3333) throw new InvalidOperationException($"Found {found}.");
        }
    }

    private static void OneChangedRow(Report report)
    {
        var rates = new List<double>();
        foreach (var rows in (int[])[1_000, 10_000, 100_000])
        {
            var device = new Device(rows, 1);
            var sorted = new SortedSet<(long Order, string Id)>(device.Records.Select((r, i) => ((long)i, r.Id)));
            var orders = Enumerable.Range(0, rows).Select(i => (long)i).ToArray();
            var checkpoints = Enumerable.Range(0, 20_000).Select(i => device.Change(i * 31 % Math.Min(rows, 7_000))).ToArray();
            var lanes = SideBySide.Run(
                ("ours", () => Repeat(20_000, i => device.Take(checkpoints[i]))),
                ("sorted set", () => Repeat(20_000, i =>
                {
                    var at = i * 31 % rows;
                    sorted.Remove((orders[at], device.Records[at].Id));
                    orders[at] = (at + i * 7919L) % 1_000_003;
                    sorted.Add((orders[at], device.Records[at].Id));
                })));
            rates.Add(lanes[0].PerSecond);
            report.Row($"one changed row of a live, filtered, sorted query of {rows} rows, diff out", Report.Rate(lanes[0].PerSecond), "SortedSet update " + Report.Rate(lanes[1].PerSecond), Report.Times(1 / lanes[1].OursAsMultiple) + " the time", "8x the time", "3x");
        }
        report.Row("the same, 100,000 rows against 10,000", Report.Rate(rates[2]), Report.Rate(rates[1]), Report.Times(rates[1] / rates[2]) + " the time", "2.5x the time", "");
    }

    private static void ManyQueries(Report report)
    {
        var one = new Device(10_000, 1);
        var many = new Device(10_000, 1);
        for (var i = 1; i < 100; i++) many.Open(Device.ForWorkspace($"workspace-{i}"));
        var (manyChanges, oneChanges) = (Changes(many), Changes(one));
        var lanes = SideBySide.Run(
            ("many", () => Repeat(manyChanges.Length, i => many.Take(manyChanges[i]))),
            ("one", () => Repeat(oneChanges.Length, i => one.Take(oneChanges[i]))));
        report.Row("one changed row, 100 open queries of which it touches one", Report.Rate(lanes[0].PerSecond), "one open query " + Report.Rate(lanes[1].PerSecond), Report.Times(1 / lanes[1].OursAsMultiple) + " the time", "1.5x the time", "");
    }

    private static void Rebase(Report report)
    {
        foreach (var pending in (int[])[10, 100, 1_000, 10_000])
        {
            var touched = new Device(10_000, 1);
            var untouched = new Device(10_000, 1);
            for (var seq = 1; seq <= pending; seq++)
            {
                touched.Queue(5, seq);
                untouched.Queue(6, seq);
            }
            var rounds = Math.Max(3, 20_000 / pending);
            var lanes = SideBySide.Run(
                ("touching", () => Repeat(rounds, _ => touched.Take(touched.Change(5)))),
                ("elsewhere", () => Repeat(20_000, _ => untouched.Take(untouched.Change(5)))),
                ("none", NonePending(new Device(10_000, 1))));
            var perOperation = (1 / lanes[0].PerSecond - 1 / lanes[2].PerSecond) / pending * 1e6;
            var perUntouched = Math.Max(0, (1 / lanes[1].PerSecond - 1 / lanes[2].PerSecond) / pending * 1e6);
            report.Row($"server change under {pending} pending operations", $"{Report.Number(perOperation, "µs")} an operation", "", "", "1.5 µs", "0.5 µs");
            if (pending == 10_000) report.Row("the same, pending elsewhere", $"{perUntouched:0.0000} µs an operation", "", "", "0.1 µs", "");
        }

        static Func<int> NonePending(Device device) => () => Repeat(20_000, _ => device.Take(device.Change(5)));
    }

    private static void Row(Report report, string what, IReadOnlyList<Lane> lanes, string limit, string floor, string stretch) =>
        report.Row(what, Report.Rate(lanes[0].PerSecond), $"{limit} {Report.Rate(lanes[1].PerSecond)}", Report.Times(lanes[1].OursAsMultiple), floor, stretch);

    private static int Repeat(int times, Action<int> each)
    {
        for (var i = 0; i < times; i++) each(i);
        return times;
    }
}
