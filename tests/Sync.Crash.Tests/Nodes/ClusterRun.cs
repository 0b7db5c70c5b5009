using System.Diagnostics;
using Npgsql;
using Sync.Node;
using Sync.Tests;

namespace Sync.Crash.Tests;

/// <summary>Three node processes over one PostgreSQL, clients over sockets and HTTP, and a writer of plain SQL; at the end all that was told and seen is held against the database.</summary>
internal sealed class ClusterRun
{
    private const int Nodes = 3;
    private static readonly TimeSpan SettlePatience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Patience = TimeSpan.FromHours(2);

    private readonly int _sockets;
    private readonly int _onDisk;
    private readonly int _https;
    private readonly Random _random;
    private readonly Books _books = new();

    public ClusterRun(int clients, int seed)
    {
        _random = new Random(seed);
        (_https, _onDisk) = (clients / 10, clients / 10);
        _sockets = clients - _https;
    }

    public async Task RunAsync(Func<Nemesis, Task> befall)
    {
        using var patience = new CancellationTokenSource(Patience);
        var watch = Stopwatch.StartNew();
        var folder = Directory.CreateTempSubdirectory("sync-cluster-");
        var cluster = PostgresCluster.Start();
        var unpooled = cluster.ConnectionString + ";Pooling=false";
        var database = new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { MaxPoolSize = 30 }.ConnectionString;
        var nodes = Enumerable.Range(1, Nodes).Select(number => new NodeProcess($"node {number}", database)).ToList();
        var sockets = new List<SocketWriter>();
        var https = Enumerable.Range(0, _https).Select(number => new HttpWriter(number, nodes, _books, new Random(_random.Next()))).ToList();
        try
        {
            await MakeTablesAsync(unpooled);
            await Task.WhenAll(nodes.Select(node => node.StartAsync()));
            await PlantAsync(unpooled);
            await https[0].PlantAsync(patience.Token);
            for (var i = 0; i < _sockets; i++) sockets.Add(new SocketWriter(i, nodes, _books, new Random(_random.Next()), i < _onDisk ? Path.Combine(folder.FullName, $"{i}") : null));
            await Task.WhenAll(sockets.Select(writer => writer.OpenAsync(patience.Token)));

            var nemesis = new Nemesis(cluster, unpooled, nodes, _books, new Random(_random.Next()));
            _books.Open();
            using (var stop = new CancellationTokenSource())
            {
                var sql = new SqlWriter(unpooled, _books, new Random(_random.Next()));
                var writing = Task.WhenAll([.. sockets.Select(w => w.RunAsync(stop.Token)), .. https.Select(w => w.RunAsync(stop.Token, patience.Token)), sql.RunAsync(stop.Token, patience.Token)]);
                var befalling = befall(nemesis);
                await await Task.WhenAny(befalling, writing);
                await befalling;
                await stop.CancelAsync();
                await writing;
            }

            await CheckAsync(nodes, sockets, unpooled);
            Tell(nemesis, https, watch.Elapsed);
        }
        finally
        {
            foreach (var writer in sockets) await writer.DisposeAsync();
            foreach (var writer in https) writer.Dispose();
            foreach (var node in nodes) await node.DisposeAsync();
            cluster.End();
            folder.Delete(recursive: true);
        }
    }

    private async Task CheckAsync(List<NodeProcess> nodes, List<SocketWriter> sockets, string connectionString)
    {
        using var patience = new CancellationTokenSource(SettlePatience);
        try
        {
            await Task.WhenAll(sockets.Select(writer => writer.SettleAsync(patience.Token)));
        }
        catch (Exception fault) when (fault is OperationCanceledException or AssertionException)
        {
            Assert.Fail($"{fault.Message}\n{string.Join("\n\n", nodes.Select(node => $"{node.Name}:\n{node.Output}"))}");
        }

        var history = await Evidence.AddToAsync(new History { Writes = _books.Writes, Looks = _books.Looks }, connectionString);
        AssertNone(HistoryChecker.Check(history));
        Assert.That(await Evidence.LogEntriesWithoutReceiptAsync(connectionString), Is.Zero);
        // What others wrote last may still be on its way.
        await Until.TrueAsync(() => HistoryChecker.CheckShown(WithShown()).Count == 0, () => Told(HistoryChecker.CheckShown(WithShown())), patience.Token);
        AssertNone(HistoryChecker.Check(WithShown()));

        History WithShown() => history with { Shown = [.. sockets.SelectMany(writer => writer.Shown)] };
    }

    private static void AssertNone(IReadOnlyList<Violation> violations) => Assert.That(violations, Is.Empty, () => Told(violations));

    private static string Told(IReadOnlyList<Violation> violations) => $"{violations.Count} violations:\n{string.Join('\n', violations.Take(40))}";

    private void Tell(Nemesis nemesis, List<HttpWriter> https, TimeSpan took)
    {
        var waits = _books.Writes.Where(w => w.Outcome != Outcome.Unknown).Select(w => TimeSpan.FromMicroseconds(w.Ended - w.Began)).Order().ToList();
        TestContext.Out.WriteLine(FormattableString.Invariant($"""
            {took.TotalSeconds:F0} s; {nemesis.Told}
            {_books.Writes.Count} transactions, {_books.Writes.Count(w => w.Outcome == Outcome.Accepted)} accepted, {_books.Writes.Count(w => w.Outcome == Outcome.Rejected)} rejected, {_books.Writes.Count(w => w.Outcome == Outcome.Unknown)} of plain SQL never answered
            {_books.Looks.Count} looks at records; {_books.Retries} dials, requests and SQL transactions tried again, {https.Sum(w => w.Unavailable)} of them answered 503
            acknowledged after {waits[waits.Count / 2].TotalMilliseconds:F0} ms (median), {waits[waits.Count * 99 / 100].TotalSeconds:F1} s (99 %), {waits[^1].TotalSeconds:F1} s (longest); longest time in which nobody was: {_books.LongestSilence.TotalSeconds:F1} s
            """));
        foreach (var write in _books.Writes.Where(w => w.Outcome != Outcome.Unknown).OrderByDescending(w => w.Ended - w.Began).Take(3))
            TestContext.Out.WriteLine(FormattableString.Invariant($"{write.Writer} waited {(write.Ended - write.Began) / 1e6:F1} s: {nemesis.ToldOf(write.Began, write.Ended)}"));
    }

    private static async Task MakeTablesAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var make = new NpgsqlCommand(NodeModel.Tables, connection);
        await make.ExecuteNonQueryAsync();
    }

    /// <summary>The first rows come by plain SQL, one transaction each.</summary>
    private async Task PlantAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        foreach (var (id, room) in Room.Seeds)
        {
            var mark = _books.NewMark();
            var written = _books.Begin("planter", mark);
            await using var insert = new NpgsqlCommand("INSERT INTO items (id, room, title) VALUES ($1, $2, $3)", connection) { Parameters = { new() { Value = id }, new() { Value = room }, new() { Value = mark } } };
            await insert.ExecuteNonQueryAsync();
            _books.End(written, isAccepted: true);
        }
    }
}
