using Npgsql;
using Sync.Testing;
using Sync.Tests;

namespace Sync.Server.Postgres.Tests;

[TestFixture]
public sealed class CommitterTests
{
    private static readonly RecordKey A = new("things", "a");

    [Test, CancelAfter(60_000)]
    public async Task Rows_that_somebody_holds_block_their_transactions_alone(CancellationToken patience)
    {
        using var home = PostgresDatabase.Rent();
        await using var driver = await SomeStore.OpenAsync(home, PostgresHome.AppTables);
        await driver.WriteAsync(patience, Create("s1"), Create("s2"), Create("s3"));
        await using var held = await HoldAsync(home, "UPDATE shelves SET secret = 'x' WHERE id IN ('s1', 's3')", patience);
        var batch = await driver.DecideAsync(patience, driver.Draft(Rename("s2", "free")), driver.Draft(Rename("s1", "held")), driver.Draft(Rename("s3", "held too")));

        var blocked = (CommitAnswer.Blocked)await driver.Store.CommitAsync(batch, patience);
        Assert.That(blocked.EntryIndexes, Is.EqualTo(new[] { 1 }));
        var rest = await driver.Store.CommitAsync(batch with { Entries = [batch.Entries[0]] }, patience);
        Assert.That(rest, Is.InstanceOf<CommitAnswer.Committed>());
    }

    [Test, CancelAfter(60_000)]
    public async Task A_reference_to_a_row_that_somebody_deletes_blocks_and_does_not_wait(CancellationToken patience)
    {
        using var home = PostgresDatabase.Rent();
        await using var driver = await SomeStore.OpenAsync(home, PostgresHome.AppTables);
        await driver.WriteAsync(patience, Create("s1"));
        await using var held = await HoldAsync(home, "DELETE FROM shelves WHERE id = 's1'", patience);
        var book = new Operation.Create(new RecordKey("books", "b"), CanonicalJson.Parse("""{"title":"T","shelfId":"s1"}"""));
        Assert.That(await driver.Store.CommitAsync(await driver.DecideAsync(patience, driver.Draft(book)), patience), Is.InstanceOf<CommitAnswer.Blocked>());
    }

    [Test, CancelAfter(60_000)]
    public async Task A_constraint_is_named_and_nothing_else_of_it(CancellationToken patience)
    {
        using var home = PostgresDatabase.Rent();
        await using var driver = await SomeStore.OpenAsync(home, PostgresHome.AppTables);
        var negative = new Operation.Create(new RecordKey("books", "b"), CanonicalJson.Parse("""{"title":"secret text","pages":-1}"""));
        var answer = await driver.Store.CommitAsync(await driver.DecideAsync(patience, driver.Draft(Create("s1")), driver.Draft(negative)), patience);
        Assert.That(answer, Is.EqualTo(new CommitAnswer.Refused(1, "pages_are_not_negative")));
    }

    [Test, CancelAfter(60_000)]
    public async Task What_the_apps_triggers_and_computed_columns_make_of_a_row_is_published(CancellationToken patience)
    {
        using var home = PostgresDatabase.Rent();
        await using var driver = await SomeStore.OpenAsync(home, PostgresHome.AppTables + """
            CREATE FUNCTION upper_name() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$;
            CREATE TRIGGER upper_name BEFORE INSERT OR UPDATE ON shelves FOR EACH ROW EXECUTE FUNCTION upper_name();
            """);
        var batch = await driver.DecideAsync(patience, driver.Draft(Create("s1")), driver.Draft(Rename("s1", "new")), driver.Draft(new Operation.Delete(Shelf("s1"))));
        var committed = (CommitAnswer.Committed)await driver.Store.CommitAsync(batch, patience);
        var logged = await driver.Store.ReadLogAsync(Revision.None, 10, patience);
        Assert.Multiple(() =>
        {
            Assert.That(committed.AsStored[0][0].After.Fields["name"].AsString(), Is.EqualTo("SHELF S1"));
            Assert.That(committed.AsStored[1][0].Before!.Fields["name"].AsString(), Is.EqualTo("SHELF S1"));
            Assert.That(committed.AsStored[1][0].After.Fields["name"].AsString(), Is.EqualTo("NEW"));
            Assert.That(committed.AsStored[2][0].After.Fields["name"].AsString(), Is.EqualTo("NEW"), "the tombstone's last image");
            Assert.That(logged.Entries.SelectMany(e => e.Changes).Select(c => c.After.Fields["name"].AsString()), Is.EqualTo(new[] { "SHELF S1", "NEW", "NEW" }));
        });
    }

