using Sync.Server;
using static Sync.Testing.Ops;

namespace Sync.Testing;

internal static class ContentCases
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1.5", "-0.1", "9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e300", "1e-300",
        "0.1", "0.30000000000000004", "123456789012345678901234567890.123456789", "\"\"", "\"text\"", "\" \"", "\"1\"", "\"null\"", "\"\\u0001\\n\\\"\\\\/\"", "\"é\"", "\"e\u0301\"", "\"𝄞\"", "\"\uFFFD\"",
        "\"\uFEFFbom\"", "\"'; DROP TABLE things; --\"", "[]", "{}", "[null,[],{}]", """{"b":1,"a":{"𝄞":2,"\uff5e":3,"":null}}""",
    ];

    private static readonly string[] Books =
    [
        """{"title":"T"}""",
        """{"title":""}""",
        """{"title":"𝄞 \"quoted\" \\ \u0001","status":"out","pages":9007199254740993,"weight":0.1,"isLent":true,"dueDate":"2026-02-28"}""",
        """{"title":"T","createdAt":"2026-02-28T23:59:59.123456Z","changedAt":"0001-01-01T00:00:00.000000Z","tags":["b","a","é"],"details":{"isbn":"1","editions":[3,1,2]}}""",
        """{"title":"T","weight":null,"tags":[],"details":{"isbn":null}}""",
        """{"title":"T","weight":1e300,"pages":0,"isLent":false}""",
        """{"title":"T","weight":0.1000000000000000055511151231257827,"tags":null,"dueDate":null}""",
    ];

    public static IReadOnlyList<TransactionStoreCase> All { get; } =
    [
        new("Every_kind_of_value_reads_back_with_the_same_bytes", "S7", StoreFeatures.None, EveryValueAsync),
        new("What_Normalize_gives_is_what_is_read_back", "S7", StoreFeatures.None, NormalFormAsync),
        new("Normalizing_twice_changes_nothing", "S7", StoreFeatures.None, NormalizeTwiceAsync),
        new("Ids_of_all_sorts_are_kept_apart", "S7", StoreFeatures.None, IdsAsync),
        new("A_large_record_reads_back_whole", "S7", StoreFeatures.None, LargeAsync),
        new("A_field_set_and_unset_is_missing_again", "S7", StoreFeatures.None, UnsetAsync),
        new("A_default_of_the_database_becomes_part_of_the_record", "S7", StoreFeatures.Relations, DefaultsAsync),
        new("A_value_that_its_column_cannot_hold_is_refused_beforehand", "S7", StoreFeatures.Relations, TypeMismatchAsync),
        new("A_field_without_a_column_is_refused_beforehand", "S7", StoreFeatures.Relations, UnknownFieldAsync),
    ];

    private static async Task EveryValueAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        for (var i = 0; i < Values.Length; i++)
            await WriteAndReadBackAsync(driver, Create(Thing($"v{i}"), $$"""{"value":{{Values[i]}},"owner":{{Values[i]}},"marks":[{{Values[i]}}]}"""), patience);

        for (var i = 0; i < Values.Length; i++)
            await WriteAndReadBackAsync(driver, Set(Thing($"v{i}"), "owner", Values[(i + 1) % Values.Length]), patience);
    }

    private static async Task NormalFormAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        for (var i = 0; i < Books.Length; i++) await WriteAndReadBackAsync(driver, Create(Book($"b{i}"), Books[i]), patience);
        for (var i = 0; i < Books.Length; i++) await WriteAndReadBackAsync(driver, Set(Book($"b{i}"), "weight", "0.30000000000000004"), patience);
    }

    private static async Task NormalizeTwiceAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        foreach (var json in Books)
        {
            var once = driver.Store.Normalize(Book("b"), CanonicalJson.Parse(json), driver.Now);
            Expect.Same(null, once.Error, "the error of a value that fits");
            Expect.Same(once.Fields, driver.Store.Normalize(Book("b"), once.Fields, driver.Now.AddDays(1)).Fields, "what is normal already");
        }
    }

    private static async Task IdsAsync(TransactionStoreHome home, CancellationToken patience)
    {
        string[] ids = ["a", "A", " a", "a ", "ä", "a\u0308", "1", "01", "1.0", "𝄞", "\uFF5E", "'", "\"", "a/b", "a%", "_", new string('x', JsonLimits.MaxIdBytes)];
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        foreach (var id in ids)
        {
            await driver.WriteAsync(patience, Create(Thing(id), $$"""{"value":{{CanonicalJson.From(id)}}}"""), Create(Book(id), $$"""{"title":{{CanonicalJson.From(id)}}}"""));
        }

        var snapshot = await driver.Store.LoadAsync([.. ids.SelectMany(id => new[] { Thing(id), Book(id) })], patience);
        Expect.Same(2 * ids.Length, snapshot.Records.Count, "records by id");
        foreach (var id in ids)
        {
            Expect.Same(id, snapshot.Records[Thing(id)].Get(FieldPath.Of("value")).AsString(), "the record of an id");
            Expect.Same(id, snapshot.Records[Book(id)].Get(FieldPath.Of("title")).AsString(), "the record of an id");
        }
    }

    private static async Task LargeAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        var text = CanonicalJson.From(string.Concat(Enumerable.Repeat("long é𝄞\n", 30_000)));
        await WriteAndReadBackAsync(driver, Create(Thing("large"), $$"""{"value":{{text}},"owner":{{text}}}"""), patience);
        var found = await driver.QueryAsync(new Query { Table = ConformanceModel.Things, Where = [new QueryCondition.EqualTo(FieldPath.Of("owner"), text)] }, patience);
        Expect.Same(1, found.Count, "records found by a long value");
    }

    private static async Task UnsetAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        foreach (var key in new[] { Thing("a"), Book("a") })
        {
            var (field, fields) = key.Table == ConformanceModel.Things ? ("value", "{}") : ("weight", """{"title":"T"}""");
            var created = await WriteAndReadBackAsync(driver, Create(key, fields), patience);
            await WriteAndReadBackAsync(driver, Set(key, field, "1"), patience);
            var unset = await WriteAndReadBackAsync(driver, Unset(key, field), patience);
            Expect.Same(created.Fields, unset.Fields, "the fields after set and unset");
        }
    }

    private static async Task DefaultsAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        var book = await WriteAndReadBackAsync(driver, Create(Book("b"), """{"title":"T"}"""), patience);
        var expected = CanonicalJson.Parse($$"""{"title":"T","status":"in","pages":0,"createdAt":{{CanonicalJson.From(driver.Now)}}}""");
        Expect.Same(expected, book.Fields, "a record with its defaults");
        var shelf = await WriteAndReadBackAsync(driver, Create(Shelf("s"), """{"name":"N"}"""), patience);
        Expect.Same(CanonicalJson.Parse("""{"name":"N","memberIds":[]}"""), shelf.Fields, "a record with its defaults");
    }

    private static async Task TypeMismatchAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        foreach (var bad in new[] { "\"pages\":1.5", "\"pages\":\"1\"", "\"pages\":9223372036854775808", "\"weight\":\"1\"", "\"isLent\":1", "\"title\":1", "\"tags\":\"a\"", "\"dueDate\":\"soon\"", "\"changedAt\":5", "\"details\":[]" })
        {
            var result = driver.Store.Normalize(Book("b"), CanonicalJson.Parse(bad.StartsWith("\"title", StringComparison.Ordinal) ? $"{{{bad}}}" : $$"""{"title":"T",{{bad}}}"""), driver.Now);
            Expect.Same(ErrorCodes.TypeMismatch, result.Error?.Code, $"the error of {bad}");
        }
    }

    private static async Task UnknownFieldAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        var result = driver.Store.Normalize(Book("b"), CanonicalJson.Parse("""{"title":"T","colour":"red"}"""), driver.Now);
        Expect.Same(ErrorCodes.UnknownField, result.Error?.Code, "the error of an unknown field");
    }

    private static async Task<Record> WriteAndReadBackAsync(StoreDriver driver, Operation operation, CancellationToken patience)
    {
        var batch = await driver.DecideAsync(patience, driver.Draft(operation));
        Expect.Committed(await driver.Store.CommitAsync(batch, patience));
        var given = batch.Entries[0].Changes[0].After;
        Expect.SameRecord(given, await driver.FindAsync(operation.Key, patience), "a record by its id");
        var query = new Query { Table = operation.Key.Table, Where = [new QueryCondition.EqualTo(FieldPath.Id, CanonicalJson.From(operation.Key.Id))] };
        Expect.SameRecord(given, (await driver.QueryAsync(query, patience)).SingleOrDefault(), "a record by a query");
        return given;
    }

}
