using Sync.Server;
using static Sync.Testing.Ops;

namespace Sync.Testing;

internal static class HistoryCases
{
    public static IReadOnlyList<TransactionStoreCase> All { get; } =
    [
        new("A_record_that_never_was_has_no_history", "S10", StoreFeatures.None, NothingAsync),
        new("A_records_history_is_what_the_log_holds_of_it_newest_first", "S10", StoreFeatures.None, NewestFirstAsync),
        new("An_entry_has_the_operations_and_the_sides_of_its_record_alone", "S10", StoreFeatures.None, OneRecordAloneAsync),
        new("A_history_is_read_in_pages", "S10", StoreFeatures.None, PagesAsync),
        new("A_history_goes_on_over_a_deletion", "S10", StoreFeatures.None, DeletedAsync),
        new("Records_of_one_id_in_two_tables_have_histories_of_their_own", "S10", StoreFeatures.None, TwoTablesAsync),
        new("What_is_trimmed_from_the_log_is_in_no_history", "S10", StoreFeatures.ShortLog, TrimmedAsync),
        new("A_history_is_there_when_the_store_is_opened_again", "S10", StoreFeatures.Durable, ReopenedAsync),
    ];

    private static async Task NothingAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        var head = await driver.WriteAsync(patience, Create(Thing("a"), "{}"));
        var history = await driver.Store.ReadHistoryAsync(Thing("b"), null, 10, patience);
        Expect.Same((0, false, head), (history.Entries.Count, history.HasMore, history.Revision), "the history of nothing");
        var rejected = await driver.DecideAsync(patience, driver.Draft(Create(Thing("b"), "{}")) with { IsAccepted = false });
        await driver.Store.CommitAsync(rejected, patience);
        Expect.Same(0, (await driver.Store.ReadHistoryAsync(Thing("b"), null, 10, patience)).Entries.Count, "entries of what a rejected transaction would have made");
    }

    private static async Task NewestFirstAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Thing("a"), "{}"));
        await driver.WriteAsync(patience, Create(Thing("b"), "{}"));
        await driver.WriteAsync(patience, Set(Thing("a"), "value", "1"));
        var head = await driver.WriteAsync(patience, Set(Thing("b"), "value", "2"));

        var history = await driver.Store.ReadHistoryAsync(Thing("a"), null, 10, patience);
        Expect.SameList(["3 tx-3", "1 tx-1"], history.Entries.Select(e => $"{e.Revision} {e.Id.TxId}"), "the history");
        Expect.Same((false, head), (history.HasMore, history.Revision), "whether there is more, and the snapshot's revision");
    }

    private static async Task OneRecordAloneAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Thing("a"), """{"value":"\"𝄞\\\n"}"""), Create(Thing("b"), "{}"));
        var batch = await driver.DecideAsync(patience, driver.Draft(Set(Thing("b"), "value", "1"), Set(Thing("a"), "value", "[2]"), Set(Thing("b"), "value", "3"), Set(Thing("a"), "other", "4")));
        Expect.Committed(await driver.Store.CommitAsync(batch, patience));

        var came = (await driver.Store.ReadHistoryAsync(Thing("a"), null, 1, patience)).Entries[0];
        var given = batch.Entries[0].Changes.First(change => change.Key == Thing("a"));
        Expect.Same((batch.Entries[0].Id, batch.Entries[0].Receipt.Now), (came.Id, came.Now), "who and when");
        Expect.Same(CanonicalJson.List(new[] { Set(Thing("a"), "value", "[2]"), Set(Thing("a"), "other", "4") }.Select(ProtocolCodec.ToJson)), came.Operations, "its operations");
        Expect.SameRecord(given.Before, came.Change.Before, "the side before");
        Expect.SameRecord(given.After, came.Change.After, "the side after");
    }

    private static async Task PagesAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Thing("a"), "{}"), Create(Thing("b"), "{}"));
        for (var i = 0; i < 3; i++) await driver.WriteAsync(patience, Set(Thing("a"), "value", $"{i}"), Set(Thing("b"), "value", $"{i}"));

        var first = await driver.Store.ReadHistoryAsync(Thing("a"), null, 2, patience);
        Expect.SameList([4L, 3], first.Entries.Select(e => e.Revision.Value), "the first page");
        Expect.That(first.HasMore, "the first page to say that there is more");
        var second = await driver.Store.ReadHistoryAsync(Thing("a"), first.Entries[^1].Revision, 2, patience);
        Expect.SameList([2L, 1], second.Entries.Select(e => e.Revision.Value), "the second page");
        Expect.That(!second.HasMore, "a full page behind which nothing is to say so");
        Expect.Same(0, (await driver.Store.ReadHistoryAsync(Thing("a"), new Revision(1), 2, patience)).Entries.Count, "entries before the first");
    }

    private static async Task DeletedAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Thing("a"), """{"value":1}"""));
        await driver.WriteAsync(patience, Delete(Thing("a")));
        await driver.WriteAsync(patience, Restore(Thing("a")));

        var history = await driver.Store.ReadHistoryAsync(Thing("a"), null, 10, patience);
        Expect.SameList(["2 deleted, 3", "1, 2 deleted", "none, 1"], history.Entries.Select(e => $"{Side(e.Change.Before)}, {Side(e.Change.After)}"), "versions before and after");

        static string Side(Record? side) => side is null ? "none" : $"{side.Version}{(side.IsDeleted ? " deleted" : "")}";
    }

    private static async Task TwoTablesAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Thing("same"), "{}"));
        await driver.WriteAsync(patience, Create(Shelf("same"), """{"name":"x","memberIds":[]}"""));

        Expect.SameList([1L], (await driver.Store.ReadHistoryAsync(Thing("same"), null, 10, patience)).Entries.Select(e => e.Revision.Value), "the history of the one");
        Expect.SameList([2L], (await driver.Store.ReadHistoryAsync(Shelf("same"), null, 10, patience)).Entries.Select(e => e.Revision.Value), "the history of the other");
    }

    private static async Task TrimmedAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = new StoreDriver(home.CreateWithShortLog(5));
        await driver.Store.OpenAsync(ConformanceModel.Model, patience);
        await driver.WriteAsync(patience, Create(Thing("a"), "{}"), Create(Thing("b"), "{}"));
        for (var i = 0; i < 40; i++) await driver.WriteAsync(patience, Set(Thing("a"), "value", $"{i}"));

        var log = await driver.Store.ReadLogAsync(Revision.None, 1000, patience);
        var history = await driver.Store.ReadHistoryAsync(Thing("a"), null, 1000, patience);
        Expect.SameList(log.Entries.Select(e => e.Revision.Value).Reverse(), history.Entries.Select(e => e.Revision.Value), "the history, as far as the log goes");
        Expect.That(!history.HasMore, "nothing more where the log ends");
        Expect.Same(0, (await driver.Store.ReadHistoryAsync(Thing("b"), null, 10, patience)).Entries.Count, "entries of a record whose only one is trimmed");
    }

    private static async Task ReopenedAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using (var driver = await StoreDriver.OpenAsync(home, patience)) await driver.WriteAsync(patience, Create(Thing("a"), "{}"));
        await using var again = await StoreDriver.OpenAsync(home, patience);
        Expect.SameList(["tx-1"], (await again.Store.ReadHistoryAsync(Thing("a"), null, 10, patience)).Entries.Select(e => e.Id.TxId), "the history after reopening");
    }
}
