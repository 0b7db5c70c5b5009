using Sync.Server.Sqlite;
using Sync.Testing;
using static Sync.Testing.Ops;

namespace Sync.Server.Tests;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
public sealed class SqliteAppTableTests : IDisposable
{
    private readonly TemporaryFile _file = new();

    public void Dispose() => _file.Dispose();

    [Test]
    public async Task A_column_that_the_type_does_not_have_is_never_shown_and_never_written()
    {
        await using var driver = await SomeStore.OpenAsync(_file, $"{SomeStore.Shelves} INSERT INTO shelves (id, name, secret) VALUES ('a', 'N', 'hash')");
        await driver.WriteAsync(default, Set(Shelf("a"), "name", "\"M\""));
        Assert.That((await driver.FindAsync(Shelf("a"), default))!.Fields.ToString(), Is.EqualTo("""{"name":"M"}"""));
        Assert.That(_file.Scalar("SELECT secret FROM shelves"), Is.EqualTo("hash"));
    }

    [Test]
    public async Task A_restored_row_is_whole_with_the_columns_that_nobody_may_read()
    {
        await using var driver = await SomeStore.OpenAsync(_file, """
            CREATE TABLE shelves (id TEXT PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, name TEXT, member_ids TEXT, secret TEXT NOT NULL, weight REAL, picture BLOB, count INTEGER, empty TEXT);
            INSERT INTO shelves (id, name, secret, weight, picture, count) VALUES ('a', 'N', 'ha"sh', 0.1, x'00ff10', 9007199254740993);
            """);
        await driver.WriteAsync(default, Delete(Shelf("a")));
        Assert.That(_file.Scalar("SELECT count(*) FROM shelves"), Is.Zero);
        Assert.That((await driver.FindAsync(Shelf("a"), default))!.Fields.ToString(), Is.EqualTo("""{"name":"N"}"""));

        await driver.WriteAsync(default, Restore(Shelf("a")));
        Assert.That(
            _file.Scalar("SELECT json_array(version, name, secret, weight, hex(picture), count, empty) FROM shelves"),
            Is.EqualTo("""[3,"N","ha\"sh",0.1,"00FF10",9007199254740993,null]"""));
    }

    [Test]
    public async Task A_row_created_over_a_tombstone_does_not_get_the_hidden_columns_of_the_old_one()
    {
        await using var driver = await SomeStore.OpenAsync(_file, $"{SomeStore.Shelves} INSERT INTO shelves (id, name, secret) VALUES ('a', 'N', 'hash')");
        await driver.WriteAsync(default, Delete(Shelf("a")));
        await driver.WriteAsync(default, Create(Shelf("a"), """{"name":"M"}"""));
        Assert.That(_file.Scalar("SELECT json_array(version, name, secret) FROM shelves"), Is.EqualTo("""[3,"M",null]"""));
    }

    [Test]
    public async Task Only_columns_that_an_operation_changed_are_written()
    {
        await using var driver = await SomeStore.OpenAsync(_file, $"""
            {SomeStore.Shelves}
            CREATE TABLE written (what TEXT);
            CREATE TRIGGER on_name AFTER UPDATE OF name ON shelves BEGIN INSERT INTO written VALUES ('name'); END;
            CREATE TRIGGER on_members AFTER UPDATE OF member_ids ON shelves BEGIN INSERT INTO written VALUES ('members'); END;
            CREATE TRIGGER on_secret AFTER UPDATE OF secret ON shelves BEGIN INSERT INTO written VALUES ('secret'); END;
            """);
        await driver.WriteAsync(default, Create(Shelf("a"), """{"name":"N","memberIds":["ann"]}"""));
        await driver.WriteAsync(default, Set(Shelf("a"), "name", "\"M\""));
        Assert.That(_file.Scalar("SELECT group_concat(what) FROM written"), Is.EqualTo("name"));
    }

