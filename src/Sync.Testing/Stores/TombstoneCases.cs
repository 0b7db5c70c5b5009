using static Sync.Testing.Ops;

namespace Sync.Testing;

internal static class TombstoneCases
{
    public static IReadOnlyList<TransactionStoreCase> All { get; } =
    [
        new("A_deleted_record_leaves_its_last_image", "S7", StoreFeatures.None, LastImageAsync),
        new("A_deleted_record_is_in_no_query", "S7", StoreFeatures.None, NoQueryAsync),
        new("A_restored_record_is_whole_again", "S7", StoreFeatures.None, RestoredAsync),
        new("A_record_created_over_a_tombstone_goes_on_from_its_version", "S7", StoreFeatures.None, CreatedAgainAsync),
        new("A_record_created_and_deleted_at_once_leaves_a_tombstone", "S7", StoreFeatures.None, CreatedAndDeletedAsync),
        new("A_record_deleted_and_restored_at_once_is_alive", "S7", StoreFeatures.None, DeletedAndRestoredAsync),
        new("Tombstones_of_one_id_in_two_tables_are_apart", "S7", StoreFeatures.None, TwoTablesAsync),
    ];

    private static readonly string Fields = """{"title":"T","tags":["a"],"weight":0.5,"createdAt":"2026-01-01T00:00:00.000000Z"}""";

    private static async Task LastImageAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Book("a"), Fields));
        var live = await driver.FindAsync(Book("a"), patience);
        await driver.WriteAsync(patience, Delete(Book("a")));
        Expect.SameRecord(new Record(Book("a"), 2, live!.Fields, isDeleted: true), await driver.FindAsync(Book("a"), patience), "the tombstone");
    }

    private static async Task NoQueryAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Book("a"), Fields), Create(Book("b"), Fields));
        await driver.WriteAsync(patience, Delete(Book("a")));
        Query[] queries =
        [
            new() { Table = ConformanceModel.Books },
            new() { Table = ConformanceModel.Books, Where = [new QueryCondition.Contains(FieldPath.Of("tags"), CanonicalJson.From("a"))] },
            new() { Table = ConformanceModel.Books, Where = [new QueryCondition.AnyOf(FieldPath.Id, [CanonicalJson.From("a"), CanonicalJson.From("b")])] },
        ];
        foreach (var query in queries) Expect.SameList(["b"], (await driver.QueryAsync(query, patience)).Select(r => r.Id), $"records of {query}");
    }

    private static async Task RestoredAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Book("a"), Fields));
        var live = await driver.FindAsync(Book("a"), patience);
        await driver.WriteAsync(patience, Delete(Book("a")));
        await driver.WriteAsync(patience, Restore(Book("a")));
        Expect.SameRecord(new Record(Book("a"), 3, live!.Fields), await driver.FindAsync(Book("a"), patience), "the restored record");

        var query = new Query { Table = ConformanceModel.Books, Where = [new QueryCondition.Contains(FieldPath.Of("tags"), CanonicalJson.From("a"))] };
        Expect.SameList(["a"], (await driver.QueryAsync(query, patience)).Select(r => r.Id), "what an index finds of it");
    }

    private static async Task CreatedAgainAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Thing("a"), """{"value":1}"""));
        await driver.WriteAsync(patience, Delete(Thing("a")));
        await driver.WriteAsync(patience, Create(Thing("a"), """{"other":2}"""));
        Expect.SameRecord(new Record(Thing("a"), 3, CanonicalJson.Parse("""{"other":2}""")), await driver.FindAsync(Thing("a"), patience), "the new record");
    }

    private static async Task CreatedAndDeletedAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Thing("a"), """{"value":1}"""), Delete(Thing("a")));
        Expect.SameRecord(new Record(Thing("a"), 2, CanonicalJson.Parse("""{"value":1}"""), isDeleted: true), await driver.FindAsync(Thing("a"), patience), "the tombstone");
    }

    private static async Task DeletedAndRestoredAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Thing("a"), """{"value":1}"""));
        await driver.WriteAsync(patience, Delete(Thing("a")), Restore(Thing("a")), Set(Thing("a"), "value", "2"));
        Expect.SameRecord(new Record(Thing("a"), 4, CanonicalJson.Parse("""{"value":2}""")), await driver.FindAsync(Thing("a"), patience), "the record");
        await driver.WriteAsync(patience, Delete(Thing("a")));
        await driver.WriteAsync(patience, Restore(Thing("a")), Delete(Thing("a")));
        Expect.SameRecord(new Record(Thing("a"), 7, CanonicalJson.Parse("""{"value":2}"""), isDeleted: true), await driver.FindAsync(Thing("a"), patience), "the tombstone");
    }

    private static async Task TwoTablesAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Thing("a"), "{}"), Create(Book("a"), Fields));
        await driver.WriteAsync(patience, Delete(Thing("a")));
        Expect.Same(true, (await driver.FindAsync(Thing("a"), patience))?.IsDeleted, "whether the deleted one is deleted");
        Expect.Same(false, (await driver.FindAsync(Book("a"), patience))?.IsDeleted, "whether the other is deleted");
    }
}
