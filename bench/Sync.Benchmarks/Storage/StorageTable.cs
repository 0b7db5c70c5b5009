using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Sync.Client;
using Sync.Client.Sqlite;
using Sync.Testing;

namespace Sync.Benchmarks;

/// <summary>The device's disk: a durable write, and a start with many records, each beside what SQLite alone takes for it.</summary>
internal static class StorageTable
{
    private const int Records = 100_000;
    private const int Workspaces = 50;
    private const int Writes = 2_000;

    private static readonly Uri Server = new("http://127.0.0.1:1/");
    private static readonly StorageName Name = new(Server, "ann");
    private static readonly Query Workspace = Device.ForWorkspace("workspace-7");
    private static readonly Query All = new() { Table = "tasks" };

    public static async Task RunAsync(Report report)
    {
        report.Heading("The device's disk, SQLite");
        report.Header("what", "ours", "limit", "ratio", "floor", "stretch");
        await WriteAsync(report);
        await StartAsync(report);
    }

    private static async Task WriteAsync(Report report)
    {
        using var scratch = new Scratch();
        using var full = new RawStorage(scratch.File("full.db"), "full");
        using var normal = new RawStorage(scratch.File("normal.db"), "normal");
        await using var safe = await QueueAsync(scratch.File("full"), SqliteDurability.Full);
        await using var fast = await QueueAsync(scratch.File("normal"), SqliteDurability.LosesNewestOnPowerLoss);
        var content = ProtocolCodec.ToJson(Transaction(1)).Utf8.ToArray();

        await RowAsync(report, "durable write of one transaction, FULL, p50", safe, "raw insert, FULL", () => full.Insert(content));
        await RowAsync(report, "write of one transaction, NORMAL, p50", fast, "raw insert, NORMAL", () => normal.Insert(content));
    }

    // One by one in turn: what an fsync takes moves by ten times within a second on a shared disk.
    private static async Task RowAsync(Report report, string what, BenchQueue queue, string limit, Action insert)
    {
        var (ours, raw) = (new Percentiles(), new Percentiles());
        for (var i = 0; i < Writes; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await queue.WriteAsync();
            if (i >= Writes / 10) ours.Add(start);
            start = Stopwatch.GetTimestamp();
            insert();
            if (i >= Writes / 10) raw.Add(start);
        }
        report.Row(what, Report.Number(1000 * ours.At(50), "µs"), $"{limit} {Report.Number(1000 * raw.At(50), "µs")}", Report.Times(ours.At(50) / raw.At(50)) + " the time", "2x", "");
    }

    private static async Task StartAsync(Report report)
    {
        using var scratch = new Scratch();
        var folder = scratch.File("start");
        await FillAsync(folder);
        var file = Directory.GetFiles(folder, "*.db").Single();

        Start(report, file, "open the storage and read all records", Records, () => Open(folder, All).Count);
        Start(report, file, "open the storage and find 2,000 of them", Records / Workspaces, () => Open(folder, Workspace).Count);
        Start(report, file, "sign in and see a live, sorted query of 2,000", Records / Workspaces, () => OpenClient(folder));
        report.Row("heap of all records, read", Report.Number(SideBySide.BytesHeld(() => Open(folder, All)) / 1e6, "MB"), $"raw rows {Report.Number(SideBySide.BytesHeld(() => RawStorage.ReadRecords(file)) / 1e6, "MB")}", "", "48 MB", "");
    }

    private static void Start(Report report, string file, string what, int expected, Func<int> start)
    {
        var lanes = SideBySide.Run(("ours", () => One(expected, start())), ("raw", () => One(Records, RawStorage.ReadRecords(file).Count)));
        report.Row(
            $"100,000 records on disk: {what}", Report.Number(1000 / lanes[0].PerSecond, "ms"), $"raw read of all {Report.Number(1000 / lanes[1].PerSecond, "ms")}",
            Report.Times(1 / lanes[1].OursAsMultiple) + " the time", "1.8x", "0.6x");
    }

