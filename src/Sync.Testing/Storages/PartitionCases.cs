using Sync.Client;
using static Sync.Testing.Kept;

namespace Sync.Testing;

/// <summary>Who owns which part of the queue.</summary>
internal static class PartitionCases
{
    public static IReadOnlyList<RecordStorageCase> All { get; } =
    [
        new("The_first_client_gets_the_id_that_it_brings", "R5", FirstAsync),
        new("A_client_that_comes_back_goes_on_under_its_id", "R5", ComesBackAsync),
        new("Two_that_run_own_two_partitions", "R5", TwoAsync),
        new("Many_that_open_at_once_own_a_partition_each", "R5", ManyAtOnceAsync),
        new("A_partition_of_one_that_runs_is_never_taken", "R5", HeldAsync),
        new("The_newest_abandoned_partition_becomes_ones_own_and_the_others_are_adopted_oldest_first", "R5", AdoptedAsync),
        new("Abandoned_partitions_without_transactions_are_removed", "R5", EmptyAsync),
        new("Transactions_of_adopted_partitions_are_settled_under_their_own_id", "R5", SettledAsync),
        new("What_was_adopted_is_held", "R5", AdoptedIsHeldAsync),
        new("Going_on_under_another_id_leaves_the_former_queue_behind", "R5", MovedAsync),
        new("A_partition_that_was_moved_to_is_held_and_found_again", "R5", MovedIsHeldAsync),
        new("One_whose_partition_was_taken_over_is_refused_and_changes_nothing", "R6", TakenOverAsync, StorageFeatures.Freezing),
        new("One_that_was_taken_over_loads_again_and_goes_on", "R6", LoadsAgainAsync, StorageFeatures.Freezing),
        new("One_whose_adopted_partition_was_taken_over_is_refused_too", "R6", AdoptedTakenOverAsync, StorageFeatures.Freezing),
        new("One_that_was_taken_over_leaves_what_is_another_ones_when_it_ends", "R6", TakenOverEndsAsync, StorageFeatures.Freezing),
        new("A_former_writer_is_refused_and_changes_nothing", "R6", FormerWriterAsync, StorageFeatures.Freezing),
    ];

    private static async Task FirstAsync(StorageScene scene)
    {
        var state = (await scene.OpenAsync("a")).State;
        Expect.Same(("a", 0L, true, null), (state.ClientId, state.LastSeq, state.IsWriter, state.Token), "id, last number, writer and token of an empty storage");
        Expect.Same((0, 0, 0), (state.Queue.Length, state.Subscriptions.Length, state.Tray.Length), "queue, subscriptions and tray of an empty storage");
    }

    private static async Task ComesBackAsync(StorageScene scene)
    {
        var first = await scene.OpenAsync("a");
        await first.WriteAsync(Enqueue("a", 1, 2));
        await first.WriteAsync(Settle("a", 1, 2));
        await scene.CloseAsync(first);
        var second = await scene.OpenAsync("b");
        Expect.Same(("a", 2L, true), (second.State.ClientId, second.State.LastSeq, second.State.IsWriter), "id, last number and writer");
        ExpectQueue(second.State);
        await second.WriteAsync(Enqueue("a", 3));
        await scene.CrashAsync(second);
        var third = await scene.OpenAsync("c");
        Expect.Same(("a", 3L), (third.State.ClientId, third.State.LastSeq), "id and last number");
        ExpectQueue(third.State, "a-3");
    }

    private static async Task TwoAsync(StorageScene scene)
    {
        var (first, second) = (await scene.OpenAsync("a"), await scene.OpenAsync("b"));
        Expect.Same(("a", "b"), (first.State.ClientId, second.State.ClientId), "the ids");
        await first.WriteAsync(Enqueue("a", 1));
        await second.WriteAsync(Enqueue("b", 1, 2));
        await first.WriteAsync(Settle("b", 1));
        await scene.CrashAsync(first);
        var third = await scene.OpenAsync("c");
        Expect.Same(("a", 1L), (third.State.ClientId, third.State.LastSeq), "id and last number of the one that took over");
        ExpectQueue(third.State, "a-1");
        await scene.CrashAsync(second);
        ExpectQueue((await scene.OpenAsync("d")).State, "b-1", "b-2");
    }

