using Sync.Client;
using static Sync.Testing.Kept;

namespace Sync.Testing;

/// <summary>Batches are whole, durable, and harmless where they fail.</summary>
internal static class WholeBatchCases
{
    private const int Large = 3_000;

    public static IReadOnlyList<RecordStorageCase> All { get; } =
    [
        new("A_batch_that_nobody_waited_for_is_there_whole_or_not_at_all", "R1", NotAwaitedAsync),
        new("Reads_beside_writes_see_whole_batches", "R4", WholeReadsAsync),
        new("What_was_written_is_there_after_the_process_died", "R2", scene => KeptAsync(scene, scene.CrashAsync)),
        new("What_was_written_is_there_after_it_was_closed", "R2", scene => KeptAsync(scene, scene.CloseAsync)),
        new("What_was_removed_stays_away", "R2", RemovedAsync),
        new("A_refused_batch_changes_nothing_and_the_next_one_is_written", "R3", RefusedAsync),
        new("A_batch_that_was_cancelled_before_it_began_is_there_whole_or_not_at_all", "R3", CancelledAsync),
    ];

    private static async Task NotAwaitedAsync(StorageScene scene)
    {
        var first = await scene.OpenAsync("a");
        await first.WriteAsync(Enqueue("a", 1) with { UndoSteps = [Step(1, "one"), Step(2, "two")] });
        var batch = Put([.. Enumerable.Range(0, Large).Select(i => Record($"r{i}"))]) with { Queued = [Queued("a", 2)], LastSeq = 2, Token = "t2", UndoSteps = [Step(1, "two")], ForgottenUndoSteps = [2] };
        var write = first.WriteAsync(batch).AsTask();
        await scene.CrashAsync(first);
        var hasReturned = await ReturnsAsync(write);

        var second = await scene.OpenAsync("b");
        var records = await second.QueryAsync(Kept.All);
        Expect.That(records.Count is 0 or Large, $"all {Large} records or none, but {records.Count} are there");
        Expect.That(records.Count == Large || !hasReturned, "a batch to be there whose write returned");
        Expect.Same(records.Count == Large ? (2, 2L, "t2") : (1, 1L, null), (second.State.Queue.Length, second.State.LastSeq, second.State.Token), "the rest of the batch");
        ExpectSteps(second.State, records.Count == Large ? [Step(1, "two")] : [Step(1, "one"), Step(2, "two")]);
    }

    private static async Task WholeReadsAsync(StorageScene scene)
    {
        const int Rounds = 40;
        var open = await scene.OpenAsync("a");
        var keys = Enumerable.Range(0, 20).Select(i => Key($"r{i}")).ToList();
        for (var round = 1; round <= Rounds; round++)
        {
            var write = open.WriteAsync(Put([.. keys.Select(key => Record(key.Id, version: round))]));
            var reads = new[] { open.Storage.FindAsync(keys, scene.Patience).AsTask(), open.Storage.QueryAsync(Kept.All, scene.Patience).AsTask() };
            await write;
            foreach (var seen in await Task.WhenAll(reads))
            {
                Expect.That(seen.Count == keys.Count || (round == 1 && seen.Count == 0), $"all records of a batch or none, but {seen.Count} came");
                Expect.That(seen.Select(record => record.Version).Distinct().Count() <= 1, "records of one batch, not of two");
            }
            Expect.Same((keys.Count, (long)round), ((await open.FindAsync(keys)).Count, (await open.FindAsync(keys[0]))!.Version), "what a read sees after the write has returned");
        }
    }

