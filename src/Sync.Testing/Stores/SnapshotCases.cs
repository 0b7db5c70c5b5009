using Sync.Server;
using static Sync.Testing.Ops;

namespace Sync.Testing;

internal static class SnapshotCases
{
    public static IReadOnlyList<TransactionStoreCase> All { get; } =
    [
        new("A_read_tells_the_revision_that_it_saw", "S4", StoreFeatures.None, TellsRevisionAsync),
        new("A_read_beside_commits_sees_whole_batches_and_never_an_older_state_than_it_tells", "S4", StoreFeatures.None, SeesWholeBatchesAsync),
        new("Many_reads_run_at_once", "S9", StoreFeatures.None, ManyReadsAsync),
    ];

    private static async Task TellsRevisionAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        for (var i = 1; i <= 3; i++)
        {
            var revision = await driver.WriteAsync(patience, Create(Thing($"t{i}"), "{}"));
            var snapshot = await driver.Store.LoadAsync([Thing("t1"), Thing("nowhere")], patience);
            Expect.Same((revision, 1), (snapshot.Revision, snapshot.Records.Count), "a snapshot's revision and its records");
            var query = await driver.Store.QueryAsync(new StoreQuery(new Query { Table = ConformanceModel.Things }, [], 10), patience);
            Expect.Same((revision, i), (query.Revision, query.Records.Count), "a query's revision and its records");
        }
    }

    private static async Task SeesWholeBatchesAsync(TransactionStoreHome home, CancellationToken patience)
    {
        const int Rounds = 40;
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Thing("left"), """{"value":0}"""), Create(Thing("right"), """{"value":0}"""));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(patience);
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => ReadUntilAsync(driver, stop.Token), patience)).ToArray();
        try
        {
            for (var i = 1; i <= Rounds; i++)
                await driver.WriteAsync(patience, Set(Thing("left"), "value", $"{i}"), Set(Thing("right"), "value", $"{i}"));
        }
        finally
        {
            await stop.CancelAsync();
        }

        await Task.WhenAll(readers);
    }

    /// <summary>The n-th batch writes n to both records at revision n + 1.</summary>
    private static async Task ReadUntilAsync(StoreDriver driver, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var snapshot = await driver.Store.LoadAsync([Thing("left"), Thing("right")], CancellationToken.None);
            var values = snapshot.Records.Values.Select(r => r.Get(FieldPath.Of("value")).AsInt64()).Append(snapshot.Revision.Value - 1).Distinct().ToList();
            Expect.That(values.Count == 1, $"both records and the revision to be of one commit, not {string.Join(", ", values)}");
        }
    }

    private static async Task ManyReadsAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        for (var i = 0; i < 20; i++) await driver.WriteAsync(patience, Create(Thing($"t{i}"), """{"owner":"x"}"""));
        var reads = Enumerable.Range(0, 32).Select(_ => Task.Run(() => driver.QueryAsync(new Query { Table = ConformanceModel.Things }, patience), patience)).ToArray();
        foreach (var records in await Task.WhenAll(reads)) Expect.Same(20, records.Count, "records of a read beside others");
    }
}
