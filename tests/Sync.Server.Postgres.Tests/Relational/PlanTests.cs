using System.Text.Json;
using Npgsql;

namespace Sync.Server.Postgres.Tests;

/// <summary>Queries on indexed fields of a large table go by its indexes.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class PlanTests
{
    private sealed record Item(string Id, string? WorkspaceId, string? OwnerId, string? Title, int? Rank, DateTimeOffset? DueAt, decimal? Price, List<string>? Tags, List<Guid>? MemberIds, List<string>? Labels, Details? Details, JsonElement? Any, string? Code, string? Mail);
    private sealed record Details(string? Kind, int? Size, List<string>? Parts);

    private const string Schema = """
        CREATE EXTENSION citext;
        CREATE TABLE items (
            id uuid PRIMARY KEY, version bigint NOT NULL DEFAULT 1, workspace_id text NOT NULL, owner_id bigint, title text COLLATE "C" NOT NULL, rank int NOT NULL, due_at timestamptz, price numeric(10,2),
            tags text[], member_ids uuid[], labels jsonb, details jsonb, "any" jsonb, code varchar(20), mail citext);
        INSERT INTO items SELECT md5(i::text)::uuid, 1, 'w' || i % 1000, i % 500, 'title ' || i, i, now() + i * interval '1 minute', i / 100.0, ARRAY['t' || i % 700, 'u' || i % 11], ARRAY[md5((i % 900)::text)::uuid],
            jsonb_build_array('l' || i % 800), jsonb_build_object('kind', 'k' || i % 600, 'size', i, 'parts', ARRAY['p' || i % 500]), to_jsonb('a' || i % 700), 'c' || i, 'M' || i || '@x'
            FROM generate_series(1, 20000) AS i;
        CREATE INDEX ON items (workspace_id, rank);
        CREATE INDEX ON items (owner_id);
        CREATE INDEX ON items (title);
        CREATE INDEX ON items (rank);
        CREATE INDEX ON items (due_at NULLS FIRST);
        CREATE INDEX ON items (price);
        CREATE INDEX ON items (mail);
        CREATE INDEX ON items USING gin (tags);
        CREATE INDEX ON items USING gin (member_ids);
        CREATE INDEX ON items USING gin (labels jsonb_path_ops);
        CREATE INDEX ON items USING gin (details);
        CREATE INDEX ON items USING gin ("any");
        CREATE INDEX ON items (code);
        ANALYZE items;
        """;

    private static readonly SyncModel Model = SyncModel.Create(m => m.Table("items", Models.TypeOf<Item>())
        .Index(i => i.WorkspaceId).Index(i => i.OwnerId).Index(i => i.Title).Index(i => i.Rank).Index(i => i.DueAt).Index(i => i.Price).Index(i => i.Mail)
        .Index(i => i.Tags).Index(i => i.MemberIds).Index(i => i.Labels).Index(i => i.Details!.Kind).Index(i => i.Details!.Parts).Index(i => i.Any).Index(i => i.Code));

    private AppDatabase _database = null!;
    private RelationalTable _table = null!;

    [OneTimeSetUp]
    public async Task FillAsync()
    {
        _database = await AppDatabase.WithAsync(Schema);
        _table = await _database.FindTableAsync(Model);
    }

    [OneTimeTearDown]
    public async Task EndAsync() => await _database.DisposeAsync();

    private static IEnumerable<TestCaseData> Queries()
    {
        yield return Case("id", new QueryCondition.EqualTo(FieldPath.Id, Json("\"c4ca4238-a0b9-2382-0dcc-509a6f75849b\"")));
        yield return Case("ids", new QueryCondition.AnyOf(FieldPath.Id, [Json("\"c4ca4238-a0b9-2382-0dcc-509a6f75849b\""), Json("\"c81e728d-9d4c-2f63-6f06-7f89cc14862c\"")]));
        yield return Case("text", new QueryCondition.EqualTo(FieldPath.Of("workspaceId"), Json("\"w5\"")));
        yield return Case("texts", new QueryCondition.AnyOf(FieldPath.Of("workspaceId"), [Json("\"w5\""), Json("\"w6\""), Json("\"w7\"")]));
        yield return Case("number as text", new QueryCondition.EqualTo(FieldPath.Of("ownerId"), Json("\"5\"")));
        yield return Case("citext", new QueryCondition.EqualTo(FieldPath.Of("mail"), Json("\"M5@x\"")));
        yield return Case("numeric", new QueryCondition.EqualTo(FieldPath.Of("price"), Json("1.5")));
        yield return Case("text and order", new QueryCondition.EqualTo(FieldPath.Of("workspaceId"), Json("\"w5\""))).OrderedBy("rank");
        yield return Case("range of numbers", new QueryCondition.GreaterThan(FieldPath.Of("rank"), Json("19990"), false));
        yield return Case("range of instants", new QueryCondition.LessThan(FieldPath.Of("dueAt"), Json("\"2020-01-01T00:00:00.000000Z\""), false));
        yield return Case("range of texts", new QueryCondition.GreaterThan(FieldPath.Of("title"), Json("\"title 9999\""), true));
        yield return Case("contains in text[]", new QueryCondition.Contains(FieldPath.Of("tags"), Json("\"t5\"")));
        yield return Case("contains in uuid[]", new QueryCondition.Contains(FieldPath.Of("memberIds"), Json("\"c4ca4238-a0b9-2382-0dcc-509a6f75849b\"")));
        yield return Case("contains in jsonb", new QueryCondition.Contains(FieldPath.Of("labels"), Json("\"l5\"")));
        yield return Case("within jsonb", new QueryCondition.EqualTo(FieldPath.Of("details", "kind"), Json("\"k5\"")));
        yield return Case("one of some within jsonb", new QueryCondition.AnyOf(FieldPath.Of("details", "kind"), [Json("\"k5\""), Json("\"k6\"")]));
        yield return Case("contains within jsonb", new QueryCondition.Contains(FieldPath.Of("details", "parts"), Json("\"p5\"")));
        yield return Case("any", new QueryCondition.EqualTo(FieldPath.Of("any"), Json("\"a5\"")));
        yield return Case("one of any", new QueryCondition.AnyOf(FieldPath.Of("any"), [Json("\"a5\""), Json("7")]));
        yield return Case("contained in any", new QueryCondition.Contains(FieldPath.Of("any"), Json("\"a5\"")));
        yield return Case("varchar", new QueryCondition.AnyOf(FieldPath.Of("code"), [Json("\"c5\""), Json("\"c6\"")]));
        yield return Case("order and limit").OrderedBy("rank");
        yield return Case("order down and limit").OrderedBy("rank", descending: true);
        yield return Case("order of what may be empty and limit").OrderedBy("dueAt");
        yield return Case("order of what may be empty down and limit").OrderedBy("dueAt", descending: true);
        yield return Case("order of texts and limit").OrderedBy("title");
    }

    private static IEnumerable<TestCaseData> QueriesByValue() =>
        Queries().Where(data => data.Arguments[0] is Query { Limit: null, Where: [not (QueryCondition.LessThan or QueryCondition.GreaterThan)] });

    [TestCaseSource(nameof(Queries))]
    public async Task No_query_on_an_index_reads_the_whole_table(object asked)
    {
        var query = (Query)asked;
        var sql = RecordRows.Select(_table, query.Where, out _);
        var order = _table.OrderBy(query);
        if (query.Limit is { } limit) sql.Append($" ORDER BY {order} LIMIT {sql.AddLong(limit)}");
        Assert.That(await PlanAsync(sql), Does.Not.Contain("Seq Scan"));
    }

    /// <summary>A statement that is prepared may come to be planned once for all values. One with a limit is not: a plan for any limit is never the cheaper one.</summary>
    [TestCaseSource(nameof(QueriesByValue))]
    public async Task No_query_reads_the_whole_table_when_it_is_planned_for_all_values(object asked)
    {
        var query = (Query)asked;
        var sql = RecordRows.Select(_table, query.Where, out _);
        var types = sql.Parameters.Select(p => p.NpgsqlDbType.HasFlag(NpgsqlTypes.NpgsqlDbType.Array) ? "text[]" : "text");
        await using var connection = new NpgsqlConnection(_database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await connection.ExecuteAsync($"SET plan_cache_mode = force_generic_plan; PREPARE q ({string.Join(", ", types)}) AS {sql.Text}", default);
        Assert.That(await PlanAsync(connection, new SqlDraft($"EXECUTE q ({string.Join(", ", types.Select(_ => "NULL"))})")), Does.Not.Contain("Seq Scan").And.Contains("$1"));
    }

    [Test]
    public async Task A_plan_tells_where_the_whole_table_is_read() =>
        Assert.That(await PlanAsync(RecordRows.Select(_table, [new QueryCondition.EqualTo(FieldPath.Of("workspaceId"), Json("null"))], out _).Append(" OR t.version = 7")), Does.Contain("Seq Scan"));

    [TestCase("workspaceId", "\"w5\"")]
    [TestCase("ownerId", "\"5\"")]
    [TestCase("tags", "\"t5\"")]
    [TestCase("memberIds", "\"c4ca4238-a0b9-2382-0dcc-509a6f75849b\"")]
    [TestCase("labels", "\"l5\"")]
    [TestCase("any", "\"a5\"")]
    [TestCase("code", "\"c5\"")]
    [TestCase("id", "\"c4ca4238-a0b9-2382-0dcc-509a6f75849b\"")]
    public async Task A_lookup_of_a_rule_goes_by_an_index(string field, string value)
    {
        var path = FieldPath.Of(field);
        var sql = new SqlDraft();
        sql.Append($"SELECT v.value, (SELECT count(*) FROM {_table.SqlName} AS t WHERE {_table.Lookup(path)}) FROM unnest({sql.AddTexts([_table.LookupText(path, Json(value)), _table.LookupText(path, Json(value))])}) AS v (value)");
        Assert.That(await PlanAsync(sql), Does.Not.Contain("Seq Scan"));
    }

    [Test]
    public async Task Writes_find_their_rows_by_the_key()
    {
        List<Record> records = [.. (await _database.ReadAsync(_table, RecordRows.Select(_table, [], out _).Append(" LIMIT 50")))];
        foreach (var sql in _table.Delete(records)) Assert.That(await PlanAsync(sql), Does.Not.Contain("Seq Scan"));
        foreach (var sql in _table.Update([.. records.Select(r => new RecordChange(r, new Record(r.Key, 2, CanonicalJson.Parse("""{"rank":5}"""))))])) Assert.That(await PlanAsync(sql), Does.Not.Contain("Seq Scan on items"));
    }

    private async Task<string> PlanAsync(SqlDraft sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync();
        return await PlanAsync(connection, sql);
    }

    private static async Task<string> PlanAsync(NpgsqlConnection connection, SqlDraft sql)
    {
        await using var command = new NpgsqlCommand("EXPLAIN " + sql.Text, connection);
        foreach (var parameter in sql.Parameters) command.Parameters.Add(parameter);
        await using var rows = await command.ExecuteReaderAsync();
        var plan = new List<string> { sql.Text };
        while (await rows.ReadAsync()) plan.Add(rows.GetString(0));
        return string.Join('\n', plan);
    }

    private static CanonicalJson Json(string json) => CanonicalJson.Parse(json);

    private static TestCaseData Case(string name, params QueryCondition[] where) => new TestCaseData(new Query { Table = "items", Where = [.. where] }).SetArgDisplayNames(name);
}

internal static class PlanCases
{
    public static TestCaseData OrderedBy(this TestCaseData data, string field, bool descending = false) =>
        new TestCaseData((Query)data.Arguments[0]! with { OrderBy = [new SortField(FieldPath.Of(field), descending)], Limit = 50 }).SetArgDisplayNames(data.ArgDisplayNames![0]);
}
