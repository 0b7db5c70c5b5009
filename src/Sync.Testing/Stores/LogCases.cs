using Sync.Server;
using static Sync.Testing.Ops;

namespace Sync.Testing;

internal static class LogCases
{
    public static IReadOnlyList<TransactionStoreCase> All { get; } =
    [
        new("An_empty_store_has_no_revision", "S3", StoreFeatures.None, EmptyAsync),
        new("Accepted_transactions_get_consecutive_revisions_in_their_order", "S3", StoreFeatures.None, ConsecutiveAsync),
        new("A_rejection_takes_no_revision", "S3", StoreFeatures.None, RejectionAsync),
        new("An_entry_reads_back_as_it_was_given", "S3", StoreFeatures.None, EntryReadsBackAsync),
        new("The_log_is_read_in_pages", "S3", StoreFeatures.None, PagesAsync),
        new("A_log_keeps_a_bounded_number_of_entries_and_says_so", "S3", StoreFeatures.ShortLog, TrimmedAsync),
    ];

    private static async Task EmptyAsync(TransactionStoreHome home, CancellationToken patience)
    {
        var store = home.Create();
        await using var driver = new StoreDriver(store);
        Expect.Same(Revision.None, (await store.OpenAsync(ConformanceModel.Model, patience)).Head, "the head of an empty store");
        var page = await store.ReadLogAsync(Revision.None, 10, patience);
        Expect.Same((0, Revision.None, false), (page.Entries.Count, page.Head, page.IsTrimmed), "the log of an empty store");
        Expect.Same(Revision.None, (await store.LoadAsync([Thing("a")], patience)).Revision, "a snapshot's revision in an empty store");
    }

    private static async Task ConsecutiveAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        Expect.Same(new Revision(1), await driver.WriteAsync(patience, Create(Thing("a"), "{}")), "the first revision");
        var batch = await driver.DecideAsync(patience, driver.Draft(Create(Thing("b"), "{}")), driver.Draft(Set(Thing("a"), "value", "1")), driver.Draft(Set(Thing("b"), "value", "2")));
        Expect.Same(new Revision(2), Expect.Committed(await driver.Store.CommitAsync(batch, patience)), "a batch's first revision");

        var page = await driver.Store.ReadLogAsync(new Revision(1), 10, patience);
        Expect.SameList([2L, 3, 4], page.Entries.Select(e => e.Revision.Value), "revisions in the log");
        Expect.SameList(batch.Entries.Select(e => e.Id.TxId), page.Entries.Select(e => e.Id.TxId), "transactions in the log");
    }

    private static async Task RejectionAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        var batch = await driver.DecideAsync(
            patience,
            driver.Draft(Create(Thing("a"), "{}")),
            driver.Draft(Create(Thing("b"), "{}")) with { IsAccepted = false },
            driver.Draft(Create(Thing("c"), "{}")));
        Expect.Same(new Revision(1), Expect.Committed(await driver.Store.CommitAsync(batch, patience)), "the first revision");

        var receipts = await driver.Store.FindReceiptsAsync([.. batch.Entries.Select(e => e.Id)], patience);
        Expect.SameList(
            ["tx-1: 1, True", "tx-2: 0, False", "tx-3: 2, True"],
            receipts.OrderBy(r => r.Id.TxId, StringComparer.Ordinal).Select(r => $"{r.Id.TxId}: {r.Revision}, {r.Receipt.IsAccepted}"),
            "receipts with their revisions");
        var page = await driver.Store.ReadLogAsync(Revision.None, 10, patience);
        Expect.SameList(["tx-1", "tx-3"], page.Entries.Select(e => e.Id.TxId), "transactions in the log");
        Expect.SameRecord(null, await driver.FindAsync(Thing("b"), patience), "what a rejected transaction would have made");
    }

    private static async Task EntryReadsBackAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Thing("a"), """{"value":"\"𝄞\\\n"}"""), Create(Thing("b"), "{}"));
        await driver.WriteAsync(patience, Delete(Thing("b")));
        var batch = await driver.DecideAsync(patience, driver.Draft(Set(Thing("a"), "other", "[1,{}]"), Restore(Thing("b")), Create(Thing("c"), "{}")));
        var given = batch.Entries[0] with { Mark = ulong.MaxValue - 5 };
        var revision = Expect.Committed(await driver.Store.CommitAsync(batch with { Entries = [given] }, patience));

        var page = await driver.Store.ReadLogAsync(new Revision(revision.Value - 1), 1, patience);
        var came = page.Entries[0];
        Expect.Same((revision, given.Mark, given.Id, given.Receipt.Now), (came.Revision, came.Mark, came.Id, came.Now), "the entry");
        Expect.Same(given.Operations, came.Operations, "its operations");
        Expect.Same(given.Changes.Count, came.Changes.Count, "the number of its changes");
        foreach (var (expected, actual) in given.Changes.Zip(came.Changes))
        {
            Expect.SameRecord(expected.Before, actual.Before, "the side before");
            Expect.SameRecord(expected.After, actual.After, "the side after");
        }
    }

    private static async Task PagesAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        for (var i = 0; i < 5; i++) await driver.WriteAsync(patience, Create(Thing($"t{i}"), "{}"));

        var read = new List<long>();
        var after = Revision.None;
        while (await driver.Store.ReadLogAsync(after, 2, patience) is { Entries.Count: > 0 } page)
        {
            Expect.That(page.Entries.Count <= 2, "at most 2 entries a page");
            Expect.Same((new Revision(5), false), (page.Head, page.IsTrimmed), "the head that a page tells");
            read.AddRange(page.Entries.Select(e => e.Revision.Value));
            after = page.Entries[^1].Revision;
        }

        Expect.SameList([1L, 2, 3, 4, 5], read, "revisions over all pages");
    }

    private static async Task TrimmedAsync(TransactionStoreHome home, CancellationToken patience)
    {
        const int Kept = 5;
        const int Written = 40;
        await using var driver = new StoreDriver(home.CreateWithShortLog(Kept));
        await driver.Store.OpenAsync(ConformanceModel.Model, patience);
        for (var i = 0; i < Written; i++) await driver.WriteAsync(patience, Create(Thing($"t{i}"), "{}"));

        var fromStart = await driver.Store.ReadLogAsync(Revision.None, 1000, patience);
        Expect.That(fromStart.IsTrimmed, "a page from before the oldest entry to say that the log is trimmed");
        Expect.Same(new Revision(Written), fromStart.Head, "the head");
        var revisions = fromStart.Entries.Select(e => e.Revision.Value).ToList();
        Expect.That(revisions.Count is >= Kept and <= 2 * Kept, $"between {Kept} and {2 * Kept} entries, not {revisions.Count}");
        Expect.SameList(Enumerable.Range(Written - revisions.Count + 1, revisions.Count).Select(i => (long)i), revisions, "the newest entries, without gaps");

        var fromOldest = await driver.Store.ReadLogAsync(new Revision(revisions[0] - 1), 1000, patience);
        Expect.Same((false, revisions.Count), (fromOldest.IsTrimmed, fromOldest.Entries.Count), "a page from just before the oldest entry");
        Expect.Same(Written, (await driver.QueryAsync(new Query { Table = ConformanceModel.Things }, patience)).Count, "records after trimming");
    }
}