    private static async Task ManyAtOnceAsync(StorageScene scene)
    {
        const int Count = 4;
        for (var round = 0; round < 2; round++)
        {
            var number = round;
            var opened = await Task.WhenAll(Enumerable.Range(0, Count).Select(i => scene.OpenAsync($"{number}-{i}")));
            Expect.Same(Count, opened.Select(one => one.State.ClientId).Distinct().Count(), "different ids");
            Expect.Same(1, opened.Count(one => one.State.IsWriter), "writers");
            Expect.Same(round == 0 ? 0 : Count, opened.Sum(one => one.State.Queue.Length), "transactions, each in one queue");
            Expect.Same(round == 0 ? 0 : Count, opened.SelectMany(one => one.State.Queue).Select(one => one.Transaction.TxId).Distinct().Count(), "different transactions");
            foreach (var one in opened.Where(_ => number == 0)) await one.WriteAsync(Enqueue(one.State.ClientId, 1));
            foreach (var one in opened) await scene.CrashAsync(one);
        }
    }

    private static async Task HeldAsync(StorageScene scene)
    {
        var first = await scene.OpenAsync("a");
        await first.WriteAsync(Enqueue("a", 1));
        foreach (var id in new[] { "b", "c" })
        {
            var other = await scene.OpenAsync(id);
            Expect.Same((id, false), (other.State.ClientId, other.State.IsWriter), "id and writer of one that opens beside it");
            ExpectQueue(other.State);
        }
        await first.WriteAsync(Enqueue("a", 2));
    }

    private static async Task AdoptedAsync(StorageScene scene)
    {
        var opened = new List<OpenedStorage>();
        foreach (var id in new[] { "d", "c", "b", "a" })
        {
            opened.Add(await scene.OpenAsync(id));
            await opened[^1].WriteAsync(Enqueue(id, 1, 2, 10));
        }
        foreach (var one in opened) await scene.CrashAsync(one);

        var heir = await scene.OpenAsync("e");
        Expect.Same(("a", 10L), (heir.State.ClientId, heir.State.LastSeq), "id and last number of the newest");
        ExpectQueue(heir.State, "d-1", "d-2", "d-10", "c-1", "c-2", "c-10", "b-1", "b-2", "b-10", "a-1", "a-2", "a-10");
    }

    private static async Task EmptyAsync(StorageScene scene)
    {
        var opened = new List<OpenedStorage>();
        foreach (var id in new[] { "a", "b", "c" }) opened.Add(await scene.OpenAsync(id));
        await opened[1].WriteAsync(Enqueue("b", 5));
        await opened[1].WriteAsync(Settle("b", 5));
        foreach (var one in opened) await scene.CrashAsync(one);
        var heir = await scene.OpenAsync("d");
        Expect.Same("c", heir.State.ClientId, "the id of the newest");
        ExpectQueue(heir.State);
        var other = await scene.OpenAsync("e");
        Expect.Same("e", other.State.ClientId, "the id of one more, as the empty ones are gone");
    }

    private static async Task SettledAsync(StorageScene scene)
    {
        var (a, b) = (await scene.OpenAsync("a"), await scene.OpenAsync("b"));
        await a.WriteAsync(Enqueue("a", 1, 2));
        await b.WriteAsync(Enqueue("b", 1, 2));
        await scene.CrashAsync(a);
        await scene.CrashAsync(b);

        var heir = await scene.OpenAsync("c");
        await heir.WriteAsync(Settle("a", 1) with { Queued = [Queued("b", 3)], LastSeq = 3 });
        await scene.CrashAsync(heir);
        var next = await scene.OpenAsync("d");
        ExpectQueue(next.State, "a-2", "b-1", "b-2", "b-3");
        await next.WriteAsync(Settle("a", 2));
        await scene.CrashAsync(next);
        var last = await scene.OpenAsync("e");
        Expect.Same(("b", 3L), (last.State.ClientId, last.State.LastSeq), "id and last number");
        ExpectQueue(last.State, "b-1", "b-2", "b-3");
    }

