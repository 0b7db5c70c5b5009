using Microsoft.Data.Sqlite;
using SQLitePCL;
using Sync.Server.Sqlite;
using Sync.Testing;
using static Sync.Testing.Ops;

namespace Sync.Server.Tests;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
public sealed class SqliteCommitTests : IDisposable
{
    private readonly TemporaryFile _file = new();

    public void Dispose() => _file.Dispose();

    [TestCase(CommitStage.Before, false)]
    [TestCase(CommitStage.After, true)]
    public async Task A_fault_of_the_disk_at_the_commit_leaves_it_unknown_until_the_receipts_are_read(object stage, bool isStored)
    {
        await using var driver = await SomeStore.OpenAsync(_file);
        var committer = ((SqliteTransactionStore)driver.Store).Committer;
        committer.OnStage = at =>
        {
            if (at == (CommitStage)stage) throw new SqliteException("disk I/O error", raw.SQLITE_IOERR, raw.SQLITE_IOERR_FSYNC);
        };
        var batch = await driver.DecideAsync(default, driver.Draft(Create(Thing("a"), "{}")));
        Assert.That(await driver.Store.CommitAsync(batch, default), Is.TypeOf<CommitAnswer.Unknown>());

        committer.OnStage = null;
        Assert.That(await driver.Store.FindReceiptsAsync([batch.Entries[0].Id], default), Has.Count.EqualTo(isStored ? 1 : 0));
        Assert.That(await driver.FindAsync(Thing("a"), default), isStored ? Is.Not.Null : Is.Null);
        Assert.That((await driver.WriteAsync(default, Create(Thing("b"), "{}"))).Value, Is.EqualTo(isStored ? 2 : 1));
    }

    [Test]
    public async Task A_file_that_another_writer_holds_is_unavailable_and_nothing_is_written()
    {
        await using var driver = await SomeStore.OpenAsync(_file, options: new SqliteStoreOptions { BusyTimeout = TimeSpan.FromMilliseconds(20) });
        var batch = await driver.DecideAsync(default, driver.Draft(Create(Thing("a"), "{}")));
        using (var other = new SqliteConnection($"Data Source={_file.Path};Pooling=False"))
        {
            other.Open();
            using var begin = other.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            begin.ExecuteNonQuery();
            Assert.That(await driver.Store.CommitAsync(batch, default), Is.TypeOf<CommitAnswer.Unavailable>());
        }

        Assert.That(await driver.FindAsync(Thing("a"), default), Is.Null);
        Assert.That(await driver.Store.CommitAsync(batch, default), Is.TypeOf<CommitAnswer.Committed>());
    }

    [Test]
    public async Task Reads_are_not_held_up_by_a_commit_that_has_not_ended()
    {
        await using var driver = await SomeStore.OpenAsync(_file);
        await driver.WriteAsync(default, Create(Thing("a"), "{}"));
        Record? seen = null;
        ((SqliteTransactionStore)driver.Store).Committer.OnStage = at =>
        {
            if (at == CommitStage.Before) seen = driver.FindAsync(Thing("a"), default).GetAwaiter().GetResult();
        };
        await driver.WriteAsync(default, Set(Thing("a"), "value", "1"));
        Assert.That(seen!.Version, Is.EqualTo(1));
    }

    [Test]
    public async Task A_commit_runs_on_another_thread_than_the_loop_that_asks_for_it()
    {
        await using var driver = await SomeStore.OpenAsync(_file);
        var (asking, committing) = (Environment.CurrentManagedThreadId, 0);
        using var mayEnd = new ManualResetEventSlim();
        ((SqliteTransactionStore)driver.Store).Committer.OnStage = at =>
        {
            committing = Environment.CurrentManagedThreadId;
            mayEnd.Wait(TimeSpan.FromSeconds(30));
        };
        var batch = await driver.DecideAsync(default, driver.Draft(Create(Thing("a"), "{}")));
        asking = Environment.CurrentManagedThreadId;
        var commit = driver.Store.CommitAsync(batch, default);
        Assert.That(commit.IsCompleted, Is.False);
        Assert.That(async () => await driver.Store.CommitAsync(batch, default), Throws.InvalidOperationException, "commits come one at a time");
        mayEnd.Set();
        await commit;
        Assert.That(committing, Is.Not.EqualTo(asking));
    }

    [Test]
    public async Task Old_log_entries_and_receipts_go_and_client_positions_stay()
    {
        var options = new SqliteStoreOptions { MaxLogAge = TimeSpan.FromSeconds(30), MaxReceipts = 10 };
        await using var driver = await SomeStore.OpenAsync(_file, options: options);
        await CommitAsync(driver, driver.Draft(Create(Thing("a"), "{}")) with { Client = new("client", "ann", 1) });
        for (var i = 0; i < 130; i++) await driver.WriteAsync(default, Create(Thing($"t{i}"), "{}"));

        var page = await driver.Store.ReadLogAsync(Revision.None, 1000, default);
        Assert.That(page.IsTrimmed, Is.True);
        Assert.That(page.Entries[0].Revision.Value, Is.InRange(131 - 30 - 64, 131 - 30));
        Assert.That(page.Entries.Select(e => e.Revision.Value), Is.EqualTo(Enumerable.Range(0, page.Entries.Count).Select(i => page.Entries[0].Revision.Value + i)));
        Assert.That(await driver.Store.FindReceiptsAsync([new("ann", "tx-1")], default), Is.Empty);
        Assert.That(await driver.Store.FindReceiptsAsync([new("ann", "tx-131")], default), Has.Count.EqualTo(1));
        Assert.That(await driver.Store.FindClientAsync("client", default), Is.EqualTo(new ClientPosition("client", "ann", 1)));
    }

    [Test]
    public async Task The_newest_log_entry_stays_whatever_its_age_so_that_the_head_is_known()
    {
        var options = new SqliteStoreOptions { MaxLogAge = TimeSpan.FromSeconds(1) };
        await using (var driver = await SomeStore.OpenAsync(_file, options: options))
        {
            await driver.WriteAsync(default, Create(Thing("a"), "{}"));
            for (var i = 0; i < 130; i++) await CommitAsync(driver, driver.Draft(Set(Thing("a"), "value", "1")) with { IsAccepted = false });
            Assert.That((await driver.Store.ReadLogAsync(Revision.None, 10, default)).Head, Is.EqualTo(new Revision(1)));
        }

        await using var store = new SqliteTransactionStore(_file.Path, options);
        Assert.That((await store.OpenAsync(ConformanceModel.Model, default)).Head, Is.EqualTo(new Revision(1)));
    }

    [Test]
    public async Task A_commit_costs_few_statements_once_they_are_prepared()
    {
        await using var driver = await SomeStore.OpenAsync(_file);
        await driver.WriteAsync(default, [.. Enumerable.Range(0, 50).Select(i => Create(Thing($"t{i}"), """{"owner":"x"}"""))]);
        var writer = ((SqliteTransactionStore)driver.Store).Database.Writer;
        await driver.WriteAsync(default, Set(Thing("t1"), "value", "1"));
        var prepared = writer.PreparedTexts.Count;
        await driver.WriteAsync(default, [.. Enumerable.Range(2, 40).Select(i => Set(Thing($"t{i}"), "value", $"{i}"))]);
        Assert.That(writer.PreparedTexts, Has.Count.EqualTo(prepared));
    }

    private static async Task CommitAsync(StoreDriver driver, SuiteTransaction transaction)
    {
        var batch = await driver.DecideAsync(default, transaction);
        Assert.That(await driver.Store.CommitAsync(batch, default), Is.TypeOf<CommitAnswer.Committed>());
    }
}
