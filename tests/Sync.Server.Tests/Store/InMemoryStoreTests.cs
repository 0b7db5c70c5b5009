using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Store;

/// <summary>What the store in memory forgets; its contract is tested by the conformance suite.</summary>
public sealed class InMemoryStoreTests
{
    [Test]
    public async Task The_log_keeps_its_newest_entries_and_says_when_others_are_gone()
    {
        var store = new InMemoryStore(new Random(1).NextBytes, maxLogEntries: 3);
        await using var world = await World.StartAsync(store: new TestStore(inner: store));
        for (var i = 0; i < 5; i++) await world.WriteAsync(Alice, SetTitle("j1", $"{i}"));

        var trimmed = await store.ReadLogAsync(new Revision(2), 10, default);
        var kept = await store.ReadLogAsync(new Revision(3), 2, default);
        var end = await store.ReadLogAsync(new Revision(6), 10, default);

        Assert.That((trimmed.IsTrimmed, trimmed.Head), Is.EqualTo((true, new Revision(6))));
        Assert.That((kept.IsTrimmed, kept.Entries.Select(e => e.Revision.Value)), Is.EqualTo((false, new[] { 4L, 5L })).Using<(bool, IEnumerable<long>)>((a, b) => a.Item1 == b.Item1 && a.Item2.SequenceEqual(b.Item2)));
        Assert.That((end.IsTrimmed, end.Entries.Count), Is.EqualTo((false, 0)));
    }

    [Test]
    public async Task A_place_whose_receipt_is_forgotten_is_expired_and_not_decided_twice()
    {
        var store = new TestStore(inner: new InMemoryStore(new Random(1).NextBytes, maxReceipts: 2));
        var first = new Transaction { TxId = "first", Operations = [SetTitle("j1", "first")] };
        await using (var world = await World.StartAsync(store: store))
        {
            await world.Processor.SubmitAsync(Alice, first, new("c1", 1), default);
            for (var i = 0; i < 3; i++) await world.WriteAsync(Bob, SetTitle("j2", $"{i}"));
        }

        await using var again = await World.StartAsync(store: store);
        var result = await again.Processor.SubmitAsync(Alice, first, new("c1", 1), default);

        Assert.That(result.Refusal!.Code, Is.EqualTo(ErrorCodes.TxExpired));
        Assert.That((await again.FindAsync("jobs", "j1"))!.Version, Is.EqualTo(2));
    }

    [Test]
    public async Task A_query_by_an_indexed_field_finds_what_a_scan_finds()
    {
        await using var world = await World.StartAsync();
        var random = new Random(11);
        for (var i = 0; i < 60; i++)
        {
            var id = $"r{random.Next(15)}";
            var tags = string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => $"\"t{random.Next(3)}\""));
            await world.WriteAsync(App, random.Next(4) == 0 ? Delete("jobs", id) : Create("jobs", id, $$"""{"workspaceId":"w{{random.Next(3)}}","title":"x","tags":[{{tags}}]}"""));
            await world.WriteAsync(App, Set("jobs", id, "workspaceId", $"\"w{random.Next(3)}\""));
        }

        var everything = (await world.Store.QueryAsync(new StoreQuery(new Query { Table = "jobs" }, [], 1000), default)).Records;
        QueryCondition[] conditions =
        [
            .. Enumerable.Range(0, 4).Select(i => new QueryCondition.EqualTo(FieldPath.Of("workspaceId"), CanonicalJson.From($"w{i}"))),
            .. Enumerable.Range(0, 4).Select(i => new QueryCondition.Contains(FieldPath.Of("tags"), CanonicalJson.From($"t{i}"))),
            new QueryCondition.EqualTo(FieldPath.Of("tags"), CanonicalJson.Null),
            new QueryCondition.EqualTo(FieldPath.Of("tags"), CanonicalJson.Parse("""["t1"]""")),
            new QueryCondition.AnyOf(FieldPath.Of("workspaceId"), [CanonicalJson.From("w0"), CanonicalJson.From("w2"), CanonicalJson.From("w0")]),
            new QueryCondition.AnyOf(FieldPath.Id, [CanonicalJson.From("r1"), CanonicalJson.From("r2"), CanonicalJson.From("none")]),
        ];
        foreach (var condition in conditions)
        {
            var query = new Query { Table = "jobs", Where = [condition] };
            var found = await world.Store.QueryAsync(new StoreQuery(query, [], 1000), default);
            Assert.That(found.Records, Is.EqualTo(everything.Where(query.Matches).ToList()), query.ToString());
        }
    }
}
