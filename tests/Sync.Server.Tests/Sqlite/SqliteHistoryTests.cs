using Sync.Server.Sqlite;
using Sync.Testing;
using static Sync.Testing.Ops;

namespace Sync.Server.Tests;

/// <summary>The index over the log that histories are read by.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
public sealed class SqliteHistoryTests : IDisposable
{
    private readonly TemporaryFile _file = new();

    public void Dispose() => _file.Dispose();

    [Test]
    public async Task A_history_is_no_scan_of_the_log()
    {
        await using var driver = await SomeStore.OpenAsync(_file);
        await driver.WriteAsync(default, Create(Thing("a"), "{}"));
        await driver.Store.ReadHistoryAsync(Thing("a"), null, 10, default);

        var steps = ((SqliteTransactionStore)driver.Store).Database.Read(session => Plan(session, session.PreparedTexts.Single(sql => sql.Contains("FROM sync_history", StringComparison.Ordinal))));
        Assert.That(steps, Is.EqualTo(new[]
        {
            "SEARCH history USING PRIMARY KEY (record_table=? AND id=? AND revision<?)",
            "SEARCH log USING INTEGER PRIMARY KEY (rowid=?)",
        }));
    }

    [Test]
    public async Task Trimming_finds_the_rows_of_the_index_without_a_scan_of_it()
    {
        await using var driver = await SomeStore.OpenAsync(_file, options: new SqliteStoreOptions { MaxLogEntries = 1 });
        for (var i = 0; i < 10; i++) await driver.WriteAsync(default, Create(Thing($"{i}"), "{}"));

        var session = ((SqliteTransactionStore)driver.Store).Database.Writer;
        Assert.That(Plan(session, session.PreparedTexts.Single(sql => sql.StartsWith("DELETE FROM sync_history", StringComparison.Ordinal))), Has.None.StartsWith("SCAN sync_history"));
        Assert.That(session.Scalar("SELECT count(*) FROM sync_history"), Is.EqualTo(session.Scalar("SELECT count(*) FROM sync_log")));
    }

    [Test]
    public async Task A_file_from_before_there_were_histories_has_those_of_its_log()
    {
        await using (var driver = await SomeStore.OpenAsync(_file))
        {
            await driver.WriteAsync(default, Create(Thing("a \"quoted\" 𝄞"), """{"value":1}"""), Create(Thing("b"), "{}"));
            await driver.WriteAsync(default, Set(Thing("a \"quoted\" 𝄞"), "value", "2"));
        }
        _file.Execute("DROP TABLE sync_history; UPDATE sync_schema SET version = 1;");

        await using var again = await SomeStore.OpenAsync(_file);
        var history = await again.Store.ReadHistoryAsync(Thing("a \"quoted\" 𝄞"), null, 10, default);
        Assert.That(history.Entries.Select(e => e.Revision.Value), Is.EqualTo(new[] { 2L, 1 }));
        Assert.That((await again.Store.ReadHistoryAsync(Thing("b"), null, 10, default)).Entries, Has.Count.EqualTo(1));
    }

    private static List<string> Plan(SqliteSession session, string sql)
    {
        var steps = new List<string>();
        using var rows = session.PrepareOnce("EXPLAIN QUERY PLAN " + sql);
        while (rows.Step()) steps.Add(rows.Text(3));
        return steps;
    }
}
