using Sync.Server.Sqlite;
using Sync.Testing;

namespace Sync.Server.Tests;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
public sealed class SqliteSetupTests : IDisposable
{
    private readonly TemporaryFile _file = new();

    public void Dispose() => _file.Dispose();

    [TestCase("CREATE TABLE shelves (id TEXT PRIMARY KEY, name TEXT, member_ids TEXT)", "ALTER TABLE \"shelves\" ADD COLUMN \"version\" INTEGER NOT NULL DEFAULT 1;")]
    [TestCase("CREATE TABLE shelves (id TEXT PRIMARY KEY, version INTEGER, member_ids TEXT)", "ALTER TABLE \"shelves\" ADD COLUMN \"name\" TEXT;")]
    [TestCase("CREATE TABLE shelves (version INTEGER, name TEXT, member_ids TEXT)", "shelves has no column \"id\"")]
    [TestCase("CREATE TABLE shelves (id TEXT, version INTEGER, name TEXT, member_ids TEXT)", "CREATE UNIQUE INDEX \"shelves_id\" ON \"shelves\" (\"id\");")]
    [TestCase("CREATE TABLE shelves (id UUID PRIMARY KEY, version INTEGER, name TEXT, member_ids TEXT)", "shelves.id is declared UUID")]
    [TestCase("CREATE TABLE shelves (id TEXT PRIMARY KEY, version TEXT, name TEXT, member_ids TEXT)", "a version needs INTEGER")]
    [TestCase("CREATE TABLE shelves (id TEXT PRIMARY KEY, version INTEGER, name STRING, member_ids TEXT)", "declared STRING, which cannot carry the field name (String)")]
    [TestCase("CREATE TABLE shelves (id TEXT PRIMARY KEY, version INTEGER, name TEXT, member_ids TEXT, memberIds TEXT)", "more than one column that \"memberIds\" could mean: member_ids, memberIds")]
    [TestCase("CREATE TABLE shelves (id TEXT PRIMARY KEY, version INTEGER, name TEXT AS ('x'), member_ids TEXT)", "shelves.name is computed by the database")]
    [TestCase("CREATE TABLE shelves (id TEXT PRIMARY KEY, version INTEGER, name TEXT, member_ids TEXT); CREATE TABLE Shelves_ (id TEXT)", "More than one table could be \"shelves\"")]
    public void A_table_that_does_not_fit_stops_the_start_with_what_mends_it(string appSql, string told) =>
        Assert.That(SomeStore.RefusalOf(_file, appSql), Does.Contain(told));

    [Test]
    public void All_that_does_not_fit_is_told_at_once() =>
        Assert.That(SomeStore.RefusalOf(_file, "CREATE TABLE shelves (id TEXT PRIMARY KEY)"), Does.Contain("\"version\"").And.Contain("\"name\"").And.Contain("\"memberIds\""));

    [Test]
    public void A_start_that_is_refused_makes_no_table_of_a_record_type()
    {
        SomeStore.RefusalOf(_file, "CREATE TABLE shelves (id TEXT PRIMARY KEY)");
        Assert.That(_file.Scalar("SELECT count(*) FROM sqlite_master WHERE name GLOB 'sync_doc_*'"), Is.Zero);
    }

    [Test]
    public void A_missing_index_is_told_with_its_SQL() => Assert.That(
        SomeStore.RefusalOf(_file, Books("")), Does.Contain("CREATE INDEX \"books_shelf_id\" ON \"books\" (\"shelf_id\");"));

    [TestCase("shelf_id TEXT REFERENCES shelves (id) ON DELETE SET DEFAULT", "which cannot be told to others")]
    [TestCase("shelf_id TEXT REFERENCES shelves (name) ON DELETE CASCADE", "by other columns than shelves.id")]
    [TestCase("shelf_id TEXT, hidden_shelf TEXT REFERENCES shelves (id) ON DELETE CASCADE", "has no field for hidden_shelf")]
    [TestCase("shelf_id TEXT, room TEXT REFERENCES rooms (id) ON DELETE CASCADE", "reaches books through rooms, which is not registered")]
    public void A_cascade_that_nobody_could_be_told_of_stops_the_start(string column, string told)
    {
        var appSql = $"{SomeStore.Shelves} CREATE TABLE rooms (id TEXT PRIMARY KEY, shelf TEXT REFERENCES shelves ON DELETE CASCADE); {Books(column)}";
        Assert.That(SomeStore.RefusalOf(_file, appSql), Does.Contain(told));
    }

    [Test]
    public async Task A_file_of_a_newer_version_is_refused_and_left_as_it_is()
    {
        await using (await SomeStore.OpenAsync(_file)) { }
        _file.Execute("UPDATE sync_schema SET version = 99; PRAGMA journal_mode = DELETE;");
        var before = await File.ReadAllBytesAsync(_file.Path);
        Assert.That(SomeStore.RefusalOf(_file), Does.Contain("newer version").And.Contain("schema 99"));
        Assert.That(await File.ReadAllBytesAsync(_file.Path), Is.EqualTo(before));
    }

