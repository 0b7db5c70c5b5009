namespace Sync.Benchmarks;

/// <summary>Transactions per second on SQLite, validated, logged and durable, beside raw single-row and batched commits of the same rows.</summary>
internal static class StoreThroughput
{
    private const int Records = 1000;

    public static async Task RunAsync(Report report)
    {
        using var scratch = new Scratch();
        await using var ours = await BenchServer.StartAsync(scratch.File("ours.db"));
        await ours.SeedAsync(Records);
        using var single = new RawSqlite(scratch.File("single.db"), Records);
        using var grouped = new RawSqlite(scratch.File("grouped.db"), Records);
        foreach (var writers in (int[])[1, 8, 64, 256])
        {
            var lanes = SideBySide.Run(
                ("ours", () => Write(ours, writers, writers == 1 ? 300 : 200 * Math.Min(writers, 50))),
                ("one by one", () => single.Write(500, 1, Records)),
                ("256 a commit", () => grouped.Write(10_240, 256, Records)));
            report.Row($"{writers} concurrent writers", Report.Rate(lanes[0].PerSecond), Report.Rate(lanes[1].PerSecond), Report.Times(lanes[1].OursAsMultiple), Report.Rate(lanes[2].PerSecond), Report.Times(lanes[2].OursAsMultiple));
        }
    }

    private static int s_count;

    /// <summary>So many writers at once, each waiting for its answer.</summary>
    public static int Write(BenchServer server, int writers, int transactions) => Write([server], writers, transactions, n => n % Records);

    /// <param name="servers">Writers are spread over them.</param>
    /// <param name="writers">How many there are, over all.</param>
    /// <param name="transactions">How many they write, over all.</param>
    /// <param name="recordOf">The record that the n-th one changes.</param>
    public static int Write(IReadOnlyList<BenchServer> servers, int writers, int transactions, Func<int, int> recordOf)
    {
        async Task WriterAsync(BenchServer server)
        {
            for (var i = 0; i < transactions / writers; i++)
            {
                var n = Interlocked.Increment(ref s_count);
                var transaction = new Transaction
                {
                    TxId = $"tx-{n}",
                    Operations = [new Operation.Set(new RecordKey("tasks", SampleRecords.Id(recordOf(n))), FieldPath.Of("title"), CanonicalJson.From($"Title {n}"))],
                };
                var result = await server.Server.WriteAsync(Caller.User("alice"), transaction);
                if (!result.IsAccepted) throw new InvalidOperationException(result.Receipt?.Message ?? result.Refusal?.Message);
            }
        }

        Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() => WriterAsync(servers[writer % servers.Count])))).GetAwaiter().GetResult();
        return transactions / writers * writers;
    }
}
