using Sync.Testing;
using Sync.Tests;
using static Sync.Testing.Ops;

namespace Sync.Server.Postgres.Tests;

/// <summary>The memory store is the model: whatever is done to both, PostgreSQL answers, keeps and finds the same, in documents and in a table of the app's.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class StoreEquivalenceTests
{
    private const int Steps = 60;

    private const string AppTable = """
        CREATE TABLE things (id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL DEFAULT 1, owner jsonb, marks jsonb, value jsonb, other jsonb, secret text);
        CREATE INDEX ON things USING gin (owner);
        CREATE INDEX ON things USING gin (marks);
        """;

    private static readonly string[] Ids = ["a", "b", "c", "\uFF5E", "𝄞", "10", "9", "B"];
    private static readonly string[] Values = ["1", "2", "\"x\"", "\"1\"", "[]", "[\"x\",1]", "[\"x\",\"𝄞\"]", "{\"b\":1}", "{\"b\":[1],\"c\":2}", "0.1", "true", "9007199254740993"];
    private static readonly string[] Fields = ["owner", "marks", "value"];
    private static readonly FieldPath[] Paths = [.. Fields.Select(f => FieldPath.Of(f)), FieldPath.Of("owner", "b"), FieldPath.Id];

    [Test]
    public async Task Random_batches_come_out_alike([Values] bool isRelational, [Random(3)] int seed)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        using var database = PostgresDatabase.Rent();
        await using var postgres = await SomeStore.OpenAsync(database, isRelational ? AppTable : null);
        await using var memory = new StoreDriver(new InMemoryStore(new Random(1).NextBytes));
        await memory.Store.OpenAsync(ConformanceModel.Model, default);
        var random = new Random(seed);
        CommitBatch? stale = null;
        for (var step = 0; step < Steps; step++)
        {
            var batch = stale is not null && random.Next(6) == 0 ? stale : await DecideAsync(memory, random);
            if (random.Next(4) == 0) stale = batch;
            if (ReferenceEquals(batch, stale) && random.Next(2) == 0) continue;

            Assert.That(Told(await postgres.Store.CommitAsync(batch, default)), Is.EqualTo(Told(await memory.Store.CommitAsync(batch, default))), $"step {step}");
            await CompareAsync(memory.Store, postgres.Store, random);
        }

        var (expected, came) = (await memory.Store.ReadLogAsync(Revision.None, 1000, default), await postgres.Store.ReadLogAsync(Revision.None, 1000, default));
        Assert.That(came.Entries.Select(Told), Is.EqualTo(expected.Entries.Select(Told)));
        Assert.That(expected.Entries, Is.Not.Empty);
    }

    private static async Task<CommitBatch> DecideAsync(StoreDriver driver, Random random)
    {
        var keys = Ids.Select(Thing).ToList();
        var live = (await driver.Store.LoadAsync(keys, default)).Records;
        var transactions = new List<SuiteTransaction>();
        var taken = new HashSet<RecordKey>();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var key = keys[random.Next(keys.Count)];
            if (!taken.Add(key)) continue;
            transactions.Add(driver.Draft(Next(key, live.GetValueOrDefault(key), random)) with { IsAccepted = random.Next(8) != 0 });
        }

        var batch = await driver.DecideAsync(default, [.. transactions]);
        if (random.Next(3) != 0) return batch;
        var (field, value) = (FieldPath.Of(Fields[random.Next(2)]), Value(random));
        var found = live.Values.Where(r => !r.IsDeleted && (r.Get(field) == value || (r.Get(field).IsMissingOrNull && value.IsMissingOrNull) || r.Get(field).Elements.Contains(value)));
        return batch with { ExpectedLookups = [new(ConformanceModel.Things, field, value, [.. found.OrderBy(r => CanonicalJson.From(r.Id)).Select(r => (r.Id, r.Version)).Skip(random.Next(5) == 0 ? 1 : 0)])] };
    }

    private static Operation Next(RecordKey key, Record? record, Random random)
    {
        var value = Value(random).ToString();
        if (record is null) return Create(key, $$"""{"owner":{{value}},"marks":{{Value(random)}}}""");
        if (record.IsDeleted) return random.Next(2) == 0 ? Restore(key) : Create(key, $$"""{"value":{{value}}}""");
        return random.Next(5) switch
        {
            0 => Delete(key),
            1 => Unset(key, Fields[random.Next(Fields.Length)]),
            _ => Set(key, Fields[random.Next(Fields.Length)], value),
        };
    }

    private static async Task CompareAsync(ITransactionStore memory, ITransactionStore postgres, Random random)
    {
        var keys = Ids.Select(Thing).ToList();
        var (expected, came) = (await memory.LoadAsync(keys, default), await postgres.LoadAsync(keys, default));
        Assert.That(came.Revision, Is.EqualTo(expected.Revision));
        foreach (var key in keys) Assert.That(Told(came.Records.GetValueOrDefault(key)), Is.EqualTo(Told(expected.Records.GetValueOrDefault(key))), $"{key}");

        for (var i = 0; i < 4; i++)
        {
            var query = new Query
            {
                Table = ConformanceModel.Things,
                Where = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Condition(random))],
                OrderBy = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new SortField(Paths[random.Next(Paths.Length)], random.Next(2) == 0))],
            };
            var asked = new StoreQuery(query, random.Next(3) == 0 ? [Condition(random)] : [], random.Next(1, 6));
            var (expectedRows, rows) = (await memory.QueryAsync(asked, default), await postgres.QueryAsync(asked, default));
            Assert.That((string.Join(',', rows.Records.Select(Told)), rows.IsCut), Is.EqualTo((string.Join(',', expectedRows.Records.Select(Told)), expectedRows.IsCut)), $"{query}");
        }

        var (wrote, cursor) = (keys[random.Next(keys.Count)], random.Next(2) == 0 ? (Revision?)null : new Revision(random.Next(1, (int)expected.Revision.Value + 2)));
        Assert.That(Told(await postgres.ReadHistoryAsync(wrote, cursor, 3, default)), Is.EqualTo(Told(await memory.ReadHistoryAsync(wrote, cursor, 3, default))));
    }

    private static QueryCondition Condition(Random random)
    {
        var path = Paths[random.Next(Paths.Length)];
        var value = path.IsId ? CanonicalJson.From(Ids[random.Next(Ids.Length)]) : random.Next(8) == 0 ? CanonicalJson.Null : Value(random);
        return random.Next(5) switch
        {
            0 => new QueryCondition.EqualTo(path, value),
            1 => new QueryCondition.Contains(path, value),
            2 => new QueryCondition.AnyOf(path, [value, random.Next(2) == 0 ? CanonicalJson.Null : Value(random)]),
            3 => new QueryCondition.LessThan(path, Scalar(value), random.Next(2) == 0),
            _ => new QueryCondition.GreaterThan(path, Scalar(value), random.Next(2) == 0),
        };
    }

    private static CanonicalJson Scalar(CanonicalJson value) => value.Kind is JsonKind.List or JsonKind.Object ? CanonicalJson.From(1) : value;

    private static CanonicalJson Value(Random random) => CanonicalJson.Parse(Values[random.Next(Values.Length)]);

    private static string Told(Record? record) => record is null ? "none" : $"{record}{record.Fields}";

    private static string Told(LogEntry entry) => $"{entry.Revision} {entry.Mark} {entry.Id} {entry.Now:O} {entry.Operations} {string.Join("; ", entry.Changes.Select(c => $"{Told(c.Before)}>{Told(c.After)}"))}";

    private static string Told(RecordHistory history) =>
        $"{history.Revision} {history.HasMore}: {string.Join("; ", history.Entries.Select(e => $"{e.Revision} {e.Id} {e.Now:O} {e.Operations} {Told(e.Change.Before)}>{Told(e.Change.After)}"))}";

    /// <summary>An answer without its prose. Which keys a lost lookup names is left to the store.</summary>
    private static string Told(CommitAnswer answer) => answer switch
    {
        CommitAnswer.Committed committed => $"committed {committed.First}",
        CommitAnswer.Refused refused => $"refused {refused.EntryIndex}",
        _ => answer.GetType().Name,
    };
}