    [Test]
    public async Task What_a_trigger_of_the_app_would_make_of_a_record_is_refused()
    {
        await using var driver = await SomeStore.OpenAsync(_file, $"""
            {SomeStore.Shelves}
            CREATE TRIGGER shout AFTER INSERT ON shelves BEGIN UPDATE shelves SET name = upper(name) WHERE id = NEW.id; END;
            """);
        await driver.WriteAsync(default, Create(Shelf("loud"), """{"name":"LOUD"}"""));
        var batch = await driver.DecideAsync(default, driver.Draft(Create(Shelf("soft"), """{"name":"soft"}""")));
        Assert.That(await driver.Store.CommitAsync(batch, default), Is.TypeOf<CommitAnswer.Refused>());
        Assert.That(await driver.FindAsync(Shelf("soft"), default), Is.Null);
    }

    [Test]
    public async Task Rows_that_the_app_seeded_in_its_own_way_read_in_canonical_form()
    {
        await using var driver = await SomeStore.OpenAsync(_file, """
            CREATE TABLE books (id TEXT PRIMARY KEY, version INTEGER, shelf_id TEXT, lent_to TEXT, title TEXT, status TEXT, pages INTEGER, weight REAL, is_lent BOOLEAN,
                due_date DATE, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, changed_at TEXT, tags TEXT, details JSON);
            CREATE INDEX s ON books (shelf_id);
            INSERT INTO books (id, title, pages, weight, is_lent, due_date, created_at, changed_at, tags, details)
                VALUES ('a', 'T', 7, 2, 1, '2026-01-02 00:00:00', '2026-01-02 03:04:05', '2026-01-02T03:04:05.5+01:00', ' [ "b" , "a" ] ', '{"isbn" : "1", "editions":[1.0]}');
            """);
        var book = await driver.FindAsync(Book("a"), default);
        Assert.That(book!.Version, Is.EqualTo(1));
        Assert.That(book.Fields, Is.EqualTo(CanonicalJson.Parse("""
            {"title":"T","pages":7,"weight":2,"isLent":true,"dueDate":"2026-01-02","createdAt":"2026-01-02T03:04:05.000000Z","changedAt":"2026-01-02T02:04:05.500000Z",
             "tags":["b","a"],"details":{"isbn":"1","editions":[1]}}
            """)));
        await driver.WriteAsync(default, Set(Book("a"), "pages", "8"));
        Assert.That((await driver.FindAsync(Book("a"), default))!.Version, Is.EqualTo(2));
    }

    [Test]
    public async Task A_list_index_follows_what_the_apps_own_SQL_writes()
    {
        await using var driver = await SomeStore.OpenAsync(_file, $"{SomeStore.Shelves} INSERT INTO shelves (id, name, member_ids) VALUES ('a', 'N', '[\"ann\", \"bob\"]'), ('b', 'N', 'no list')");
        Assert.That(await MembersAsync("bob"), Is.EqualTo("a"));

        _file.Execute("UPDATE shelves SET member_ids = '[\"bob\"]' WHERE id = 'b'; INSERT INTO shelves (id, name, member_ids) VALUES ('c', 'N', '[\"bob\"]'); DELETE FROM shelves WHERE id = 'a';");
        Assert.That(await MembersAsync("bob"), Is.EqualTo("b,c"));
        Assert.That(await MembersAsync("ann"), Is.Empty);

        async Task<string> MembersAsync(string member)
        {
            var query = new Query { Table = "shelves", Where = [new QueryCondition.Contains(FieldPath.Of("memberIds"), CanonicalJson.From(member))] };
            return string.Join(',', (await driver.QueryAsync(query, default)).Select(r => r.Id));
        }
    }

    [Test]
    public async Task A_row_inserted_by_the_app_over_a_tombstone_goes_on_from_its_version()
    {
        await using (var driver = await SomeStore.OpenAsync(_file, $"{SomeStore.Shelves} INSERT INTO shelves (id, name, version) VALUES ('a', 'N', 4)"))
            await driver.WriteAsync(default, Delete(Shelf("a")));

        await using var again = await SomeStore.OpenAsync(_file, "INSERT INTO shelves (id, name) VALUES ('a', 'M')");
        Assert.That((await again.FindAsync(Shelf("a"), default))!.ToString(), Is.EqualTo("shelves/a@6"));
    }

