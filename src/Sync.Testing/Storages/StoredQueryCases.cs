using System.Collections.Immutable;
using static Sync.QueryCondition;
using static Sync.Testing.Kept;

namespace Sync.Testing;

/// <summary>Each query is compared with what <see cref="Query.Matches"/> says of all records: no storage has an equality of its own.</summary>
internal static class StoredQueryCases
{
    private static readonly string[] Values =
    [
        "null", "false", "true", "-1", "0", "0.1", "1", "2", "10", "1e300", "9007199254740993", "\"\"", "\"1\"", "\"a\"", "\"A\"", "\"é\"", "\"\uFF5E\"", "\"𝄞\"", "\"a\\\"b\"",
        "[]", "[1]", "[\"a\",1]", "[[1]]", "{}", "{\"a\":1}", "{\"other\":1}",
    ];

    public static IReadOnlyList<RecordStorageCase> All { get; } =
    [
        new("A_query_without_conditions_gives_the_whole_table", "R4", WholeTableAsync),
        new("Equality_takes_values_of_every_kind", "R4", scene => EveryValueAsync(scene, (path, value) => [new EqualTo(path, value)])),
        new("One_of_several_values_is_found", "R4", scene => EveryValueAsync(scene, (path, value) => [new AnyOf(path, [value, CanonicalJson.From("a")])])),
        new("Less_and_greater_take_values_of_the_same_kind", "R4", scene => EveryValueAsync(scene, (path, value) => [new LessThan(path, value, true), new GreaterThan(path, CanonicalJson.From(0), false)])),
        new("A_list_that_holds_the_value_is_found", "R4", scene => EveryValueAsync(scene, (path, value) => [new Contains(path, value)])),
        new("Conditions_are_joined_by_and", "R4", scene => EveryValueAsync(scene, (path, value) => [new EqualTo(path, value), new EqualTo(FieldPath.Of("other"), CanonicalJson.From(1))])),
        new("A_field_within_a_field_is_found", "R4", NestedAsync),
        new("A_record_is_found_by_its_id", "R4", ByIdAsync),
        new("Limit_and_order_play_no_part", "R4", LimitAsync),
    ];

    private static async Task WholeTableAsync(StorageScene scene)
    {
        var open = await scene.OpenAsync("a");
        Expect.Same(0, (await open.QueryAsync(Kept.All)).Count, "records of an empty storage");
        await open.WriteAsync(Put(Record("one"), Record("two"), new Record(new RecordKey("thing", "three"), 1, CanonicalJson.EmptyObject), new Record(new RecordKey("things2", "four"), 1, CanonicalJson.EmptyObject)));
        Expect.SameList(["one", "two"], Ids(await open.QueryAsync(Kept.All)), "the records of one table");
    }

    private static async Task EveryValueAsync(StorageScene scene, Func<FieldPath, CanonicalJson, ImmutableArray<QueryCondition>> conditions)
    {
        var (open, all) = await MixedAsync(scene);
        foreach (var field in new[] { "value", "other", "a" })
        {
            foreach (var value in Values) await CompareAsync(open, all, Kept.All with { Where = conditions(FieldPath.Of(field), CanonicalJson.Parse(value)) });
        }
    }

    private static async Task NestedAsync(StorageScene scene)
    {
        var open = await scene.OpenAsync("a");
        Record[] all = [Record("one", """{"a":{"b":1}}"""), Record("two", """{"a":{"b":2},"b":1}"""), Record("three", """{"a.b":1}"""), Record("four", """{"x":{"a":{"b":1}}}"""), Record("five", """{"a":"\"b\":1"}""")];
        await open.WriteAsync(Put([.. all]));
        foreach (var path in new[] { FieldPath.Of("a", "b"), FieldPath.Of("a.b"), FieldPath.Of("b"), FieldPath.Of("x", "a") })
        {
            foreach (var value in new[] { "1", "null", "{\"b\":1}" }) await CompareAsync(open, all, Kept.All with { Where = [new EqualTo(path, CanonicalJson.Parse(value))] });
        }
    }

    private static async Task ByIdAsync(StorageScene scene)
    {
        var (open, all) = await MixedAsync(scene);
        ImmutableArray<CanonicalJson> ids = [CanonicalJson.From("t1"), CanonicalJson.From("𝄞"), CanonicalJson.From("never"), CanonicalJson.From(1), CanonicalJson.Null];
        foreach (var id in ids)
        {
            await CompareAsync(open, all, Kept.All with { Where = [new EqualTo(FieldPath.Id, id)] });
            await CompareAsync(open, all, Kept.All with { Where = [new EqualTo(FieldPath.Id, id), new EqualTo(FieldPath.Of("other"), CanonicalJson.From(1))] });
            await CompareAsync(open, all, Kept.All with { Where = [new GreaterThan(FieldPath.Id, id, OrEqual: true)] });
            await CompareAsync(open, all, Kept.All with { Where = [new Contains(FieldPath.Id, id)] });
        }
        await CompareAsync(open, all, Kept.All with { Where = [new AnyOf(FieldPath.Id, ids)] });
        await CompareAsync(open, all, Kept.All with { Where = [new EqualTo(FieldPath.Id, ids[0]), new EqualTo(FieldPath.Id, ids[1])] });
    }

    private static async Task LimitAsync(StorageScene scene)
    {
        var (open, all) = await MixedAsync(scene);
        var query = Kept.All with { Where = [new EqualTo(FieldPath.Of("other"), CanonicalJson.From(1))], OrderBy = [new SortField(FieldPath.Of("value"), true)], Limit = 1 };
        await CompareAsync(open, all, query);
    }

    private static async Task<(OpenedStorage Open, IReadOnlyList<Record> All)> MixedAsync(StorageScene scene)
    {
        List<Record> all =
        [
            .. Values.Select((value, i) => Record($"t{i}", $$"""{"value":{{value}},"other":{{i % 3}},"a":{{Values[^(i + 1)]}}}""")),
            Record("none"), Record("𝄞", """{"value":"a"}"""), Record("\uFF5E", """{"value":["a"],"other":1}"""),
        ];
        var open = await scene.OpenAsync("a");
        await open.WriteAsync(Put([.. all]));
        return (open, all);
    }

    private static async Task CompareAsync(OpenedStorage open, IReadOnlyList<Record> all, Query query) =>
        Expect.SameList(Ids(all.Where(query.Matches)), Ids(await open.QueryAsync(query)), $"records of {query}");

    private static IEnumerable<string> Ids(IEnumerable<Record> records) => records.Select(record => record.Id).Order(StringComparer.Ordinal);
}