    private static async Task AdoptedIsHeldAsync(StorageScene scene)
    {
        var (a, b) = (await scene.OpenAsync("a"), await scene.OpenAsync("b"));
        await a.WriteAsync(Enqueue("a", 1));
        await b.WriteAsync(Enqueue("b", 1));
        await scene.CrashAsync(a);
        await scene.CrashAsync(b);
        var heir = await scene.OpenAsync("c");
        var other = await scene.OpenAsync("d");
        Expect.Same("d", other.State.ClientId, "the id of one that opens beside the heir");
        ExpectQueue(other.State);
        await heir.WriteAsync(Settle("a", 1));
    }

    private static async Task MovedAsync(StorageScene scene)
    {
        var (a, b) = (await scene.OpenAsync("a"), await scene.OpenAsync("b"));
        await a.WriteAsync(Enqueue("a", 1));
        await b.WriteAsync(Enqueue("b", 1, 2));
        await scene.CrashAsync(a);
        await scene.CrashAsync(b);

        var heir = await scene.OpenAsync("c");
        await heir.WriteAsync(new StorageBatch { NewClientId = "new", Queued = [Queued("new", 1), Queued("new", 2)], LastSeq = 2 });
        await heir.WriteAsync(Enqueue("new", 3) with { Settled = [new QueuePlace("new", 1)] });
        await scene.CrashAsync(heir);
        var next = await scene.OpenAsync("d");
        Expect.Same(("new", 3L), (next.State.ClientId, next.State.LastSeq), "id and last number");
        ExpectQueue(next.State, "new-2", "new-3");
    }

    private static async Task MovedIsHeldAsync(StorageScene scene)
    {
        var first = await scene.OpenAsync("a");
        await first.WriteAsync(new StorageBatch { NewClientId = "new" });
        var other = await scene.OpenAsync("b");
        Expect.Same("b", other.State.ClientId, "the id of one that opens beside it");
        await scene.CrashAsync(other);
        await first.WriteAsync(Enqueue("new", 1));
        await scene.CrashAsync(first);
        var next = await scene.OpenAsync("c");
        ExpectQueue(next.State, "new-1");
    }

    private static async Task TakenOverAsync(StorageScene scene)
    {
        var former = await scene.OpenAsync("a");
        await former.WriteAsync(Enqueue("a", 1) with { Puts = [Record("one")] });
        await scene.Home.LetGoAsync(former.Storage);
        var heir = await scene.OpenAsync("b");
        Expect.Same(("a", true), (heir.State.ClientId, heir.State.IsWriter), "id and writer of the one that took over");
        ExpectQueue(heir.State, "a-1");

        var refusal = await ExpectThrowsAsync<StorageTakenOverException>(
            () => former.WriteAsync(Enqueue("a", 2) with { Puts = [Record("two")], Rejected = [Rejection("x")], Token = "t" }), "a batch of the former owner");
        Expect.Same("a", refusal.ClientId, "the id that the refusal names");
        await ExpectThrowsAsync<StorageTakenOverException>(() => former.WriteAsync(Settle("a", 1)), "a settled transaction by the former owner");
        await ExpectThrowsAsync<StorageTakenOverException>(() => former.WriteAsync(new StorageBatch { NewClientId = "c" }), "a move by the former owner");

        await heir.WriteAsync(Enqueue("a", 2));
        Expect.SameList(["one"], (await heir.QueryAsync(Kept.All)).Select(record => record.Id), "the records");
        await scene.CrashAsync(heir);
        var next = await scene.OpenAsync("d");
        ExpectQueue(next.State, "a-1", "a-2");
        Expect.Same((0, null), (next.State.Tray.Length, next.State.Token), "tray and token");
    }

