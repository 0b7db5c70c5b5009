namespace Sync.Server.Postgres.Tests;

[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class ColumnTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static IEnumerable<TestCaseData> Columns() => ColumnCase.All.Select(c => new TestCaseData(c).SetArgDisplayNames(c.ToString()));

    [TestCaseSource(nameof(Columns))]
    public async Task What_Normalize_gives_is_read_back_byte_for_byte(object columnCase)
    {
        var column = (ColumnCase)columnCase;
        await using var database = await AppDatabase.WithAsync(column.CreateTable);
        var table = await database.FindTableAsync(column.Model());
        var records = Some.Records(table, column.Json);
        await database.RunAsync(table.Insert(records, []));
        Assert.That(await database.ReadAllAsync(table), Is.EqualTo(records).Using<Record>(Some.AreSame));
    }

    [TestCaseSource(nameof(Columns))]
    public async Task What_is_updated_is_read_back_byte_for_byte(object columnCase)
    {
        var column = (ColumnCase)columnCase;
        await using var database = await AppDatabase.WithAsync(column.CreateTable);
        var table = await database.FindTableAsync(column.Model());
        var after = Some.Records(table, column.Json);
        var before = after.Select(r => new Record(r.Key, 1, CanonicalJson.EmptyObject)).ToList();
        await database.RunAsync(table.Insert(before, []));
        await database.RunAsync(table.Update([.. before.Zip(after, (b, a) => new RecordChange(b, new Record(a.Key, 2, a.Fields)))]));
        Assert.That(await database.ReadAllAsync(table), Is.EqualTo(after.Select(r => new Record(r.Key, 2, r.Fields))).Using<Record>(Some.AreSame));

        var emptied = before.Select(r => new Record(r.Key, 3, r.Fields)).ToList();
        await database.RunAsync(table.Update([.. after.Zip(emptied, (b, a) => new RecordChange(b, a))]));
        Assert.That(await database.ReadAllAsync(table), Is.EqualTo(emptied).Using<Record>(Some.AreSame));
    }

    [TestCaseSource(nameof(Columns))]
    public async Task Normalizing_twice_changes_nothing_and_what_does_not_fit_is_refused(object columnCase)
    {
        var column = (ColumnCase)columnCase;
        await using var database = await AppDatabase.WithAsync(column.CreateTable);
        var table = await database.FindTableAsync(column.Model());
        foreach (var record in Some.Records(table, column.Json)) Assert.That(table.Normalize(record.Key, record.Fields, Now), Is.EqualTo(new NormalizeResult(record.Fields, null)));
        foreach (var value in column.Refused)
            Assert.That(table.Normalize(new RecordKey("rows", "a"), Some.Fields(CanonicalJson.Parse(value)), Now).Error?.Code, Is.EqualTo(ErrorCodes.TypeMismatch), value);
    }

    [TestCaseSource(nameof(Columns))]
    public async Task Conditions_in_SQL_find_what_Core_finds(object columnCase)
    {
        var column = (ColumnCase)columnCase;
        await using var database = await AppDatabase.WithAsync(column.CreateTable);
        var table = await database.FindTableAsync(column.Model());
        await Some.FillAsync(database, table, column);
        var all = await database.ReadAllAsync(table);
        foreach (var condition in Conditions(column, all))
        {
            var expected = all.Where(r => new Query { Table = "rows", Where = [condition] }.Matches(r)).Select(r => r.Id).ToList();
            var sql = RecordRows.Select(table, [condition], out var isExact);
            var found = (await database.ReadAsync(table, sql)).Select(r => r.Id).ToList();
            Assert.That(found, isExact ? Is.EquivalentTo(expected) : Is.SupersetOf(expected), $"{condition} {sql.Text}");
        }
    }

    [TestCaseSource(nameof(Columns))]
    public async Task Orders_in_SQL_are_Cores(object columnCase)
    {
        var column = (ColumnCase)columnCase;
        await using var database = await AppDatabase.WithAsync(column.CreateTable);
        var table = await database.FindTableAsync(column.Model());
        // What JSON has no number or day for is ordered where the database has it: many of its values show as one.
        await Some.FillAsync(database, table, column with { Own = [] });
        var all = await database.ReadAllAsync(table);
        foreach (var descending in new[] { false, true })
        {
            var query = new Query { Table = "rows", OrderBy = [new SortField(FieldPath.Of("value"), descending)] };
            if (table.OrderBy(query) is not { } order)
            {
                Assert.That(column.SqlType, Does.StartWith("json"));
                continue;
            }

            var found = await database.ReadAsync(table, RecordRows.Select(table, [], out _).Append($" ORDER BY {order}"));
            Assert.That(found.Select(r => $"{r.Id} {r.Fields}"), Is.EqualTo(all.Order(Comparer<Record>.Create(query.Compare)).Select(r => $"{r.Id} {r.Fields}")), order);
        }
    }

    [TestCaseSource(nameof(Columns))]
    public async Task A_lookup_in_SQL_finds_what_has_the_value_or_a_list_with_it(object columnCase)
    {
        var column = (ColumnCase)columnCase;
        await using var database = await AppDatabase.WithAsync(column.CreateTable);
        var table = await database.FindTableAsync(column.Model());
        await Some.FillAsync(database, table, column);
        var all = await database.ReadAllAsync(table);
        var field = FieldPath.Of("value");
        if (table.Lookup(field) is not { } lookup) return;
        foreach (var value in Asked(column, all).Where(v => table.LookupText(field, v) is not null))
        {
            var expected = all.Where(r => r.Get(field) == value || r.Get(field).Elements.Contains(value)).Select(r => r.Id);
            var sql = new SqlDraft();
            sql.Append($"SELECT {RecordRows.Columns(table)} FROM unnest({sql.AddTexts([table.LookupText(field, value)])}) AS v (value), {table.SqlName} AS t WHERE {lookup}");
            Assert.That((await database.ReadAsync(table, sql)).Select(r => r.Id), Is.EquivalentTo(expected), value.ToString());
        }
    }

    [TestCase("jsonb", "'null'", null)]
    [TestCase("json", "' null '", null)]
    [TestCase("jsonb", "'{\"b\": 1.50, \"a\": null}'", """{"a":null,"b":1.5}""")]
    [TestCase("json", "'{\"a\":1, \"a\":2}'", null, true)]
    [TestCase("json", "'\"\\ud800\"'", "\"\\\"\\\\ud800\\\"\"")]
    [TestCase("timestamptz", "'infinity'", "\"9999-12-31T23:59:59.999999Z\"")]
    [TestCase("timestamptz", "'-infinity'", "\"0001-01-01T00:00:00.000000Z\"")]
    [TestCase("timestamptz", "'0044-03-15 12:00 BC'", "\"0001-01-01T00:00:00.000000Z\"")]
    [TestCase("timestamptz", "'2026-07-01 12:00+02'", "\"2026-07-01T10:00:00.000000Z\"")]
    [TestCase("timestamp", "'20000-01-01'", "\"9999-12-31T23:59:59.999999Z\"")]
    [TestCase("timestamp", "'2026-07-01 12:00'", "\"2026-07-01T12:00:00.000000Z\"")]
    [TestCase("date", "'infinity'", "\"9999-12-31\"")]
    [TestCase("numeric", "'NaN'", "\"NaN\"")]
    [TestCase("numeric", "1.500", "1.5")]
    [TestCase("numeric", "1e400", null, true)]
    [TestCase("double precision", "'-Infinity'", "\"-Infinity\"")]
    [TestCase("double precision", "'-0'", "0")]
    [TestCase("double precision", "power(2::float8, -44)", "5.684341886080802e-14")]
    [TestCase("text[]", "'{{a,b},{c,d}}'", """[["a","b"],["c","d"]]""")]
    [TestCase("char(3)", "'a'", "\"a\"")]
    [TestCase("time", "'24:00'", "\"24:00:00\"")]
    [TestCase("text", "E'\\x01\\\\\"'", "\"\\u0001\\\\\\\"\"")]
    public async Task What_only_SQL_writes_is_shown(string type, string expression, string? json, bool isText = false)
    {
        await using var database = await AppDatabase.WithAsync($"CREATE TABLE rows (id text PRIMARY KEY, version bigint NOT NULL DEFAULT 1, value {type}); INSERT INTO rows (id, value) VALUES ('a', {expression})");
        var model = ColumnCase.All.First(c => c.SqlType == type).Model();
        var value = (await database.ReadAllAsync(await database.FindTableAsync(model))).Single().Fields["value"];
        if (isText) Assert.That(value.Kind, Is.EqualTo(JsonKind.String));
        else Assert.That(value.IsMissing ? null : value.ToString(), Is.EqualTo(json));
    }

    [Test]
    public async Task Conditions_on_what_is_within_JSON_find_what_Core_finds()
    {
        await using var database = await AppDatabase.WithAsync("CREATE TABLE rows (id text COLLATE \"C\" PRIMARY KEY, version bigint NOT NULL DEFAULT 1, value jsonb)");
        var table = await database.FindTableAsync(Models.OfRows<System.Text.Json.JsonElement?>());
        string[] values =
        [
            """{"a":1}""", """{"a":1,"b":2}""", """{"a":"1"}""", """{"a":[1]}""", """{"a":[1,2]}""", """{"a":{"a":1}}""", """{"a":{"a":1,"b":2}}""", """{"a":null}""", "{}", """[{"a":1}]""", """{"a":[[1]]}""", """{"a":[{"a":1,"b":2}]}""",
            """{"a":[null]}""", """{"0":1}""", "[1]", "1", "\"a\"", """{"a":true}""", """{"a":{"a":[1]}}""", """{"a":""}""", """{"a":[]}""", """{"":1}""", """{"a":1.5e300}""",
        ];
        await database.RunAsync(table.Insert(Some.Records(table, values.Select(CanonicalJson.Parse)), []));
        var all = await database.ReadAllAsync(table);
        foreach (var path in new[] { FieldPath.Of("value", "a"), FieldPath.Of("value", "a", "a"), FieldPath.Of("value", "0"), FieldPath.Of("value", ""), FieldPath.Of("value", "lost") })
        {
            foreach (var asked in values.Select(CanonicalJson.Parse).SelectMany(v => new[] { v, v.Get(FieldPath.Of("a")) }).Where(v => !v.IsMissing).Append(CanonicalJson.Null).Distinct())
            {
                QueryCondition[] conditions =
                [
                    new QueryCondition.EqualTo(path, asked), new QueryCondition.Contains(path, asked), new QueryCondition.AnyOf(path, [asked, CanonicalJson.From("1")]), new QueryCondition.AnyOf(path, [asked]),
                    new QueryCondition.LessThan(path, asked, true), new QueryCondition.GreaterThan(path, asked, true),
                ];
                foreach (var condition in conditions)
                {
                    var expected = all.Where(r => new Query { Table = "rows", Where = [condition] }.Matches(r)).Select(r => r.Id).ToList();
                    var sql = RecordRows.Select(table, [condition], out var isExact);
                    var found = (await database.ReadAsync(table, sql)).Select(r => r.Id).ToList();
                    Assert.That(found, isExact ? Is.EquivalentTo(expected) : Is.SupersetOf(expected), $"{condition} {sql.Text}");
                    if (condition is QueryCondition.EqualTo or QueryCondition.Contains) Assert.That(isExact, Is.EqualTo(asked.Kind is not (JsonKind.List or JsonKind.Object) && (asked.Kind != JsonKind.Null || condition is QueryCondition.Contains)));
                }
            }
        }
    }

    [TestCase("SQL, DMY", "Asia/Tokyo", "postgres_verbose")]
    [TestCase("German", "America/New_York", "iso_8601")]
    public async Task What_a_session_is_set_to_does_not_show(string dateStyle, string zone, string intervals)
    {
        foreach (var column in ColumnCase.All.Where(c => c.SqlType.StartsWith("time", StringComparison.Ordinal) || c.SqlType.StartsWith("date", StringComparison.Ordinal) || c.SqlType == "bytea"))
        {
            await using var database = await AppDatabase.WithAsync(column.CreateTable);
            var table = await database.FindTableAsync(column.Model());
            var records = Some.Records(table, column.Json);
            await database.Connection.ExecuteAsync($"SET DateStyle = '{dateStyle}'; SET TimeZone = '{zone}'; SET IntervalStyle = '{intervals}'; SET bytea_output = 'escape'", default);
            await database.RunAsync(table.Insert(records, []));
            Assert.That(await database.ReadAllAsync(table), Is.EqualTo(records).Using<Record>(Some.AreSame), column.SqlType);
        }
    }

    private static IEnumerable<QueryCondition> Conditions(ColumnCase column, IReadOnlyList<Record> rows)
    {
        var field = FieldPath.Of("value");
        var values = Asked(column, rows).ToList();
        foreach (var value in values)
        {
            yield return new QueryCondition.EqualTo(field, value);
            yield return new QueryCondition.Contains(field, value);
            yield return new QueryCondition.AnyOf(field, [value, values[0]]);
            if (value.Kind is JsonKind.List or JsonKind.Object) continue;
            foreach (var orEqual in new[] { false, true })
            {
                yield return new QueryCondition.LessThan(field, value, orEqual);
                yield return new QueryCondition.GreaterThan(field, value, orEqual);
            }
        }

        yield return new QueryCondition.AnyOf(field, []);
        yield return new QueryCondition.AnyOf(field, [.. values]);
        yield return new QueryCondition.AnyOf(field, [.. values.Where(v => !v.IsMissingOrNull)]);
        yield return new QueryCondition.EqualTo(FieldPath.Of("value", "a"), CanonicalJson.From(1));
        yield return new QueryCondition.EqualTo(FieldPath.Of("value", "a"), CanonicalJson.Null);
        yield return new QueryCondition.EqualTo(FieldPath.Of("lost"), CanonicalJson.Null);
        yield return new QueryCondition.AnyOf(FieldPath.Of("lost"), [CanonicalJson.From(1)]);
    }

    /// <summary>What is there, what was there before it was normalized, elements, and values of every other kind.</summary>
    private static IEnumerable<CanonicalJson> Asked(ColumnCase column, IReadOnlyList<Record> rows)
    {
        string[] others = ["null", "true", "false", "0", "1", "-1", "1.5", "1e300", "-1e300", "1e-300", "\"\"", "\"a\"", "\"A\"", "\"1\"", "\"2024\"", "\"😀\"", "[]", "{}", "[1]", "\"NaN\"", "\"'; DROP TABLE rows; --\""];
        return others.Select(CanonicalJson.Parse).Concat(column.Json).Concat(column.Refused.Select(CanonicalJson.Parse))
            .Concat(rows.Select(r => r.Get(FieldPath.Of("value"))).Where(v => !v.IsMissing)).Concat(rows.SelectMany(r => r.Get(FieldPath.Of("value")).Elements)).Distinct();
    }
}