    [Test]
    public async Task Integer_ids_are_text_to_records()
    {
        await using var driver = await SomeStore.OpenAsync(_file, """
            CREATE TABLE shelves (id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, name TEXT, member_ids TEXT);
            INSERT INTO shelves (id, name, member_ids) VALUES (7, 'N', '["ann"]');
            """);
        Assert.That((await driver.FindAsync(Shelf("7"), default))!.Id, Is.EqualTo("7"));
        foreach (var id in new[] { "07", "7.0", "seven", "" }) Assert.That(await driver.FindAsync(Shelf(id), default), Is.Null, id);
        Assert.That(driver.Store.Normalize(Shelf("07"), CanonicalJson.EmptyObject, driver.Now).Error?.Code, Is.EqualTo(ErrorCodes.BadId));

        await driver.WriteAsync(default, Create(Shelf("8"), """{"name":"M","memberIds":["ann"]}"""), Set(Shelf("7"), "name", "\"O\""));
        await driver.WriteAsync(default, Delete(Shelf("7")));
        var query = new Query { Table = "shelves", Where = [new QueryCondition.Contains(FieldPath.Of("memberIds"), CanonicalJson.From("ann"))] };
        Assert.That((await driver.QueryAsync(query, default)).Select(r => r.Id), Is.EqualTo(new[] { "8" }));
        Assert.That(_file.Scalar("SELECT typeof(id) FROM shelves"), Is.EqualTo("integer"));
    }

    [TestCase("'a ''b'' \"c\"'", "a 'b' \"c\"")]
    [TestCase("('in')", "in")]
    [TestCase("CURRENT_TIMESTAMP", "2026-03-01T09:00:01.000000Z")]
    [TestCase("(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))", "2026-03-01T09:00:01.000000Z")]
    [TestCase("(datetime())", "2026-03-01T09:00:01.000000Z")]
    [TestCase("(date('now'))", "2026-03-01")]
    public async Task A_default_that_is_known_beforehand_is_part_of_what_is_decided(string sqlDefault, string expected)
    {
        await using var driver = await SomeStore.OpenAsync(_file, $"CREATE TABLE shelves (id TEXT PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, name TEXT NOT NULL DEFAULT {sqlDefault}, member_ids TEXT);");
        await driver.WriteAsync(default, Create(Shelf("a"), "{}"));
        Assert.That((await driver.FindAsync(Shelf("a"), default))!.Get(FieldPath.Of("name")).AsString(), Is.EqualTo(expected));
    }

    [TestCase("(datetime('now', '+1 day'))")]
    [TestCase("(lower(hex(randomblob(16))))")]
    public async Task A_default_that_only_the_database_knows_is_refused_when_it_is_needed(string sqlDefault)
    {
        await using var driver = await SomeStore.OpenAsync(_file, $"CREATE TABLE shelves (id TEXT PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, name TEXT NOT NULL DEFAULT {sqlDefault}, member_ids TEXT);");
        var batch = await driver.DecideAsync(default, driver.Draft(Create(Shelf("a"), "{}")));
        Assert.That(await driver.Store.CommitAsync(batch, default), Is.TypeOf<CommitAnswer.Refused>());
        await driver.WriteAsync(default, Create(Shelf("b"), """{"name":"N"}"""));
    }

    [Test]
    public async Task A_constraint_is_told_by_its_name_where_it_has_one()
    {
        await using var driver = await SomeStore.OpenAsync(_file, """
            CREATE TABLE shelves (id TEXT PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, name TEXT UNIQUE CONSTRAINT short CHECK (length(name) < 5), member_ids TEXT);
            INSERT INTO shelves (id, name) VALUES ('a', 'A');
            """);
        Assert.That(await RefusalAsync("\"too long\""), Is.EqualTo("check: short"));
        Assert.That(await RefusalAsync("\"A\""), Is.EqualTo("unique: shelves.name"));

        async Task<string?> RefusalAsync(string name)
        {
            var batch = await driver.DecideAsync(default, driver.Draft(Create(Shelf("b"), $$"""{"name":{{name}}}""")));
            return (await driver.Store.CommitAsync(batch, default) as CommitAnswer.Refused)?.ConstraintName;
        }
    }
}
