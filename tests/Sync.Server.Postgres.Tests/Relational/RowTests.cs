namespace Sync.Server.Postgres.Tests;

/// <summary>Rows beside their values: ids, defaults, what only the database sets, columns that no field has.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class RowTests
{
    private sealed record Item(string Id, string? Name, int? Number, DateTimeOffset? MadeAt, DateOnly? Day, string? Status, List<string>? Tags, string? Code, int? Twice);

    private static readonly SyncModel Items = SyncModel.Create(m => m.Table("items", Models.TypeOf<Item>()));
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private const string Columns = "name text, number int, made_at timestamptz, day date, status text, tags text[], code text, twice int";

    [TestCase("text", "", true)]
    [TestCase("text", "a'; DROP TABLE items; --", true)]
    [TestCase("text", "\"$1\\", true)]
    [TestCase("varchar(3)", "abc", true)]
    [TestCase("varchar(3)", "abcd", false)]
    [TestCase("char(3)", "abc", true)]
    [TestCase("char(3)", "a ", false)]
    [TestCase("uuid", "f47ac10b-58cc-4372-a567-0e02b2c3d479", true)]
    [TestCase("uuid", "F47AC10B-58CC-4372-A567-0E02B2C3D479", false)]
    [TestCase("uuid", "f47ac10b58cc4372a5670e02b2c3d479", false)]
    [TestCase("uuid", "1", false)]
    [TestCase("bigint", "-9223372036854775808", true)]
    [TestCase("bigint", "9223372036854775808", false)]
    [TestCase("integer", "2147483647", true)]
    [TestCase("integer", "2147483648", false)]
    [TestCase("smallint", "7", true)]
    [TestCase("smallint", "07", false)]
    [TestCase("integer", "1; DROP TABLE items", false)]
    public async Task An_id_is_its_columns_canonical_text(string type, string id, bool isOne)
    {
        await using var database = await AppDatabase.WithAsync($"CREATE TABLE items (id {type} PRIMARY KEY, version bigint NOT NULL, {Columns})");
        var table = await database.FindTableAsync(Items);
        var key = new RecordKey("items", id);
        Assert.That(table.CanBeId(id), Is.EqualTo(isOne));
        Assert.That(table.Normalize(key, CanonicalJson.EmptyObject, Now).Error?.Code, Is.EqualTo(isOne ? null : ErrorCodes.BadId));
        await AssertConditionAsync(new QueryCondition.EqualTo(FieldPath.Id, CanonicalJson.From(id)), []);
        if (!isOne) return;

        var record = new Record(key, 1, CanonicalJson.EmptyObject);
        await database.RunAsync(table.Insert([record], []));
        Assert.That(await database.ReadAllAsync(table), Is.EqualTo(new[] { record }).Using<Record>(Some.AreSame));
        foreach (var order in new[] { id, "", "0", "5", "zzz", "😀" })
        {
            foreach (var orEqual in new[] { false, true })
            {
                await AssertConditionAsync(new QueryCondition.LessThan(FieldPath.Id, CanonicalJson.From(order), orEqual), [record]);
                await AssertConditionAsync(new QueryCondition.GreaterThan(FieldPath.Id, CanonicalJson.From(order), orEqual), [record]);
            }
        }

        await AssertConditionAsync(new QueryCondition.AnyOf(FieldPath.Id, [CanonicalJson.From(id), CanonicalJson.From("nobody's"), CanonicalJson.From(1), CanonicalJson.Null]), [record]);
        await AssertConditionAsync(new QueryCondition.EqualTo(FieldPath.Id, CanonicalJson.Null), [record]);
        var changed = new Record(key, 2, CanonicalJson.Parse("""{"number":5}"""));
        await database.RunAsync(table.Update([new RecordChange(record, changed)]));
        Assert.That(await database.ReadAllAsync(table), Is.EqualTo(new[] { changed }).Using<Record>(Some.AreSame));
        await database.RunAsync(table.Delete([changed]));
        Assert.That(await database.ReadAllAsync(table), Is.Empty);

        async Task AssertConditionAsync(QueryCondition condition, Record[] all)
        {
            var expected = all.Where(r => new Query { Table = "items", Where = [condition] }.Matches(r)).Select(r => r.Id);
            var found = await database.ReadAsync(table, RecordRows.Select(table, [condition], out var isExact));
            Assert.That(isExact);
            Assert.That(found.Select(r => r.Id), Is.EqualTo(expected), condition.ToString());
        }
    }

    [Test]
    public async Task Ties_are_ordered_by_the_text_of_ids()
    {
        await using var database = await AppDatabase.WithAsync($"CREATE TABLE items (id integer PRIMARY KEY, version bigint NOT NULL, {Columns})");
        var table = await database.FindTableAsync(Items);
        await database.RunAsync(table.Insert([.. new[] { "1", "10", "2", "-1", "9" }.Select(id => new Record(new RecordKey("items", id), 1, CanonicalJson.EmptyObject))], []));
        var found = await database.ReadAsync(table, RecordRows.Select(table, [], out _).Append($" ORDER BY {table.OrderBy(new Query { Table = "items" })}"));
        Assert.That(found.Select(r => r.Id), Is.EqualTo(new[] { "-1", "1", "10", "2", "9" }));
    }

    [Test]
    public async Task A_default_fills_what_may_not_be_empty()
    {
        await using var database = await AppDatabase.WithAsync("""
            CREATE TABLE items (id text PRIMARY KEY, version bigint NOT NULL, name text NOT NULL DEFAULT 'it''s', number int NOT NULL DEFAULT -7, made_at timestamptz(0) NOT NULL DEFAULT now(),
                day date NOT NULL DEFAULT CURRENT_DATE, status text DEFAULT 'not filled', tags text[] NOT NULL DEFAULT '{a,b}', code text NOT NULL, twice int NOT NULL DEFAULT 2 + 2)
            """);
        var table = await database.FindTableAsync(Items);
        var normal = table.Normalize(new RecordKey("items", "a"), CanonicalJson.Parse("""{"name":null,"code":"c"}"""), Now);
        Assert.That(normal.Fields.ToString(), Is.EqualTo("""{"code":"c","day":"2026-01-02","madeAt":"2026-01-02T03:04:06.000000Z","name":"it's","number":-7,"tags":["a","b"]}"""));
        Assert.That(table.SetsValuesItself, "2 + 2 is the database's own");
    }

    [Test]
    public async Task What_only_the_database_knows_it_sets()
    {
        await using var database = await AppDatabase.WithAsync("""
            CREATE TABLE items (id text PRIMARY KEY, version bigint NOT NULL, name text, number int GENERATED ALWAYS AS IDENTITY, made_at timestamptz, day date, status text,
                tags text[], code text NOT NULL DEFAULT gen_random_uuid()::text, twice int GENERATED ALWAYS AS (length(name) * 2) STORED)
            """);
        var table = await database.FindTableAsync(Items);
        Assert.That(table.SetsValuesItself);
        var key = new RecordKey("items", "a");
        var normal = table.Normalize(key, CanonicalJson.Parse("""{"name":"abc","twice":99,"number":42}"""), Now);
        Assert.That(normal.Error, Is.Null);
        await database.RunAsync(table.Insert([new Record(key, 1, normal.Fields), new Record(new RecordKey("items", "b"), 1, CanonicalJson.Parse("""{"code":"own"}"""))], []));
        var stored = await database.ReadAllAsync(table);
        Assert.That(stored[0].Fields["twice"].ToString(), Is.EqualTo("6"));
        Assert.That(stored[0].Fields["number"].ToString(), Is.EqualTo("1"));
        Assert.That(Guid.TryParse(stored[0].Fields["code"].AsString(), out _));
        Assert.That(stored[1].Fields["code"].AsString(), Is.EqualTo("own"));

        var changed = new Record(key, 2, CanonicalJson.Parse($$"""{"code":{{stored[0].Fields["code"]}},"name":"abcd","number":43,"twice":100}"""));
        await database.RunAsync(table.Update([new RecordChange(stored[0], changed)]));
        var again = (await database.ReadAllAsync(table))[0];
        Assert.That((again.Version, again.Fields["twice"].ToString(), again.Fields["number"].ToString()), Is.EqualTo((2L, "8", "1")));

        await database.RunAsync(table.Delete([again]));
        await database.RunAsync(table.Insert([again], ["a"]));
        Assert.That((await database.ReadAllAsync(table))[0].Fields, Is.EqualTo(again.Fields), "restored with its number");
    }

    [TestCase("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER mine BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION f()", true)]
    [TestCase("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER zz_sync_ours BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION f()", false)]
    [TestCase("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER mine BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE items DISABLE TRIGGER mine", false)]
    [TestCase("CREATE TABLE others (id text REFERENCES items)", false)]
    public async Task A_trigger_of_the_apps_may_change_rows(string more, bool sets)
    {
        await using var database = await AppDatabase.WithAsync($"CREATE TABLE items (id text PRIMARY KEY, version bigint NOT NULL, {Columns}); {more}");
        Assert.That((await database.FindTableAsync(Items)).SetsValuesItself, Is.EqualTo(sets));
    }

    [Test]
    public async Task Only_columns_that_differ_are_written()
    {
        await using var database = await AppDatabase.WithAsync($"""
            CREATE TABLE items (id text PRIMARY KEY, version bigint NOT NULL, {Columns});
            CREATE FUNCTION deny() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''status was written''; END';
            CREATE TRIGGER deny BEFORE UPDATE OF status ON items FOR EACH ROW EXECUTE FUNCTION deny();
            """);
        var table = await database.FindTableAsync(Items);
        var before = new[] { "a", "b", "c" }.Select(id => new Record(new RecordKey("items", id), 1, CanonicalJson.Parse("""{"name":"n","status":"s"}"""))).ToList();
        await database.RunAsync(table.Insert(before, []));
        string[] after = ["""{"name":"m","status":"s"}""", """{"name":"n","number":1,"status":"s"}""", """{"name":null,"number":2,"status":"s"}"""];
        await database.RunAsync(table.Update([.. before.Zip(after, (b, a) => new RecordChange(b, new Record(b.Key, 2, CanonicalJson.Parse(a))))]));
        Assert.That((await database.ReadAllAsync(table)).Select(r => r.Fields.ToString()), Is.EqualTo(new[] { after[0], after[1], """{"number":2,"status":"s"}""" }));
    }

    [Test]
    public async Task An_update_of_a_row_that_is_gone_ends_the_commit()
    {
        await using var database = await AppDatabase.WithAsync($"CREATE TABLE items (id text PRIMARY KEY, version bigint NOT NULL, {Columns})");
        var table = await database.FindTableAsync(Items);
        var record = new Record(new RecordKey("items", "a"), 1, CanonicalJson.EmptyObject);
        Assert.That(async () => await database.RunAsync(table.Update([new RecordChange(record, new Record(record.Key, 2, record.Fields))])), Throws.InstanceOf<Npgsql.PostgresException>().With.Property("SqlState").EqualTo("SY004"));
    }

    [Test]
    public async Task Columns_that_no_field_has_survive_a_deletion()
    {
        const string Secrets = "password bytea, born date, at timestamptz, kinds int[], point point, inner_ jsonb, \"we\"\"ird'\" text, span interval, size double precision, empty text, later int GENERATED ALWAYS AS (1) STORED";
        await using var database = await AppDatabase.WithAsync($"CREATE TABLE items (id text PRIMARY KEY, version bigint NOT NULL, {Columns}, {Secrets})");
        database.Execute("""
            INSERT INTO items (id, version, name, password, born, at, kinds, point, inner_, "we""ird'", span, size)
            VALUES ('a', 3, 'n', '\x00ff27', '2024-02-29', '2024-02-29 12:00:00.123456+05', '{1,NULL,3}', '(1.5,2)', '{"a": [1]}', 'it''s "so"', '1 mon 2 days 03:00', 0.1)
            """);
        var table = await database.FindTableAsync(Items);
        var stored = (await database.ReadAllAsync(table)).Single();
        Assert.That(stored.Fields.ToString(), Is.EqualTo("""{"name":"n"}"""));
        const string Image = "SELECT to_jsonb(i)::text FROM items AS i";
        var image = (string)(await database.Connection.ScalarAsync(Image, default))!;

        await database.Connection.ExecuteAsync("SET DateStyle = 'SQL, MDY'", default);
        var dead = new Record(stored.Key, 4, stored.Fields, isDeleted: true);
        await database.RunAsync([Tombstones.Put(table, [dead]), .. table.Delete([stored])]);
        Assert.That(await database.ReadAllAsync(table), Is.Empty);
        await database.Connection.ExecuteAsync("SET DateStyle = 'SQL, DMY'", default);
        database.Execute("ALTER TABLE items ADD COLUMN added text NOT NULL DEFAULT 'new', DROP COLUMN empty");
        table = await database.FindTableAsync(Items);
        await database.RunAsync([.. table.Insert([new Record(stored.Key, 3, stored.Fields), new Record(new RecordKey("items", "b"), 1, CanonicalJson.EmptyObject)], ["a"]), Tombstones.Remove(table, ["a"])]);
        await database.Connection.ExecuteAsync("SET DateStyle = 'ISO'", default);
        var again = (string)(await database.Connection.ScalarAsync("SELECT (to_jsonb(i) - 'added' || '{\"empty\": null}')::text FROM items AS i WHERE id = 'a'", default))!;
        Assert.That(CanonicalJson.Parse(again), Is.EqualTo(CanonicalJson.Parse(image)));
        Assert.That(await database.Connection.ScalarAsync("SELECT added FROM items WHERE id = 'a'", default), Is.EqualTo("new"));
    }

    [Test]
    public async Task A_label_that_an_enum_gained_since_is_found()
    {
        await using var database = await AppDatabase.WithAsync("CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE rows (id text PRIMARY KEY, version bigint NOT NULL, value mood); CREATE TABLE lists (id text PRIMARY KEY, version bigint NOT NULL, value mood[])");
        var (scalar, list) = (await database.FindTableAsync(Models.OfRows<string>()), await database.FindTableAsync(Models.OfRows<List<string>>("lists")));
        database.Execute("ALTER TYPE mood ADD VALUE 'glad'");
        database.Execute("INSERT INTO rows VALUES ('a', 1, 'glad'), ('b', 1, 'sad'); INSERT INTO lists VALUES ('a', 1, '{glad}')");
        QueryCondition[] conditions =
        [
            new QueryCondition.EqualTo(FieldPath.Of("value"), CanonicalJson.From("glad")), new QueryCondition.AnyOf(FieldPath.Of("value"), [CanonicalJson.From("glad"), CanonicalJson.From("lost")]),
            new QueryCondition.GreaterThan(FieldPath.Of("value"), CanonicalJson.From("glac"), false),
        ];
        Assert.That((await database.ReadAsync(scalar, RecordRows.Select(scalar, conditions[..1], out _))).Select(r => r.Id), Is.EqualTo(new[] { "a" }));
        Assert.That((await database.ReadAsync(scalar, RecordRows.Select(scalar, conditions[1..2], out _))).Select(r => r.Id), Is.EqualTo(new[] { "a" }));
        Assert.That((await database.ReadAsync(scalar, RecordRows.Select(scalar, conditions[2..], out _))).Select(r => r.Id), Is.EquivalentTo(new[] { "a", "b" }));
        Assert.That(await database.ReadAsync(list, RecordRows.Select(list, [new QueryCondition.Contains(FieldPath.Of("value"), CanonicalJson.From("glad"))], out _)), Has.Count.EqualTo(1));
        Assert.That(scalar.LookupText(FieldPath.Of("value"), CanonicalJson.From("glad")), Is.Null, "compared in memory");
    }

    [Test]
    public async Task Fields_come_from_texts_by_name_as_from_rows()
    {
        await using var database = await AppDatabase.WithAsync($"CREATE TABLE items (id text PRIMARY KEY, version bigint NOT NULL, {Columns}); INSERT INTO items VALUES ('a', 1, 'n', 1, now(), now(), 's', '{{x}}', 'c', 2)");
        var table = await database.FindTableAsync(Items);
        var texts = new Dictionary<string, string?>();
        foreach (var (name, text) in table.Texts) texts[name] = await database.Connection.ScalarAsync($"SELECT {text("r")} FROM items AS r", default) as string;
        Assert.That(table.FieldsOf(texts), Is.EqualTo((await database.ReadAllAsync(table)).Single().Fields));
    }

    [Test]
    public async Task An_unknown_field_is_refused()
    {
        await using var database = await AppDatabase.WithAsync($"CREATE TABLE items (id text PRIMARY KEY, version bigint NOT NULL, {Columns}, secret text)");
        var table = await database.FindTableAsync(Items);
        Assert.That(table.Normalize(new RecordKey("items", "a"), CanonicalJson.Parse("""{"secret":"x"}"""), Now).Error?.Code, Is.EqualTo(ErrorCodes.UnknownField));
    }
}