    // One start is one operation.
    private static int One(int expected, int came) => expected == came ? 1 : throw new InvalidOperationException($"{came} records came, not {expected}.");

    private static IReadOnlyList<Record> Open(string folder, Query query) => OpenAsync(folder, query).GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<Record>> OpenAsync(string folder, Query query)
    {
        await using var storage = await new SqliteStorageProvider(folder, new SqliteStorageOptions(), TimeProvider.System).OpenAsync(Name, CancellationToken.None);
        await storage.LoadAsync("bench", CancellationToken.None);
        return await storage.QueryAsync(query, CancellationToken.None);
    }

    private static int OpenClient(string folder) => OpenClientAsync(folder).GetAwaiter().GetResult();

    private static async Task<int> OpenClientAsync(string folder)
    {
        var services = new ServiceCollection();
        services.AddSyncClient(BenchTask.Model, o => o.Server = Server).UseSqlite(folder).UseTransport(_ => new InMemoryTransport((_, _, _) => Task.CompletedTask) { IsOffline = true });
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<SyncClient>();
        await client.SignInAsync(new SyncUser("ann", _ => ValueTask.FromResult<string?>(null)));
        await using var live = client.Table<BenchTask>().Where(t => t.WorkspaceId, "workspace-7").OrderBy(t => t.OrderIndex).Live();
        await foreach (var snapshot in live.WatchAsync())
        {
            if (snapshot.Rows.Count > 0) return snapshot.Rows.Count;
        }
        return 0;
    }

    private static async Task FillAsync(string folder)
    {
        await using var storage = await new SqliteStorageProvider(folder, new SqliteStorageOptions(), TimeProvider.System).OpenAsync(Name, CancellationToken.None);
        await storage.LoadAsync("bench", CancellationToken.None);
        var table = BenchTask.Model.TableOf<BenchTask>();
        var records = Enumerable.Range(0, Records).Select(i => BenchTask.Make(i, Workspaces)).Select(task => new Record(new RecordKey("tasks", task.Id), 1, table.Write(task)));
        foreach (var chunk in records.Chunk(10_000)) await storage.WriteAsync(new StorageBatch { Puts = [.. chunk] }, CancellationToken.None);
        var subscriptions = Enumerable.Range(0, Workspaces).Select(i => new StoredSubscription(Device.ForWorkspace($"workspace-{i}"), null, true, Records / Workspaces, DateTimeOffset.UnixEpoch));
        await storage.WriteAsync(new StorageBatch { Subscriptions = [.. subscriptions] }, CancellationToken.None);
    }

    private static async Task<BenchQueue> QueueAsync(string folder, SqliteDurability durability)
    {
        var storage = await new SqliteStorageProvider(folder, new SqliteStorageOptions { Durability = durability }, TimeProvider.System).OpenAsync(Name, CancellationToken.None);
        await storage.LoadAsync("bench", CancellationToken.None);
        return new BenchQueue(storage);
    }

    private static Transaction Transaction(long seq) => new()
    {
        TxId = SampleRecords.Id((int)seq),
        AuthorId = "ann",
        ClientTimestamp = 1_772_000_000_000,
        Operations = [new Operation.Set(new RecordKey("tasks", SampleRecords.Id(1)), FieldPath.Of("title"), CanonicalJson.From($"Write report {seq}"))],
    };

    private sealed class BenchQueue(IRecordStorage storage) : IAsyncDisposable
    {
        private long _seq;

        public ValueTask DisposeAsync() => storage.DisposeAsync();

        public ValueTask WriteAsync()
        {
            var seq = ++_seq;
            return storage.WriteAsync(new StorageBatch { Queued = [new StoredTransaction(new QueuePlace("bench", seq), Transaction(seq), null)], LastSeq = seq }, CancellationToken.None);
        }
    }
}