    [Test, CancelAfter(60_000)]
    public async Task A_trigger_that_drops_a_write_refuses_that_transaction(CancellationToken patience)
    {
        using var home = PostgresDatabase.Rent();
        await using var driver = await SomeStore.OpenAsync(home, PostgresHome.AppTables + """
            CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = 'gone' THEN RETURN NULL; END IF; RETURN NEW; END $$;
            CREATE TRIGGER drop_it BEFORE INSERT ON shelves FOR EACH ROW EXECUTE FUNCTION drop_it();
            """);
        var batch = await driver.DecideAsync(patience, driver.Draft(Create("s1")), driver.Draft(Create("gone")));
        Assert.That(await driver.Store.CommitAsync(batch, patience), Is.InstanceOf<CommitAnswer.Refused>().With.Property("EntryIndex").EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_lookup_that_SQL_cannot_compare_is_compared_in_memory(CancellationToken patience)
    {
        using var home = PostgresDatabase.Rent();
        await using var driver = await SomeStore.OpenAsync(home);
        await driver.WriteAsync(patience, new Operation.Create(A, CanonicalJson.Parse("""{"owner":{"a":[1]}}""")));
        var decided = await driver.DecideAsync(patience, driver.Draft(new Operation.Create(new RecordKey("things", "b"), CanonicalJson.EmptyObject)));
        var lookup = new ExpectedLookup("things", FieldPath.Of("owner"), CanonicalJson.Parse("""{"a":[1]}"""), [("a", 1)]);
        Assert.That(await driver.Store.CommitAsync(decided with { ExpectedLookups = [lookup with { Found = [] }] }, patience), Is.InstanceOf<CommitAnswer.Lost>());
        Assert.That(await driver.Store.CommitAsync(decided with { ExpectedLookups = [lookup] }, patience), Is.InstanceOf<CommitAnswer.Committed>());
    }

    [Test, CancelAfter(60_000)]
    public async Task The_writers_connection_may_be_lost_between_commits(CancellationToken patience)
    {
        using var home = PostgresDatabase.Rent();
        await using var driver = await SomeStore.OpenAsync(home);
        await driver.WriteAsync(patience, new Operation.Create(A, CanonicalJson.EmptyObject));
        home.Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        var batch = await driver.DecideAsync(patience, driver.Draft(new Operation.Set(A, FieldPath.Of("value"), CanonicalJson.From(1))));
        var answer = await driver.Store.CommitAsync(batch, patience);
        Assert.That(answer, Is.InstanceOf<CommitAnswer.Unknown>().Or.InstanceOf<CommitAnswer.Committed>());
        if (answer is CommitAnswer.Unknown) Assert.That(await driver.Store.CommitAsync(batch, patience), Is.InstanceOf<CommitAnswer.Committed>());
    }

    private static RecordKey Shelf(string id) => new("shelves", id);

    private static Operation Create(string id) => new Operation.Create(Shelf(id), CanonicalJson.Parse($$"""{"name":"shelf {{id}}","memberIds":[]}"""));

    private static Operation Rename(string id, string name) => new Operation.Set(Shelf(id), FieldPath.Of("name"), CanonicalJson.From(name));

    private static async Task<NpgsqlConnection> HoldAsync(PostgresDatabase database, string sql, CancellationToken patience)
    {
        var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(patience);
        await using var command = new NpgsqlCommand("BEGIN; " + sql, connection);
        await command.ExecuteNonQueryAsync(patience);
        return connection;
    }
}
