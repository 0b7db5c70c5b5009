using Sync.Server;
using static Sync.Testing.Ops;

namespace Sync.Testing;

internal static class ExpectationCases
{
    public static IReadOnlyList<TransactionStoreCase> All { get; } =
    [
        new("A_batch_decided_on_an_older_version_is_lost", "S5", StoreFeatures.None, OlderVersionAsync),
        new("A_batch_that_expected_no_record_is_lost_where_there_is_one", "S5", StoreFeatures.None, ExpectedNoneAsync),
        new("A_batch_that_only_read_a_record_is_lost_when_that_changed", "S5", StoreFeatures.None, OnlyReadAsync),
        new("A_tombstone_has_a_version_that_can_be_expected", "S5", StoreFeatures.None, TombstoneAsync),
        new("A_lost_batch_leaves_nothing_behind", "S2", StoreFeatures.None, LeavesNothingAsync),
        new("A_lookup_that_finds_one_more_is_lost", "S5", StoreFeatures.None, (h, p) => LookupAsync(h, Create(Thing("c"), """{"owner":"x"}"""), p)),
        new("A_lookup_that_finds_one_less_is_lost", "S5", StoreFeatures.None, (h, p) => LookupAsync(h, Set(Thing("a"), "owner", "\"y\""), p)),
        new("A_lookup_that_finds_a_deleted_one_no_more_is_lost", "S5", StoreFeatures.None, (h, p) => LookupAsync(h, Delete(Thing("a")), p)),
        new("A_lookup_that_finds_another_version_is_lost", "S5", StoreFeatures.None, (h, p) => LookupAsync(h, Set(Thing("a"), "value", "1"), p)),
        new("A_lookup_that_is_as_it_was_holds", "S5", StoreFeatures.None, LookupHoldsAsync),
        new("A_lookup_finds_elements_of_lists_and_missing_fields", "S5", StoreFeatures.None, LookupKindsAsync),
    ];

