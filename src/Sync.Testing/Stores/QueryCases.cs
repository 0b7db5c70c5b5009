using System.Collections.Immutable;
using Sync.Server;
using static Sync.Testing.Ops;
using static Sync.QueryCondition;

namespace Sync.Testing;

/// <summary>Each query is compared with what <see cref="Query.Matches"/> and <see cref="Query.Compare"/> say of all records: no store has an order or an equality of its own.</summary>
internal static class QueryCases
{
    public static IReadOnlyList<TransactionStoreCase> All { get; } =
    [
        new("A_query_without_conditions_gives_all_in_the_order_of_ids_by_code_point", "S4", StoreFeatures.None, AllByIdAsync),
        new("Equality_takes_values_of_every_kind", "S4", StoreFeatures.None, (h, p) => EveryValueAsync(h, (path, v) => [new EqualTo(path, v)], p)),
        new("One_of_several_values_is_found", "S4", StoreFeatures.None, (h, p) => EveryValueAsync(h, (path, v) => [new AnyOf(path, [v, CanonicalJson.From("b"), CanonicalJson.From(2)])], p)),
        new("Less_takes_values_of_the_same_kind_only", "S4", StoreFeatures.None, (h, p) => EveryValueAsync(h, (path, v) => [new LessThan(path, v, false)], p)),
        new("Less_or_equal_takes_the_value_too", "S4", StoreFeatures.None, (h, p) => EveryValueAsync(h, (path, v) => [new LessThan(path, v, true)], p)),
        new("Greater_takes_values_of_the_same_kind_only", "S4", StoreFeatures.None, (h, p) => EveryValueAsync(h, (path, v) => [new GreaterThan(path, v, false)], p)),
        new("Greater_or_equal_takes_the_value_too", "S4", StoreFeatures.None, (h, p) => EveryValueAsync(h, (path, v) => [new GreaterThan(path, v, true)], p)),
        new("A_list_that_holds_the_value_is_found", "S4", StoreFeatures.None, (h, p) => EveryValueAsync(h, (path, v) => [new Contains(path, v)], p)),
        new("Conditions_are_joined_by_and", "S4", StoreFeatures.None, (h, p) => EveryValueAsync(h, (path, v) => [new EqualTo(path, v), new EqualTo(FieldPath.Of("other"), CanonicalJson.From(1))], p)),
        new("An_order_takes_values_of_mixed_kinds", "S4", StoreFeatures.None, OrderAsync),
        new("A_typed_table_is_queried_by_every_kind_of_field", "S4", StoreFeatures.None, BooksAsync),
        new("An_index_follows_changes", "S4", StoreFeatures.None, IndexFollowsAsync),
        new("A_query_is_cut_where_there_are_more_than_asked_for", "S4", StoreFeatures.None, CutAsync),
        new("The_conditions_of_rules_narrow_a_query", "S4", StoreFeatures.None, AlsoAsync),
    ];

    private static readonly string[] Values =
    [
        "null", "false", "true", "-1", "0", "0.1", "1", "2", "10", "1e20", "1e300", "9007199254740992", "9007199254740993", "9223372036854775807", "-9223372036854775808", "0.1000000000000000055",
        "\"\"", "\"1\"", "\"2\"", "\"10\"", "\"B\"", "\"a\"", "\"b\"", "\"ä\"", "\"z\"", "\"\uFF5E\"", "\"𝄞\"", "\"a'\\\"\\\\\"", "\"true\"", "\"null\"", "[]", "{}", "[1]", "[\"b\"]", "[\"b\",2,null,[1]]", "{\"b\":1}", "[\"𝄞\"]",
    ];

    private static readonly string[] Shelved =
    [
        """{"title":"A","shelfId":"s1","pages":10,"weight":0.5,"isLent":true,"dueDate":"2026-01-02","changedAt":"2026-01-02T00:00:00.000000Z","tags":["x","y"],"createdAt":"2026-01-01T00:00:00.000000Z"}""",
        """{"title":"b","shelfId":"s1","pages":9,"weight":10,"isLent":false,"dueDate":"2026-01-10","changedAt":"2026-01-01T23:59:59.999999Z","tags":["y"],"createdAt":"2026-01-01T00:00:00.000000Z"}""",
        """{"title":"B","shelfId":"s2","pages":0,"weight":9,"tags":[],"createdAt":"2026-01-03T00:00:00.000000Z","status":"out"}""",
        """{"title":"ä","pages":100,"tags":["1","true"],"createdAt":"2026-01-02T00:00:00.000000Z","status":"out"}""",
        """{"title":"𝄞","lentTo":"s1","weight":-1.5,"details":{"isbn":"1"},"createdAt":"2026-01-02T00:00:00.000000Z"}""",
        """{"title":"\uff5e","lentTo":"s2","weight":1e300,"tags":["X","\uff5e"],"createdAt":"2026-01-02T00:00:00.000000Z"}""",
        """{"title":"10","shelfId":"s2","weight":0.1,"tags":["x","x y"],"createdAt":"2026-01-02T00:00:00.000000Z"}""",
    ];