    [Test]
    public async Task What_is_no_database_is_refused_and_left_as_it_is()
    {
        var text = string.Concat(Enumerable.Repeat("This is a letter.\n", 100));
        await File.WriteAllTextAsync(_file.Path, text);
        Assert.That(SomeStore.RefusalOf(_file), Does.Contain("is not a readable SQLite database"));
        Assert.That(await File.ReadAllTextAsync(_file.Path), Is.EqualTo(text));
    }

    [Test]
    public void A_database_in_another_encoding_is_refused() =>
        Assert.That(SomeStore.RefusalOf(_file, "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (a TEXT);"), Does.Contain("UTF-16le"));

    [Test]
    public async Task A_table_made_after_its_records_were_kept_as_documents_stops_the_start()
    {
        await using (var driver = await SomeStore.OpenAsync(_file)) await driver.WriteAsync(default, Ops.Create(Ops.Shelf("a"), """{"name":"N"}"""));
        Assert.That(SomeStore.RefusalOf(_file, SomeStore.Shelves), Does.Contain("The records of shelves are in sync_doc_shelves"));
    }

    [Test]
    public async Task A_table_of_another_name_is_named_in_the_options()
    {
        var options = new SqliteStoreOptions().Table("shelves", "app_racks");
        await using var driver = await SomeStore.OpenAsync(_file, SomeStore.Shelves.Replace("shelves", "App_Racks", StringComparison.Ordinal) + "INSERT INTO app_racks (id, name) VALUES ('a', 'N')", options);
        Assert.That((await driver.FindAsync(Ops.Shelf("a"), default))?.Fields.ToString(), Is.EqualTo("""{"name":"N"}"""));
    }

    [Test]
    public void A_named_table_that_is_not_there_is_told() => Assert.That(
        SomeStore.RefusalOf(_file, options: new SqliteStoreOptions().Table("shelves", "racks")), Does.Contain("shelves is to be kept in racks, which is no table of the database"));

    [Test]
    public async Task A_second_store_on_the_file_is_refused_by_whatever_name()
    {
        await using var first = await SomeStore.OpenAsync(_file);
        Assert.That(SomeStore.RefusalOf(_file), Does.Contain("Another Sync server uses"));

        var link = _file.Path + "-link";
        File.CreateSymbolicLink(link, _file.Path);
        await using var second = new SqliteTransactionStore(link, new SqliteStoreOptions());
        Assert.That(async () => await second.OpenAsync(ConformanceModel.Model, default), Throws.TypeOf<StoreSetupException>());
    }

    [Test]
    public void A_store_that_was_refused_leaves_the_file_to_the_next()
    {
        SomeStore.RefusalOf(_file, "CREATE TABLE shelves (id TEXT PRIMARY KEY)");
        _file.Execute("DROP TABLE shelves");
        Assert.That(async () => await (await SomeStore.OpenAsync(_file)).DisposeAsync(), Throws.Nothing);
    }

    [TestCase(":memory:")]
    [TestCase("file:app.db?mode=memory")]
    public void A_path_that_is_no_file_is_refused(string path) =>
        Assert.That(() => new SqliteTransactionStore(path, new SqliteStoreOptions()), Throws.ArgumentException.With.Message.Contains("UseInMemory"));

    [TestCase(SqliteSynchronous.Full, "2")]
    [TestCase(SqliteSynchronous.NormalLosesCommitsOnPowerLoss, "1")]
    [TestCase(SqliteSynchronous.OffMayCorruptOnPowerLoss, "0")]
    public async Task Durability_is_what_was_asked_for(SqliteSynchronous asked, string level)
    {
        await using var driver = await SomeStore.OpenAsync(_file, options: new SqliteStoreOptions { Synchronous = asked });
        var writer = ((SqliteTransactionStore)driver.Store).Database.Writer;
        Assert.That((writer.Scalar("PRAGMA synchronous"), writer.Scalar("PRAGMA journal_mode"), writer.Scalar("PRAGMA foreign_keys")), Is.EqualTo((level, "wal", "1")));
    }

    [Test]
    public void Durability_is_full_unless_asked_otherwise() => Assert.That(new SqliteStoreOptions().Synchronous, Is.EqualTo(SqliteSynchronous.Full));

    private static string Books(string shelf) => $"""
        CREATE TABLE books (id TEXT PRIMARY KEY, version INTEGER, {(shelf.Length == 0 ? "shelf_id TEXT" : shelf)}, lent_to TEXT, title TEXT, status TEXT, pages INTEGER, weight REAL, is_lent INTEGER,
            due_date TEXT, created_at TEXT, changed_at TEXT, tags TEXT, details TEXT);
        """;
}
