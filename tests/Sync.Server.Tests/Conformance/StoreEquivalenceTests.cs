using Sync.Testing;
using static Sync.Testing.Ops;

namespace Sync.Server.Tests;

/// <summary>The memory store is the model: whatever is done to both, SQLite answers, keeps and finds the same.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class StoreEquivalenceTests
{
    private const int Steps = 60;

    private static readonly string[] Ids = ["a", "b", "c", "\uFF5E", "𝄞"];
    private static readonly string[] Values = ["null", "1", "2", "\"x\"", "\"1\"", "[]", "[\"x\",1]", "[\"x\",\"𝄞\"]", "{\"b\":1}", "0.1"];
    private static readonly string[] Fields = ["owner", "marks", "value"];

    [Test]
    public async Task Random_batches_come_out_alike([Random(4)] int seed)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        await using var memoryHome = new MemoryHome();
        await using var sqliteHome = new SqliteHome(isRelational: false);
        await using var memory = await StoreDriver.OpenAsync(memoryHome, default);
        await using var sqlite = await StoreDriver.OpenAsync(sqliteHome, default);
        var random = new Random(seed);
        CommitBatch? stale = null;
        for (var step = 0; step < Steps; step++)
        {
            var batch = stale is not null && random.Next(6) == 0 ? stale : await DecideAsync(memory, random);
            if (random.Next(4) == 0) stale = batch;
            if (ReferenceEquals(batch, stale) && random.Next(2) == 0) continue;

            Assert.That(Told(await sqlite.Store.CommitAsync(batch, default)), Is.EqualTo(Told(await memory.Store.CommitAsync(batch, default))), $"step {step}");
            await CompareAsync(memory.Store, sqlite.Store, random);
        }

        var (expected, came) = (await memory.Store.ReadLogAsync(Revision.None, 1000, default), await sqlite.Store.ReadLogAsync(Revision.None, 1000, default));
        Assert.That(came.Entries.Select(e => (e.Revision, e.Id, e.Mark)), Is.EqualTo(expected.Entries.Select(e => (e.Revision, e.Id, e.Mark))));
        Assert.That(expected.Entries, Is.Not.Empty);
    }

    private static async Task<CommitBatch> DecideAsync(StoreDriver driver, Random random)
    {
        var keys = Ids.Select(Thing).ToList();
        var live = (await driver.Store.LoadAsync(keys, default)).Records;
        var transactions = new List<SuiteTransaction>();
        var taken = new HashSet<RecordKey>();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var key = keys[random.Next(keys.Count)];
            if (!taken.Add(key)) continue;
            transactions.Add(driver.Draft(Next(key, live.GetValueOrDefault(key), random)) with { IsAccepted = random.Next(8) != 0 });
        }

        var batch = await driver.DecideAsync(default, [.. transactions]);
        if (random.Next(3) != 0) return batch;
        var (field, value) = (FieldPath.Of(Fields[random.Next(2)]), CanonicalJson.Parse(Values[random.Next(Values.Length)]));
        var found = live.Values.Where(r => !r.IsDeleted && (r.Get(field) == value || (r.Get(field).IsMissingOrNull && value.IsMissingOrNull) || r.Get(field).Elements.Contains(value)));
        return batch with { ExpectedLookups = [new(ConformanceModel.Things, field, value, [.. found.OrderBy(r => CanonicalJson.From(r.Id)).Select(r => (r.Id, r.Version))])] };
    }

    private static Operation Next(RecordKey key, Record? record, Random random)
    {
        var value = Values[random.Next(Values.Length)];
        if (record is null) return Create(key, $$"""{"owner":{{value}},"marks":{{Values[random.Next(Values.Length)]}}}""");
        if (record.IsDeleted) return random.Next(2) == 0 ? Restore(key) : Create(key, $$"""{"value":{{value}}}""");
        return random.Next(5) switch
        {
            0 => Delete(key),
            1 => Unset(key, Fields[random.Next(Fields.Length)]),
            _ => Set(key, Fields[random.Next(Fields.Length)], value),
        };
    }

    private static async Task CompareAsync(ITransactionStore memory, ITransactionStore sqlite, Random random)
    {
        var keys = Ids.Select(Thing).ToList();
        var (expected, came) = (await memory.LoadAsync(keys, default), await sqlite.LoadAsync(keys, default));
        Assert.That(came.Revision, Is.EqualTo(expected.Revision));
        foreach (var key in keys) Expect.SameRecord(expected.Records.GetValueOrDefault(key), came.Records.GetValueOrDefault(key), $"{key}");

        var (path, value) = (FieldPath.Of(Fields[random.Next(Fields.Length)]), CanonicalJson.Parse(Values[random.Next(Values.Length)]));
        QueryCondition condition = random.Next(4) switch
        {
            0 => new QueryCondition.EqualTo(path, value),
            1 => new QueryCondition.Contains(path, value),
            2 => new QueryCondition.AnyOf(path, [value, CanonicalJson.Null]),
            _ => new QueryCondition.GreaterThan(path, CanonicalJson.From(1), OrEqual: true),
        };
        var query = new StoreQuery(new Query { Table = ConformanceModel.Things, Where = [condition], OrderBy = [new(path, random.Next(2) == 0)] }, [], random.Next(1, 6));
        var (expectedRows, rows) = (await memory.QueryAsync(query, default), await sqlite.QueryAsync(query, default));
        var (wrote, cursor) = (keys[random.Next(keys.Count)], random.Next(2) == 0 ? (Revision?)null : new Revision(random.Next(1, (int)expected.Revision.Value + 2)));
        Assert.That(Told(await sqlite.ReadHistoryAsync(wrote, cursor, 3, default)), Is.EqualTo(Told(await memory.ReadHistoryAsync(wrote, cursor, 3, default))));
        Assert.That((string.Join(',', rows.Records.Select(r => r.Id)), rows.IsCut), Is.EqualTo((string.Join(',', expectedRows.Records.Select(r => r.Id)), expectedRows.IsCut)), $"{query}");
    }

    private static string Told(RecordHistory history) =>
        $"{history.Revision} {history.HasMore}: {string.Join("; ", history.Entries.Select(e => $"{e.Revision} {e.Id} {e.Now} {e.Operations} {e.Change.Before}{e.Change.Before?.Fields} {e.Change.After}{e.Change.After.Fields}"))}";

    /// <summary>An answer without its prose. Which keys a lost lookup names is left to the store.</summary>
    private static string Told(CommitAnswer answer) => answer switch
    {
        CommitAnswer.Committed committed => $"committed {committed.First}",
        CommitAnswer.Refused refused => $"refused {refused.EntryIndex}",
        _ => answer.GetType().Name,
    };
}