    private static async Task AllByIdAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        string[] inOrder = ["", "10", "2", "A", "Z", "a", "ä", "\uE000", "\uFF5E", "𐀀", "𝄞"];
        await driver.WriteAsync(patience, [.. inOrder.Skip(1).Reverse().Select(id => Create(Thing(id), "{}"))]);
        await driver.WriteAsync(patience, [.. inOrder.Skip(1).Reverse().Select(id => Create(Book(id), """{"title":"T"}"""))]);
        foreach (var table in new[] { ConformanceModel.Things, ConformanceModel.Books })
            Expect.SameList(inOrder.Skip(1), (await driver.QueryAsync(new Query { Table = table }, patience)).Select(r => r.Id), "ids in order");
    }

    private static async Task EveryValueAsync(TransactionStoreHome home, Func<FieldPath, CanonicalJson, ImmutableArray<QueryCondition>> conditions, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        var all = await MixedThingsAsync(driver, patience);
        foreach (var field in new[] { "owner", "marks", "value" })
        {
            foreach (var value in Values)
                await CompareAsync(driver, all, new Query { Table = ConformanceModel.Things, Where = conditions(FieldPath.Of(field), CanonicalJson.Parse(value)) }, patience);
        }
    }

    private static async Task OrderAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        var all = await MixedThingsAsync(driver, patience);
        ImmutableArray<SortField>[] orders =
        [
            [new(FieldPath.Of("value"))],
            [new(FieldPath.Of("value"), Descending: true)],
            [new(FieldPath.Of("other")), new(FieldPath.Of("value"), Descending: true)],
            [new(FieldPath.Of("other"), Descending: true), new(FieldPath.Of("owner"))],
            [new(FieldPath.Id, Descending: true)],
        ];
        foreach (var order in orders) await CompareAsync(driver, all, new Query { Table = ConformanceModel.Things, OrderBy = order }, patience);
    }

    private static async Task BooksAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Shelf("s1"), """{"name":"1","memberIds":["ann"]}"""), Create(Shelf("s2"), """{"name":"2","memberIds":[]}"""));
        await driver.WriteAsync(patience, [.. Shelved.Select((json, i) => Create(Book($"b{i}"), json))]);
        var all = await driver.QueryAsync(new Query { Table = ConformanceModel.Books }, patience);
        Expect.Same(Shelved.Length, all.Count, "all books");

        string[] fields = ["title", "shelfId", "lentTo", "status", "pages", "weight", "isLent", "dueDate", "changedAt", "createdAt", "tags", "details", "details.isbn", "id"];
        foreach (var field in fields)
        {
            var path = FieldPath.Parse(field);
            foreach (var descending in new[] { false, true })
                await CompareAsync(driver, all, new Query { Table = ConformanceModel.Books, OrderBy = [new(path, descending)] }, patience);
            foreach (var value in ValuesFor(all, path)) await CompareEachConditionAsync(driver, all, path, value, patience);
        }
    }

    private static IEnumerable<CanonicalJson> ValuesFor(IReadOnlyList<Record> all, FieldPath path) =>
        all.Select(r => r.Get(path)).SelectMany(v => v.Elements.Append(v)).Where(v => !v.IsMissing)
            .Concat(Values.Select(CanonicalJson.Parse)).Append(CanonicalJson.From("x")).Append(CanonicalJson.From("2026-01-02")).Distinct();

    private static async Task CompareEachConditionAsync(StoreDriver driver, IReadOnlyList<Record> all, FieldPath path, CanonicalJson value, CancellationToken patience)
    {
        QueryCondition[] conditions =
        [
            new EqualTo(path, value),
            new AnyOf(path, [CanonicalJson.Null, value, CanonicalJson.From("s1")]),
            new LessThan(path, value, false),
            new GreaterThan(path, value, true),
            new Contains(path, value),
        ];
        foreach (var condition in conditions) await CompareAsync(driver, all, new Query { Table = ConformanceModel.Books, Where = [condition] }, patience);
    }

    private static async Task IndexFollowsAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        var byTag = new Query { Table = ConformanceModel.Books, Where = [new Contains(FieldPath.Of("tags"), CanonicalJson.From("t"))] };
        var byOwner = new Query { Table = ConformanceModel.Things, Where = [new EqualTo(FieldPath.Of("owner"), CanonicalJson.From("t"))] };
        await driver.WriteAsync(patience, Create(Book("a"), """{"title":"A","tags":["t","u"]}"""), Create(Thing("a"), """{"owner":"t"}"""));
        await ExpectFoundAsync(driver, byTag, byOwner, true, patience);
        await driver.WriteAsync(patience, Set(Book("a"), "tags", """["u"]"""), Set(Thing("a"), "owner", "\"u\""));
        await ExpectFoundAsync(driver, byTag, byOwner, false, patience);
        await driver.WriteAsync(patience, Set(Book("a"), "tags", """["v","t"]"""), Set(Thing("a"), "owner", "[\"t\"]"));
        await ExpectFoundAsync(driver, byTag, byOwner with { Where = [new Contains(FieldPath.Of("owner"), CanonicalJson.From("t"))] }, true, patience);
        await driver.WriteAsync(patience, Unset(Book("a"), "tags"), Unset(Thing("a"), "owner"));
        await ExpectFoundAsync(driver, byTag, byOwner, false, patience);
    }

    private static async Task ExpectFoundAsync(StoreDriver driver, Query first, Query second, bool isFound, CancellationToken patience)
    {
        foreach (var query in new[] { first, second })
            Expect.Same(isFound ? 1 : 0, (await driver.QueryAsync(query, patience)).Count, $"records of {query}");
    }

    private static async Task CutAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, [.. Enumerable.Range(0, 10).Select(i => Create(Thing($"t{i}"), $$"""{"owner":"x","value":{{9 - i}}}"""))]);
        var query = new Query { Table = ConformanceModel.Things, Where = [new EqualTo(FieldPath.Of("owner"), CanonicalJson.From("x"))], OrderBy = [new(FieldPath.Of("value"))], Limit = 2 };
        foreach (var (max, count, isCut) in new[] { (3, 3, true), (9, 9, true), (10, 10, false), (11, 10, false) })
        {
            var result = await driver.Store.QueryAsync(new StoreQuery(query, [], max), patience);
            Expect.Same((count, isCut), (result.Records.Count, result.IsCut), $"records and whether they are cut, at most {max}; the query's own limit plays no part");
            Expect.SameList(Enumerable.Range(0, count).Select(i => $"t{9 - i}"), result.Records.Select(r => r.Id), "the first of the order");
        }
    }

    private static async Task AlsoAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Thing("a"), """{"owner":"x","marks":["m"]}"""), Create(Thing("b"), """{"owner":"x"}"""), Create(Thing("c"), """{"owner":"y","marks":["m"]}"""));
        var query = new Query { Table = ConformanceModel.Things, Where = [new EqualTo(FieldPath.Of("owner"), CanonicalJson.From("x"))] };
        QueryCondition[] also = [new Contains(FieldPath.Of("marks"), CanonicalJson.From("m")), new AnyOf(FieldPath.Of("owner"), [CanonicalJson.From("x"), CanonicalJson.From("y")])];
        var result = await driver.Store.QueryAsync(new StoreQuery(query, also, 10), patience);
        Expect.SameList(["a"], result.Records.Select(r => r.Id), "records that meet the rules' conditions too");
    }

    /// <summary>One thing for each value in each of three fields, some with the fields missing.</summary>
    private static async Task<IReadOnlyList<Record>> MixedThingsAsync(StoreDriver driver, CancellationToken patience)
    {
        var creates = Values.Select((value, i) => Create(Thing($"t{i}"), $$"""{"value":{{value}},"owner":{{Values[^(i + 1)]}},"marks":{{value}},"other":{{i % 3}}}"""));
        await driver.WriteAsync(patience, [.. creates, Create(Thing("none"), "{}"), Create(Thing("𝄞"), """{"value":"b"}"""), Create(Thing("\uFF5E"), """{"value":"b","marks":["b","c"]}""")]);
        var all = await driver.Store.LoadAsync([.. Enumerable.Range(0, Values.Length).Select(i => $"t{i}").Concat(["none", "𝄞", "\uFF5E"]).Select(id => Thing(id))], patience);
        return [.. all.Records.Values];
    }

    private static async Task CompareAsync(StoreDriver driver, IReadOnlyList<Record> all, Query query, CancellationToken patience)
    {
        var expected = all.Where(query.Matches).Order(Comparer<Record>.Create(query.Compare)).Select(r => r.Id);
        var came = await driver.QueryAsync(query, patience);
        Expect.SameList(expected, came.Select(r => r.Id), $"records of {query}");
    }
}