    private static async Task OlderVersionAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Thing("a"), "{}"), Create(Thing("b"), "{}"));
        var late = await driver.DecideAsync(patience, driver.Draft(Set(Thing("a"), "value", "1"), Set(Thing("b"), "value", "1")));
        await driver.WriteAsync(patience, Set(Thing("a"), "value", "2"));
        await ExpectLostAsync(driver, late, [Thing("a")], patience);
    }

    private static async Task ExpectedNoneAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        var late = await driver.DecideAsync(patience, driver.Draft(Create(Thing("a"), "{}")));
        await driver.WriteAsync(patience, Create(Thing("a"), """{"value":2}"""));
        await ExpectLostAsync(driver, late, [Thing("a")], patience);
    }

    private static async Task OnlyReadAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Thing("right"), "{}"));
        var decided = await driver.DecideAsync(patience, driver.Draft(Create(Thing("a"), "{}")));
        var late = decided with { Expected = new Dictionary<RecordKey, long>(decided.Expected) { [Thing("right")] = 1, [Thing("absent")] = 0 } };
        await driver.WriteAsync(patience, Delete(Thing("right")));
        await ExpectLostAsync(driver, late, [Thing("right")], patience);
    }

    private static async Task TombstoneAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(patience, Create(Thing("a"), "{}"));
        await driver.WriteAsync(patience, Delete(Thing("a")));
        var decided = await driver.DecideAsync(patience, driver.Draft(Create(Thing("b"), "{}")));

        await ExpectLostAsync(driver, Expecting(decided, Thing("a"), 0), [Thing("a")], patience);
        await ExpectLostAsync(driver, Expecting(decided, Thing("a"), 1), [Thing("a")], patience);
        Expect.Committed(await driver.Store.CommitAsync(Expecting(decided, Thing("a"), 2), patience));
    }

    private static async Task LeavesNothingAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        var head = await driver.WriteAsync(patience, Create(Thing("a"), "{}"), Create(Thing("b"), "{}"));
        var late = await driver.DecideAsync(
            patience,
            driver.Draft(Create(Thing("new"), "{}"), Delete(Thing("b"))) with { Client = new("client", "ann", 1) },
            driver.Draft(Set(Thing("a"), "value", "1")));
        head = await driver.WriteAsync(patience, Set(Thing("a"), "value", "2"));
        await ExpectLostAsync(driver, late, [Thing("a")], patience);

        Expect.SameRecord(null, await driver.FindAsync(Thing("new"), patience), "a record of a lost batch");
        Expect.Same(false, (await driver.FindAsync(Thing("b"), patience))?.IsDeleted, "whether a record that a lost batch deletes is deleted");
        Expect.Same(null, await driver.Store.FindClientAsync("client", patience), "a client's position of a lost batch");
        Expect.Same(head, (await driver.Store.ReadLogAsync(Revision.None, 10, patience)).Head, "the head after a lost batch");
    }

    private static async Task LookupAsync(TransactionStoreHome home, Operation between, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        var decided = await WithLookupAsync(driver, patience);
        await driver.WriteAsync(patience, between);
        Expect.Answer<CommitAnswer.Lost>(await driver.Store.CommitAsync(decided, patience));
        Expect.SameRecord(null, await driver.FindAsync(Thing("written"), patience), "a record of a lost batch");
    }

    private static async Task LookupHoldsAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        var decided = await WithLookupAsync(driver, patience);
        await driver.WriteAsync(patience, Create(Thing("else"), """{"owner":"y"}"""));
        Expect.Committed(await driver.Store.CommitAsync(decided, patience));
    }

    private static async Task LookupKindsAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        await driver.WriteAsync(
            patience,
            Create(Thing("list"), """{"marks":["m","n"],"owner":1}"""),
            Create(Thing("scalar"), """{"marks":"m","owner":1}"""),
            Create(Thing("null"), """{"marks":[],"owner":null}"""),
            Create(Thing("missing"), """{"marks":["o"]}"""));
        var decided = await driver.DecideAsync(patience, driver.Draft(Create(Thing("written"), "{}")));
        var marks = FieldPath.Of("marks");
        var owner = FieldPath.Of("owner");
        var batch = decided with
        {
            ExpectedLookups =
            [
                new(ConformanceModel.Things, marks, CanonicalJson.From("m"), [("list", 1), ("scalar", 1)]),
                new(ConformanceModel.Things, owner, CanonicalJson.Null, [("missing", 1), ("null", 1)]),
                new(ConformanceModel.Things, owner, CanonicalJson.From(1), [("list", 1), ("scalar", 1)]),
                new(ConformanceModel.Things, owner, CanonicalJson.From("1"), []),
            ],
        };
        Expect.Committed(await driver.Store.CommitAsync(batch, patience));
    }

    /// <summary>A batch decided on "x owns a and b", with ids that C# and code points order differently.</summary>
    private static async Task<CommitBatch> WithLookupAsync(StoreDriver driver, CancellationToken patience)
    {
        await driver.WriteAsync(
            patience, Create(Thing("a"), """{"owner":"x"}"""), Create(Thing("\uFF5E"), """{"owner":"x"}"""), Create(Thing("𝄞"), """{"owner":"x"}"""), Create(Thing("other"), """{"owner":"y"}"""));
        var decided = await driver.DecideAsync(patience, driver.Draft(Create(Thing("written"), "{}")));
        return decided with
        {
            ExpectedLookups = [new(ConformanceModel.Things, FieldPath.Of("owner"), CanonicalJson.From("x"), [("a", 1), ("\uFF5E", 1), ("𝄞", 1)])],
        };
    }

    private static CommitBatch Expecting(CommitBatch batch, RecordKey key, long version) =>
        batch with { Expected = new Dictionary<RecordKey, long>(batch.Expected) { [key] = version } };

    private static async Task ExpectLostAsync(StoreDriver driver, CommitBatch batch, RecordKey[] keys, CancellationToken patience)
    {
        var lost = Expect.Answer<CommitAnswer.Lost>(await driver.Store.CommitAsync(batch, patience));
        Expect.SameList(keys, lost.Keys.Order(), "the keys that differ");
        var receipts = await driver.Store.FindReceiptsAsync([.. batch.Entries.Select(e => e.Id)], patience);
        Expect.Same(0, receipts.Count, "receipts of a lost batch");
    }
}