    private static async Task KeptAsync(StorageScene scene, Func<OpenedStorage, Task> end)
    {
        var (query, other) = (Kept.All, Kept.All with { Limit = 5 });
        var first = await scene.OpenAsync("a");
        await first.WriteAsync(Put(Record("one", """{"title":"1"}"""), Record("two")) with { Subscriptions = [Subscription(query)], Token = "t1" });
        await first.WriteAsync(Enqueue("a", 1, 2) with { Rejected = [Rejection("x")], UndoSteps = [Step(1, "one")] });
        await first.WriteAsync(Put(Record("one", """{"title":"2"}""", 2)) with { Subscriptions = [Subscription(other)], Token = "t2" });
        await end(first);

        var second = await scene.OpenAsync("b");
        Expect.Same(("a", 2L, "t2"), (second.State.ClientId, second.State.LastSeq, second.State.Token), "client id, last number and token");
        ExpectQueue(second.State, "a-1", "a-2");
        Expect.SameList(new[] { query, other }.Select(one => one.ToString()).Order(), second.State.Subscriptions.Select(one => one.Query.ToString()).Order(), "the subscriptions");
        Expect.SameList(["x"], second.State.Tray.Select(one => one.Transaction.TxId), "the tray");
        ExpectSteps(second.State, Step(1, "one"));
        Expect.SameRecord(Record("one", """{"title":"2"}""", 2), await second.FindAsync(Key("one")), "a record that was written twice");
        Expect.SameRecord(Record("two"), await second.FindAsync(Key("two")), "a record");
    }

    private static async Task RemovedAsync(StorageScene scene)
    {
        var (query, other) = (Kept.All, Kept.All with { Limit = 5 });
        var first = await scene.OpenAsync("a");
        await first.WriteAsync(Put(Record("one"), Record("two")) with
        {
            Subscriptions = [Subscription(query), Subscription(other)],
            Rejected = [Rejection("x"), Rejection("y")],
            Queued = [Queued("a", 1), Queued("a", 2), Queued("a", 3)],
            LastSeq = 3,
        });
        await first.WriteAsync(Settle("a", 1, 3) with { Removes = [Key("one"), Key("never")], Unsubscribed = [other], DealtWith = ["x", "never"] });
        await scene.CrashAsync(first);

        var second = await scene.OpenAsync("b");
        ExpectQueue(second.State, "a-2");
        Expect.Same(3L, second.State.LastSeq, "the last number, which is not given again");
        Expect.SameList([query.ToString()], second.State.Subscriptions.Select(one => one.Query.ToString()), "the subscriptions");
        Expect.SameList(["y"], second.State.Tray.Select(one => one.Transaction.TxId), "the tray");
        Expect.SameList(["two"], (await second.QueryAsync(Kept.All)).Select(record => record.Id), "the records");
    }

    private static async Task RefusedAsync(StorageScene scene)
    {
        var writer = await scene.OpenAsync("a");
        var other = await scene.OpenAsync("b");
        await ExpectThrowsAsync<InvalidOperationException>(
            () => other.WriteAsync(Enqueue("b", 1) with { Puts = [Record("one")], Rejected = [Rejection("x")], UndoSteps = [Step(1, "one")] }), "records by one who is not the writer");
        await other.WriteAsync(Enqueue("b", 2));
        Expect.SameRecord(null, await writer.FindAsync(Key("one")), "a record of a refused batch");
        await scene.CrashAsync(other);
        await scene.CrashAsync(writer);

        var next = await scene.OpenAsync("c");
        ExpectQueue(next.State, "b-2");
        Expect.Same(0, next.State.Tray.Length, "rejections of a refused batch");
        ExpectSteps(next.State);
    }

    private static async Task CancelledAsync(StorageScene scene)
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var first = await scene.OpenAsync("a");
        var isWritten = true;
        try
        {
            await first.Storage.WriteAsync(Enqueue("a", 1) with { Puts = [Record("one")] }, cancelled.Token);
        }
        catch (OperationCanceledException)
        {
            isWritten = false;
        }
        await first.WriteAsync(Enqueue("a", 2));
        Expect.Same(isWritten, await first.FindAsync(Key("one")) is not null, "whether a cancelled batch is there");
        await scene.CrashAsync(first);

        var second = await scene.OpenAsync("b");
        ExpectQueue(second.State, isWritten ? ["a-1", "a-2"] : ["a-2"]);
    }

    // A write whose process died may end in any way; it must end.
    private static async Task<bool> ReturnsAsync(Task write)
    {
        await write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return write.IsCompletedSuccessfully;
    }
}
