using Sync.Server;
using static Sync.Testing.Ops;

namespace Sync.Testing;

internal static class ReceiptCases
{
    public static IReadOnlyList<TransactionStoreCase> All { get; } =
    [
        new("A_receipt_reads_back_as_it_was_given", "S2", StoreFeatures.None, ReadsBackAsync),
        new("The_same_id_of_another_author_is_another_transaction", "S8", StoreFeatures.None, OtherAuthorAsync),
        new("A_transaction_with_a_receipt_is_not_written_again", "S8", StoreFeatures.None, NotAgainAsync),
        new("A_transaction_with_a_receipt_is_told_before_a_version_that_differs", "S8", StoreFeatures.None, ToldFirstAsync),
        new("A_place_that_its_client_has_passed_is_not_written", "S8", StoreFeatures.None, PassedAsync),
        new("A_clients_place_is_not_written_by_another_author", "S8", StoreFeatures.None, OtherAuthorsClientAsync),
        new("A_client_that_never_was_has_no_position", "S2", StoreFeatures.None, NoPositionAsync),
        new("A_client_position_moves_with_its_transactions", "S2", StoreFeatures.None, PositionMovesAsync),
    ];

    private static async Task ReadsBackAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        var batch = await driver.DecideAsync(patience, driver.Draft(Create(Thing("a"), "{}")), driver.Draft() with { IsAccepted = false, AuthorId = "𝄞'\"", TxId = "ünï" });
        Expect.Committed(await driver.Store.CommitAsync(batch, patience));

        var found = await driver.Store.FindReceiptsAsync([batch.Entries[1].Id, new("ann", "never"), batch.Entries[0].Id], patience);
        Expect.Same(2, found.Count, "receipts found");
        foreach (var entry in batch.Entries)
        {
            var receipt = found.Single(r => r.Id == entry.Id);
            Expect.Same(Convert.ToHexString(entry.ContentHash.Span), Convert.ToHexString(receipt.ContentHash.Span), "the content hash");
            Expect.Same(ProtocolCodec.ToJson(entry.Receipt), ProtocolCodec.ToJson(receipt.Receipt), "the receipt");
        }
    }

    private static async Task OtherAuthorAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        var batch = await driver.DecideAsync(
            patience,
            driver.Draft(Create(Thing("a"), "{}")) with { AuthorId = "ann", TxId = "same" },
            driver.Draft(Create(Thing("b"), "{}")) with { AuthorId = "bob", TxId = "same" });
        Expect.Committed(await driver.Store.CommitAsync(batch, patience));
        var bobs = await driver.Store.FindReceiptsAsync([new("bob", "same"), new("carol", "same")], patience);
        Expect.SameList(["bob 2"], bobs.Select(r => $"{r.Id.AuthorId} {r.Revision}"), "receipts by author");
    }

    private static async Task NotAgainAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        var draft = driver.Draft(Create(Thing("a"), "{}"));
        await CommitAsync(driver, draft, patience);
        var again = await driver.DecideAsync(patience, driver.Draft(Create(Thing("c"), "{}")), draft with { Operations = [Create(Thing("b"), "{}")] });
        Expect.Answer<CommitAnswer.Unknown>(await driver.Store.CommitAsync(again, patience));
        Expect.SameRecord(null, await driver.FindAsync(Thing("b"), patience), "what the second would have made");
        Expect.SameRecord(null, await driver.FindAsync(Thing("c"), patience), "what its neighbour would have made");
    }

    private static async Task ToldFirstAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        var batch = await driver.DecideAsync(patience, driver.Draft(Create(Thing("a"), "{}")));
        Expect.Committed(await driver.Store.CommitAsync(batch, patience));
        Expect.Answer<CommitAnswer.Unknown>(await driver.Store.CommitAsync(batch, patience));
        Expect.Same(1L, (await driver.FindAsync(Thing("a"), patience))?.Version, "the version after the same batch twice");
    }

    private static async Task NoPositionAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        Expect.Same(null, await driver.Store.FindClientAsync("never", patience), "the position of a client that never was");
    }

    private static async Task PositionMovesAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await CommitAsync(driver, driver.Draft(Create(Thing("a"), "{}")) with { Client = new("one", "ann", 3) }, patience);
        var rejected = driver.Draft(Create(Thing("b"), "{}")) with { Client = new("one", "ann", 9), IsAccepted = false };
        await CommitAsync(driver, rejected, patience);
        await CommitAsync(driver, driver.Draft(Create(Thing("c"), "{}")) with { Client = new("two", "bob", 1) }, patience);
        Expect.Same(new ClientPosition("one", "ann", 9), await driver.Store.FindClientAsync("one", patience), "the first client's position");
        Expect.Same(new ClientPosition("two", "bob", 1), await driver.Store.FindClientAsync("two", patience), "the second client's position");
    }

    private static async Task PassedAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await CommitAsync(driver, driver.Draft(Create(Thing("a"), "{}")) with { Client = new("one", "ann", 4) }, patience);
        foreach (var passed in new[] { 4L, 3L })
        {
            var batch = await driver.DecideAsync(patience, driver.Draft(Create(Thing("b"), "{}")), driver.Draft(Create(Thing("c"), "{}")) with { Client = new("one", "ann", passed) });
            Expect.Answer<CommitAnswer.Unknown>(await driver.Store.CommitAsync(batch, patience));
            Expect.SameRecord(null, await driver.FindAsync(Thing("b"), patience), "what its neighbour would have made");
            Expect.SameRecord(null, await driver.FindAsync(Thing("c"), patience), "what it would have made");
        }

        var next = await driver.DecideAsync(
            patience,
            driver.Draft(Create(Thing("d"), "{}")) with { Client = new("one", "ann", 5) },
            driver.Draft(Create(Thing("e"), "{}")) with { Client = new("one", "ann", 9), IsAccepted = false },
            driver.Draft(Create(Thing("f"), "{}")) with { Client = new("one", "ann", 10) });
        Expect.Committed(await driver.Store.CommitAsync(next, patience));
        Expect.Same(new ClientPosition("one", "ann", 10), await driver.Store.FindClientAsync("one", patience), "the client's position");
    }

    private static async Task OtherAuthorsClientAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await CommitAsync(driver, driver.Draft(Create(Thing("a"), "{}")) with { Client = new("one", "ann", 4) }, patience);
        var batch = await driver.DecideAsync(patience, driver.Draft(Create(Thing("b"), "{}")) with { AuthorId = "bob", Client = new("one", "bob", 5) });
        Expect.Answer<CommitAnswer.Unknown>(await driver.Store.CommitAsync(batch, patience));
        Expect.SameRecord(null, await driver.FindAsync(Thing("b"), patience), "what it would have made");
        Expect.Same(new ClientPosition("one", "ann", 4), await driver.Store.FindClientAsync("one", patience), "the client's position");
    }

    private static async Task CommitAsync(StoreDriver driver, SuiteTransaction draft, CancellationToken patience)
    {
        var batch = await driver.DecideAsync(patience, draft);
        Expect.Committed(await driver.Store.CommitAsync(batch, patience));
    }
}
