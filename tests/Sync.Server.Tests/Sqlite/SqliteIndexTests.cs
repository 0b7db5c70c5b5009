using Sync.Server.Sqlite;
using Sync.Testing;
using static Sync.Testing.Ops;

namespace Sync.Server.Tests;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
public sealed class SqliteIndexTests : IDisposable
{
    private readonly TemporaryFile _file = new();

    public void Dispose() => _file.Dispose();

    private static IEnumerable<TestCaseData> IndexedConditions()
    {
        var (x, list) = (CanonicalJson.From("x"), new[] { CanonicalJson.From("x"), CanonicalJson.From("y") });
        yield return Case("things", new QueryCondition.EqualTo(FieldPath.Of("owner"), x));
        yield return Case("things", new QueryCondition.AnyOf(FieldPath.Of("owner"), [.. list]));
        yield return Case("things", new QueryCondition.Contains(FieldPath.Of("marks"), x));
        yield return Case("things", new QueryCondition.EqualTo(FieldPath.Of("owner"), CanonicalJson.Null));
        yield return Case("things", new QueryCondition.AnyOf(FieldPath.Id, [.. list]));
        yield return Case("books", new QueryCondition.EqualTo(FieldPath.Of("shelfId"), x));
        yield return Case("books", new QueryCondition.AnyOf(FieldPath.Of("shelfId"), [.. list]));
        yield return Case("books", new QueryCondition.Contains(FieldPath.Of("tags"), x));
        yield return Case("books", new QueryCondition.EqualTo(FieldPath.Id, x));
        yield return Case("shelves", new QueryCondition.Contains(FieldPath.Of("memberIds"), x));

        static TestCaseData Case(string table, QueryCondition condition) => new TestCaseData(table, condition).SetArgDisplayNames(table, $"{condition.GetType().Name} {condition.Path}");
    }

    [TestCaseSource(nameof(IndexedConditions))]
    public async Task A_query_on_an_indexed_field_is_no_scan(string table, QueryCondition condition)
    {
        await using var home = new SqliteHome(isRelational: true);
        var store = (SqliteTransactionStore)home.Create();
        await using var driver = new StoreDriver(store);
        await store.OpenAsync(ConformanceModel.Model, default);
        await driver.QueryAsync(new Query { Table = table, Where = [condition] }, default);

        var plans = store.Database.Read(session => session.PreparedTexts.Where(sql => sql.StartsWith("SELECT", StringComparison.Ordinal)).ToList().Select(sql => Plan(session, sql)).ToList());
        var steps = plans.SelectMany(p => p).Where(step => step.StartsWith("SCAN", StringComparison.Ordinal) && !step.Contains("VIRTUAL TABLE", StringComparison.Ordinal));
        Assert.That(plans, Is.Not.Empty);
        Assert.That(steps, Is.Empty);
    }

    [Test]
    public async Task A_query_on_another_field_is_a_scan_and_seen_as_one()
    {
        await using var driver = await SomeStore.OpenAsync(_file);
        await driver.QueryAsync(new Query { Table = "things", Where = [new QueryCondition.EqualTo(FieldPath.Of("value"), CanonicalJson.True)] }, default);
        var plans = ((SqliteTransactionStore)driver.Store).Database.Read(session => session.PreparedTexts.Where(sql => sql.Contains("sync_doc", StringComparison.Ordinal)).ToList().SelectMany(sql => Plan(session, sql)).ToList());
        Assert.That(plans, Has.Some.StartsWith("SCAN sync_doc_things"));
    }

    [Test]
    public async Task An_index_added_to_the_model_finds_records_from_before()
    {
        var query = new Query { Table = "things", Where = [new QueryCondition.EqualTo(FieldPath.Of("owner"), CanonicalJson.From("x"))] };
        var without = SyncModel.Create(m =>
        {
            m.Table("things", ConformanceJson.Default.Thing).Index(t => t.Marks);
        });
        await using (var driver = await SomeStore.OpenAsync(_file, model: without))
            await driver.WriteAsync(default, Create(Thing("a"), """{"owner":"x","marks":["m"]}"""), Create(Thing("b"), """{"owner":"y"}"""));

        await using var again = await SomeStore.OpenAsync(_file);
        Assert.That((await again.QueryAsync(query, default)).Select(r => r.Id), Is.EqualTo(new[] { "a" }));
        var byMark = query with { Where = [new QueryCondition.Contains(FieldPath.Of("marks"), CanonicalJson.From("m"))] };
        Assert.That((await again.QueryAsync(byMark, default)).Select(r => r.Id), Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public async Task A_list_that_is_no_longer_indexed_leaves_no_trigger_on_its_column()
    {
        await using (await SomeStore.OpenAsync(_file, SomeStore.Shelves)) { }
        Assert.That(_file.Scalar("SELECT count(*) FROM sqlite_master WHERE name GLOB 'sync_list_*' AND type = 'trigger'"), Is.EqualTo(3));
        var without = SyncModel.Create(m => m.Table("shelves", ConformanceJson.Default.Shelf));
        await using (await SomeStore.OpenAsync(_file, model: without)) { }
        Assert.That(_file.Scalar("SELECT count(*) FROM sqlite_master WHERE name GLOB 'sync_list_*'"), Is.Zero);
    }

    [Test]
    public async Task A_table_that_the_app_made_anew_gets_its_list_index_again()
    {
        await using (await SomeStore.OpenAsync(_file, SomeStore.Shelves)) { }
        _file.Execute($"DROP TABLE shelves; {SomeStore.Shelves} INSERT INTO shelves (id, name, member_ids) VALUES ('a', 'N', '[\"ann\"]')");
        await using var driver = await SomeStore.OpenAsync(_file);
        var query = new Query { Table = "shelves", Where = [new QueryCondition.Contains(FieldPath.Of("memberIds"), CanonicalJson.From("ann"))] };
        Assert.That(await driver.QueryAsync(query, default), Has.Count.EqualTo(1));
    }

    private static List<string> Plan(SqliteSession session, string sql)
    {
        var steps = new List<string>();
        using var plan = session.PrepareOnce($"EXPLAIN QUERY PLAN {sql}");
        while (plan.Step()) steps.Add(plan.Text(3));
        return steps;
    }
}
