using Sync.Server;
using static Sync.Testing.Ops;

namespace Sync.Testing;

/// <summary>Several stores over one place, as the nodes of one app.</summary>
internal static class SharedCases
{
    public static IReadOnlyList<TransactionStoreCase> All { get; } =
    [
        new("Stores_that_open_one_empty_place_at_once_agree_on_it", "S11", StoreFeatures.Shared, OpenAtOnceAsync),
        new("What_one_store_commits_the_other_reads", "S3", StoreFeatures.Shared, OtherReadsAsync),
        new("Of_two_batches_decided_on_one_state_the_later_is_lost", "S5", StoreFeatures.Shared, LaterIsLostAsync),
        new("Nobody_else_commits_while_the_turn_is_held", "S11", StoreFeatures.Shared, TurnAsync),
        new("A_turn_given_back_leaves_nothing_behind", "S11", StoreFeatures.Shared, GivenBackAsync),
        new("A_batch_committed_in_the_turn_is_judged_as_any_other", "S11", StoreFeatures.Shared, JudgedAsync),
        new("Revisions_of_stores_that_commit_at_once_have_no_gap", "S3", StoreFeatures.Shared, NoGapAsync),
        new("A_store_that_watches_hears_of_another_stores_commit", "S11", StoreFeatures.Shared, HeardAsync),
    ];

    private static async Task OpenAtOnceAsync(TransactionStoreHome home, CancellationToken patience)
    {
        var stores = Enumerable.Range(0, 10).Select(_ => home.Create()).ToList();
        var infos = await Task.WhenAll(stores.Select(store => store.OpenAsync(ConformanceModel.Model, patience).AsTask()));
        Expect.Same(1, infos.Select(info => Convert.ToHexString(info.TokenKey.Span)).Distinct().Count(), "the number of token keys");
        Expect.That(infos.All(info => info.IsShared), "a store that can be shared to say so");
        foreach (var store in stores) await store.DisposeAsync();
    }

    private static async Task OtherReadsAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var left = await StoreDriver.OpenAsync(home, patience);
        await using var right = await StoreDriver.OpenAsync(home, patience, "right");
        var revision = await left.WriteAsync(patience, Create(Thing("a"), """{"value":1}"""));
        Expect.SameRecord(await left.FindAsync(Thing("a"), patience), await right.FindAsync(Thing("a"), patience), "the record as the other store reads it");
        Expect.Same(revision, (await right.Store.ReadLogAsync(Revision.None, 10, patience)).Head, "the head that the other store tells");
    }

    private static async Task LaterIsLostAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var left = await StoreDriver.OpenAsync(home, patience);
        await using var right = await StoreDriver.OpenAsync(home, patience, "right");
        await left.WriteAsync(patience, Create(Thing("a"), "{}"));
        var (first, second) = (await left.DecideAsync(patience, Draft("left")), await right.DecideAsync(patience, Draft("right")));
        Expect.Committed(await left.Store.CommitAsync(first, patience));
        Expect.SameList([Thing("a")], Expect.Answer<CommitAnswer.Lost>(await right.Store.CommitAsync(second, patience)).Keys, "the keys that differ");
    }

    private static async Task TurnAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var left = await StoreDriver.OpenAsync(home, patience);
        await using var right = await StoreDriver.OpenAsync(home, patience, "right");
        var revision = await left.WriteAsync(patience, Create(Thing("a"), "{}"));
        var waiting = await right.DecideAsync(patience, Draft("waits"));

        await using var turn = await TurnOfAsync(left, patience);
        Expect.Same(revision, turn.Head, "the head that a turn tells");
        var late = right.Store.CommitAsync(waiting, patience).AsTask();
        var batch = await left.DecideAsync(patience, Draft("in turn"));
        Expect.That(!late.IsCompleted, "a commit beside a turn that is held to wait");
        Expect.Same(revision.Next, Expect.Committed(await turn.CommitAsync(batch, patience)), "the revision of what was committed in the turn");
        Expect.Answer<CommitAnswer.Lost>(await late);
    }

    private static async Task GivenBackAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var left = await StoreDriver.OpenAsync(home, patience);
        await using var right = await StoreDriver.OpenAsync(home, patience, "right");
        await left.WriteAsync(patience, Create(Thing("a"), "{}"));
        for (var i = 0; i < 3; i++)
        {
            await using var turn = await TurnOfAsync(left, patience);
        }

        await right.WriteAsync(patience, Set(Thing("a"), "value", "1"));
        await left.WriteAsync(patience, Set(Thing("a"), "value", "2"));
        Expect.Same(new Revision(3), (await right.Store.ReadLogAsync(Revision.None, 10, patience)).Head, "the head");
    }

    private static async Task JudgedAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var left = await StoreDriver.OpenAsync(home, patience);
        await using var right = await StoreDriver.OpenAsync(home, patience, "right");
        await left.WriteAsync(patience, Create(Thing("a"), "{}"));
        var stale = await left.DecideAsync(patience, Draft("stale"));
        await right.WriteAsync(patience, Set(Thing("a"), "value", "1"));
        await using (var turn = await TurnOfAsync(left, patience)) Expect.Answer<CommitAnswer.Lost>(await turn.CommitAsync(stale, patience));
        await right.WriteAsync(patience, Set(Thing("a"), "value", "2"));
    }

    private static async Task NoGapAsync(TransactionStoreHome home, CancellationToken patience)
    {
        const int Writers = 4;
        const int Each = 20;
        await using var reader = await StoreDriver.OpenAsync(home, patience);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteManyAsync(home, $"w{writer}", Each, patience), patience)));
        var page = await reader.Store.ReadLogAsync(Revision.None, 1000, patience);
        Expect.SameList(Enumerable.Range(1, Writers * Each).Select(i => (long)i), page.Entries.Select(e => e.Revision.Value), "revisions");
    }

    private static async Task WriteManyAsync(TransactionStoreHome home, string writer, int count, CancellationToken patience)
    {
        await using var driver = await StoreDriver.OpenAsync(home, patience);
        for (var i = 0; i < count; i++)
        {
            var batch = await driver.DecideAsync(patience, new SuiteTransaction(writer, $"{writer}-{i}", [Create(Thing($"{writer}-{i}"), "{}")]));
            Expect.Committed(await driver.Store.CommitAsync(batch, patience));
        }
    }

    private static async Task HeardAsync(TransactionStoreHome home, CancellationToken patience)
    {
        await using var left = await StoreDriver.OpenAsync(home, patience);
        await using var right = await StoreDriver.OpenAsync(home, patience, "right");
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        right.Store.Watch(() => heard.TrySetResult());
        for (var i = 0; !heard.Task.IsCompleted; i++)
        {
            patience.ThrowIfCancellationRequested();
            await left.WriteAsync(patience, Create(Thing($"t{i}"), "{}"));
        }
    }

    private static SuiteTransaction Draft(string name) => new("ann", name, [Set(Thing("a"), "value", "7")]);

    private static async Task<ICommitTurn> TurnOfAsync(StoreDriver driver, CancellationToken patience) =>
        await driver.Store.TakeTurnAsync(patience) ?? throw new ConformanceException("Expected a store that is shared to give turns.");
}