    private static async Task LoadsAgainAsync(StorageScene scene)
    {
        var former = await scene.OpenAsync("a");
        await former.WriteAsync(Enqueue("a", 1));
        await scene.Home.LetGoAsync(former.Storage);
        var heir = await scene.OpenAsync("b");
        await ExpectThrowsAsync<StorageTakenOverException>(() => former.WriteAsync(Enqueue("a", 2)), "a batch of the former owner");

        var again = await former.Storage.LoadAsync("c", scene.Patience);
        Expect.Same(("c", 0L, false), (again.ClientId, again.LastSeq, again.IsWriter), "id, last number and writer of the one that loaded again");
        ExpectQueue(again);
        await former.WriteAsync(Enqueue("c", 1));
        await ExpectThrowsAsync<InvalidOperationException>(() => former.WriteAsync(Put(Record("one"))), "records by one who is not the writer");
        await heir.WriteAsync(Enqueue("a", 2));
        await scene.CrashAsync(heir);

        var last = await former.Storage.LoadAsync("d", scene.Patience);
        Expect.Same(("c", 1L, true), (last.ClientId, last.LastSeq, last.IsWriter), "id, last number and writer after loading once more");
        ExpectQueue(last, "a-1", "a-2", "c-1");
        await former.WriteAsync(Settle("a", 1, 2) with { Puts = [Record("one")] });
    }

    private static async Task AdoptedTakenOverAsync(StorageScene scene)
    {
        var (a, b) = (await scene.OpenAsync("a"), await scene.OpenAsync("b"));
        await a.WriteAsync(Enqueue("a", 1));
        await b.WriteAsync(Enqueue("b", 1));
        await scene.CrashAsync(a);
        await scene.CrashAsync(b);
        var former = await scene.OpenAsync("c");
        await scene.Home.LetGoAsync(former.Storage);
        var heir = await scene.OpenAsync("d");
        ExpectQueue(heir.State, "a-1", "b-1");
        await ExpectThrowsAsync<StorageTakenOverException>(() => former.WriteAsync(Settle("a", 1)), "a settled transaction of an adopted partition");
        await scene.CrashAsync(heir);
        ExpectQueue((await scene.OpenAsync("e")).State, "a-1", "b-1");
    }

    private static async Task TakenOverEndsAsync(StorageScene scene)
    {
        var former = await scene.OpenAsync("a");
        await former.WriteAsync(Enqueue("a", 1));
        await scene.Home.LetGoAsync(former.Storage);
        var heir = await scene.OpenAsync("b");
        await scene.CloseAsync(former);
        var other = await scene.OpenAsync("c");
        Expect.Same(("c", false), (other.State.ClientId, other.State.IsWriter), "id and writer of one that opens beside the heir");
        await heir.WriteAsync(Enqueue("a", 2) with { Puts = [Record("one")] });
    }

    private static async Task FormerWriterAsync(StorageScene scene)
    {
        var former = await scene.OpenAsync("a");
        var other = await scene.OpenAsync("b");
        await former.WriteAsync(Put(Record("one")));
        await scene.Home.LetGoAsync(former.Storage);
        Expect.Same(true, await other.TryBecomeWriterAsync(), "whether another becomes the writer");
        await ExpectThrowsAsync<StorageTakenOverException>(() => former.WriteAsync(Put(Record("one", "{}", 2)) with { Token = "old" }), "records by the former writer");
        await other.WriteAsync(Put(Record("two")));
        Expect.SameRecord(Record("one"), await other.FindAsync(Key("one")), "a record of a refused batch");
    }
}
