using Sync.Server;
using static Sync.Testing.Ops;

namespace Sync.Testing;

/// <summary>What a database refuses of its own accord. Only for stores that keep an app's own tables.</summary>
internal static class ConstraintCases
{
    public static IReadOnlyList<TransactionStoreCase> All { get; } =
    [
        new("A_reference_to_nothing_is_refused", "S6", StoreFeatures.Relations, (h, p) => RefusedAsync(h, Create(Book("bad"), """{"title":"T","shelfId":"nowhere"}"""), p)),
        new("A_unique_value_taken_is_refused", "S6", StoreFeatures.Relations, (h, p) => RefusedAsync(h, Create(Shelf("bad"), """{"name":"taken"}"""), p)),
        new("A_value_that_a_check_forbids_is_refused", "S6", StoreFeatures.Relations, (h, p) => RefusedAsync(h, Create(Book("bad"), """{"title":"T","pages":-1}"""), p)),
        new("An_empty_value_that_must_be_there_is_refused", "S6", StoreFeatures.Relations, (h, p) => RefusedAsync(h, Create(Book("bad"), """{"pages":1}"""), p)),
        new("References_are_judged_at_the_end_of_a_transaction", "S6", StoreFeatures.Relations, ReferencesAtTheEndAsync),
        new("Cascades_are_told_when_the_store_is_opened", "S6", StoreFeatures.Relations, CascadesAreToldAsync),
        new("A_cascade_that_was_made_into_operations_leaves_tombstones", "S6", StoreFeatures.Relations, CascadeAsync),
        new("A_record_moved_away_in_the_same_transaction_is_not_taken_along", "S6", StoreFeatures.Relations, MovedAwayAsync),
    ];

    private static async Task RefusedAsync(TransactionStoreHome home, Operation bad, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        var head = await driver.WriteAsync(patience, Create(Shelf("s"), """{"name":"taken"}"""));
        var before = driver.Draft(Create(Book("before"), """{"title":"T","shelfId":"s"}""")) with { Client = new("client", "ann", 1) };
        var batch = await driver.DecideAsync(patience, before, driver.Draft(Create(Thing("with"), "{}"), bad), driver.Draft(Create(Book("after"), """{"title":"T"}""")));

        var refused = Expect.Answer<CommitAnswer.Refused>(await driver.Store.CommitAsync(batch, patience));
        Expect.Same(1, refused.EntryIndex, "the place of the refused transaction");
        foreach (var key in batch.Expected.Keys) Expect.SameRecord(null, await driver.FindAsync(key, patience), "a record of a refused batch");
        Expect.Same(0, (await driver.Store.FindReceiptsAsync([.. batch.Entries.Select(e => e.Id)], patience)).Count, "receipts of a refused batch");
        Expect.Same(null, await driver.Store.FindClientAsync("client", patience), "a client's position of a refused batch");

        var rest = batch with { Entries = [batch.Entries[0], batch.Entries[2]] };
        Expect.Same(head.Next, Expect.Committed(await driver.Store.CommitAsync(rest, patience)), "the revision of the rest");
    }

    private static async Task ReferencesAtTheEndAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Book("b"), """{"title":"T","shelfId":"s"}"""), Create(Shelf("s"), """{"name":"N"}"""));
        Expect.That(await driver.FindAsync(Book("b"), patience) is { IsDeleted: false }, "a child that came before its parent");
    }

    private static async Task CascadesAreToldAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var store = home.Create();
        var info = await store.OpenAsync(ConformanceModel.Model, patience);
        Expect.SameList(
            ["lentTo SetNull", "shelfId Delete"],
            info.Cascades.Where(c => c is { ParentTable: ConformanceModel.Shelves, ChildTable: ConformanceModel.Books }).Select(c => $"{c.ChildField} {c.Action}").Order(StringComparer.Ordinal),
            "cascades from shelves to books");
        Expect.Same(2, info.Cascades.Count, "the number of cascades");
    }

    private static async Task CascadeAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Shelf("s"), """{"name":"N"}"""), Create(Book("on"), """{"title":"On","shelfId":"s"}"""), Create(Book("lent"), """{"title":"Lent","lentTo":"s"}"""));
        var batch = await driver.DecideAsync(patience, driver.Draft(Delete(Shelf("s")), Delete(Book("on")), Unset(Book("lent"), "lentTo")));
        Expect.Committed(await driver.Store.CommitAsync(batch, patience));
        foreach (var change in batch.Entries[0].Changes) Expect.SameRecord(change.After, await driver.FindAsync(change.Key, patience), "a record after a cascade");
    }

    private static async Task MovedAwayAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Shelf("old"), """{"name":"Old"}"""), Create(Book("b"), """{"title":"B","shelfId":"old"}"""));
        var batch = await driver.DecideAsync(patience, driver.Draft(Delete(Shelf("old")), Create(Shelf("new"), """{"name":"Old"}"""), Set(Book("b"), "shelfId", "\"new\"")));
        Expect.Committed(await driver.Store.CommitAsync(batch, patience));
        foreach (var change in batch.Entries[0].Changes) Expect.SameRecord(change.After, await driver.FindAsync(change.Key, patience), "a record after the move");
    }
}
