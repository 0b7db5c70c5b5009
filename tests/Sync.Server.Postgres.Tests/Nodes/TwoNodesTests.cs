using Sync.Tests;

namespace Sync.Server.Postgres.Tests;

[TestFixture]
public sealed class TwoNodesTests
{
    [Test, CancelAfter(60_000)]
    public async Task What_one_node_writes_the_other_tells(CancellationToken patience)
    {
        using var database = PostgresDatabase.Rent();
        await using var left = await SomeNode.StartAsync(database);
        await using var right = await SomeNode.StartAsync(database);

        await using var told = right.Server.Changes(Revision.None, patience).GetAsyncEnumerator(patience);
        await left.CreateAsync("a");
        Assert.That(await told.MoveNextAsync(), Is.True);
        Assert.That((await right.GetAsync("a"))?.Count, Is.Zero);

        await using var toldBack = left.Server.Changes(told.Current.Revision, patience).GetAsyncEnumerator(patience);
        await right.SetAsync("a", 2);
        Assert.That(await toldBack.MoveNextAsync(), Is.True);
        Assert.That((await left.GetAsync("a"))?.Count, Is.EqualTo(2));
    }

    [Test, CancelAfter(120_000)]
    public async Task Nodes_that_write_the_same_few_records_lose_no_write_and_refuse_none(CancellationToken patience)
    {
        const int Nodes = 4;
        const int Writers = 8;
        const int Each = 15;
        const int Hot = 20;
        using var database = PostgresDatabase.Rent();
        var nodes = await Task.WhenAll(Enumerable.Range(0, Nodes).Select(_ => SomeNode.StartAsync(database)));
        for (var i = 0; i < Hot; i++) await nodes[0].CreateAsync($"hot{i}");

        var results = await Task.WhenAll(Enumerable.Range(0, Nodes * Writers).Select(writer => Task.Run(async () =>
        {
            var own = new List<WriteResult>();
            for (var i = 0; i < Each; i++) own.Add(await nodes[writer % Nodes].SetAsync($"hot{(writer + i) % Hot}", i));
            return own;
        }, patience)));

        Assert.That(results.SelectMany(r => r).Where(r => !r.IsAccepted), Is.Empty);
        Assert.That(database.Scalar("SELECT sum(version) FROM sync.doc_counters"), Is.EqualTo(Hot + (Nodes * Writers * Each)));
        foreach (var node in nodes) await node.DisposeAsync();
    }
}
