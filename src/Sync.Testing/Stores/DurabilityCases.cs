using Sync.Server;
using static Sync.Testing.Ops;

namespace Sync.Testing;

internal static class DurabilityCases
{
    public static IReadOnlyList<TransactionStoreCase> All { get; } =
    [
        new("What_was_committed_is_there_when_the_store_is_opened_again", "S1", StoreFeatures.Durable, IsThereAgainAsync),
        new("A_store_keeps_its_token_key", "S1", StoreFeatures.Durable, KeepsTokenKeyAsync),
        new("A_token_key_has_32_bytes", "S1", StoreFeatures.None, TokenKeyIsLongAsync),
        new("Revisions_go_on_when_the_store_is_opened_again", "S1", StoreFeatures.Durable, RevisionsGoOnAsync),
    ];

    private static async Task IsThereAgainAsync(TransactionStoreHome home, CancellationToken patience)
    {
        CommitBatch batch;
        await using (var driver = await StoreDriver.OpenAsync(home, patience))
        {
            await driver.WriteAsync(patience, Create(Thing("gone"), """{"value":1}"""));
            var draft = driver.Draft(Create(Thing("kept"), """{"value":[1,"two"]}"""), Delete(Thing("gone"))) with { Client = new("client", "ann", 7) };
            batch = await driver.DecideAsync(patience, draft);
            Expect.Committed(await driver.Store.CommitAsync(batch, patience));
        }

        await using var again = await StoreDriver.OpenAsync(home, patience);
        foreach (var change in batch.Entries[0].Changes)
            Expect.SameRecord(change.After, await again.FindAsync(change.Key, patience), "a record after reopening");
        Expect.Same(new ClientPosition("client", "ann", 7), await again.Store.FindClientAsync("client", patience), "the client's position");
        var receipts = await again.Store.FindReceiptsAsync([batch.Entries[0].Id], patience);
        Expect.Same(1, receipts.Count, "receipts after reopening");
        Expect.Same(ProtocolCodec.ToJson(batch.Entries[0].Receipt), ProtocolCodec.ToJson(receipts[0].Receipt), "the receipt");
        Expect.Same(2, (await again.Store.ReadLogAsync(Revision.None, 10, patience)).Entries.Count, "log entries after reopening");
    }

    private static async Task KeepsTokenKeyAsync(TransactionStoreHome home, CancellationToken patience)
    {
        var first = await TokenKeyAsync(home, patience);
        Expect.Same(first, await TokenKeyAsync(home, patience), "the token key after reopening");
    }

    private static async Task TokenKeyIsLongAsync(TransactionStoreHome home, CancellationToken patience)
    {
        var key = await TokenKeyAsync(home, patience);
        Expect.Same(64, key.Length, "digits of the token key");
        Expect.That(key != new string('0', 64), "a token key that is not all zeros");
    }

    private static async Task RevisionsGoOnAsync(TransactionStoreHome home, CancellationToken patience)
    {
        Revision last;
        await using (var driver = await StoreDriver.OpenAsync(home, patience))
            last = await driver.WriteAsync(patience, Create(Thing("a"), "{}"));

        var store = home.Create();
        await using var again = new StoreDriver(store);
        var info = await store.OpenAsync(ConformanceModel.Model, patience);
        Expect.Same(last, info.Head, "the head at opening");
        var batch = await again.DecideAsync(patience, again.Draft(Set(Thing("a"), "value", "2")) with { TxId = "later" });
        Expect.Same(last.Next, Expect.Committed(await store.CommitAsync(batch, patience)), "the next revision");
    }

    private static async Task<string> TokenKeyAsync(TransactionStoreHome home, CancellationToken patience)
    {
        var store = home.Create();
        await using var driver = new StoreDriver(store);
        var info = await store.OpenAsync(ConformanceModel.Model, patience);
        return Convert.ToHexString(info.TokenKey.Span);
    }
}
