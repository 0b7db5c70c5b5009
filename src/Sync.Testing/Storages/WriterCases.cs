using Sync.Client;
using static Sync.Testing.Kept;

namespace Sync.Testing;

/// <summary>At most one keeps records, subscriptions and token.</summary>
internal static class WriterCases
{
    public static IReadOnlyList<RecordStorageCase> All { get; } =
    [
        new("The_first_is_the_writer_and_the_second_is_not", "R7", FirstIsWriterAsync),
        new("The_place_of_a_writer_that_died_can_be_taken", "R7", scene => WriterEndsAsync(scene, scene.CrashAsync)),
        new("The_place_of_a_writer_that_ended_can_be_taken", "R7", scene => WriterEndsAsync(scene, scene.CloseAsync)),
        new("What_only_the_writer_may_write_is_refused_from_others", "R7", RefusedAsync),
        new("Everybody_writes_queue_and_tray", "R7", EverybodyAsync),
        new("Everybody_reads_what_the_writer_wrote", "R7", EverybodyReadsAsync),
        new("A_deleted_storage_is_empty", "R9", DeletedAsync),
        new("Deleting_leaves_the_queues_of_others_that_run", "R5", DeletedBesideOthersAsync),
    ];

    private static async Task FirstIsWriterAsync(StorageScene scene)
    {
        var (first, second) = (await scene.OpenAsync("a"), await scene.OpenAsync("b"));
        Expect.Same((true, false), (first.State.IsWriter, second.State.IsWriter), "who is the writer");
        Expect.Same((true, false), (await first.TryBecomeWriterAsync(), await second.TryBecomeWriterAsync()), "who becomes the writer");
    }

    private static async Task WriterEndsAsync(StorageScene scene, Func<OpenedStorage, Task> end)
    {
        var (first, second, third) = (await scene.OpenAsync("a"), await scene.OpenAsync("b"), await scene.OpenAsync("c"));
        await first.WriteAsync(Put(Record("one")) with { Token = "t1" });
        await end(first);
        Expect.Same((true, false, true), (await second.TryBecomeWriterAsync(), await third.TryBecomeWriterAsync(), await second.TryBecomeWriterAsync()), "who becomes the writer");
        await second.WriteAsync(new StorageBatch { Removes = [Key("one")], Puts = [Record("two")], Token = "t2" });
        Expect.SameList(["two"], (await third.QueryAsync(Kept.All)).Select(record => record.Id), "the records");
        await scene.CrashAsync(second);
        var next = await scene.OpenAsync("d");
        Expect.Same(("t2", true), (next.State.Token, next.State.IsWriter), "token and writer");
    }

    private static async Task RefusedAsync(StorageScene scene)
    {
        var (writer, other) = (await scene.OpenAsync("a"), await scene.OpenAsync("b"));
        await writer.WriteAsync(Put(Record("one")) with { Subscriptions = [Subscription(Kept.All)], Token = "t" });
        StorageBatch[] batches =
        [
            Put(Record("one", "{}", 2)), new() { Removes = [Key("one")] }, new() { Subscriptions = [Subscription(Kept.All with { Limit = 1 })] }, new() { Unsubscribed = [Kept.All] }, new() { Token = "other" },
        ];
        foreach (var batch in batches) await ExpectThrowsAsync<InvalidOperationException>(() => other.WriteAsync(batch), "what only the writer may write");
        Expect.SameRecord(Record("one"), await other.FindAsync(Key("one")), "the record");
        await scene.CrashAsync(writer);
        var next = await scene.OpenAsync("c");
        Expect.Same(("t", 1), (next.State.Token, next.State.Subscriptions.Length), "token and subscriptions");
    }

    private static async Task EverybodyAsync(StorageScene scene)
    {
        var (writer, other) = (await scene.OpenAsync("a"), await scene.OpenAsync("b"));
        await other.WriteAsync(Enqueue("b", 1, 2) with { Rejected = [Rejection("x"), Rejection("y")] });
        await other.WriteAsync(Settle("b", 1) with { DealtWith = ["x"] });
        await writer.WriteAsync(Enqueue("a", 1) with { DealtWith = ["y"], Rejected = [Rejection("z")] });
        await scene.CrashAsync(other);
        await scene.CrashAsync(writer);
        var next = await scene.OpenAsync("c");
        ExpectQueue(next.State, "a-1", "b-2");
        Expect.SameList(["z"], next.State.Tray.Select(one => one.Transaction.TxId), "the tray");
    }

    private static async Task EverybodyReadsAsync(StorageScene scene)
    {
        var (writer, other) = (await scene.OpenAsync("a"), await scene.OpenAsync("b"));
        for (var version = 1; version <= 3; version++)
        {
            await writer.WriteAsync(Put(Record("one", "{}", version)));
            Expect.SameRecord(Record("one", "{}", version), await other.FindAsync(Key("one")), "the record as another reads it");
        }
    }

    private static async Task DeletedAsync(StorageScene scene)
    {
        var first = await scene.OpenAsync("a");
        await first.WriteAsync(Put(Record("one")) with { Subscriptions = [Subscription(Kept.All)], Token = "t", Rejected = [Rejection("x")], Queued = [Queued("a", 1)], LastSeq = 1 });
        await first.Storage.DeleteAsync(scene.Patience);
        await scene.CloseAsync(first);
        var second = await scene.OpenAsync("b");
        Expect.Same(("b", 0L, null), (second.State.ClientId, second.State.LastSeq, second.State.Token), "id, last number and token");
        Expect.Same((0, 0, 0), (second.State.Queue.Length, second.State.Subscriptions.Length, second.State.Tray.Length), "queue, subscriptions and tray");
        Expect.Same(0, (await second.QueryAsync(Kept.All)).Count, "records");
    }

    private static async Task DeletedBesideOthersAsync(StorageScene scene)
    {
        var (first, gone, other) = (await scene.OpenAsync("a"), await scene.OpenAsync("b"), await scene.OpenAsync("c"));
        await gone.WriteAsync(Enqueue("b", 1));
        await other.WriteAsync(Enqueue("c", 1));
        await scene.CrashAsync(gone);
        await first.WriteAsync(Enqueue("a", 1) with { Puts = [Record("one")] });
        await first.Storage.DeleteAsync(scene.Patience);
        await scene.CloseAsync(first);
        Expect.SameRecord(null, await other.FindAsync(Key("one")), "a record");
        await other.WriteAsync(Enqueue("c", 2));
        await scene.CrashAsync(other);
        ExpectQueue((await scene.OpenAsync("d")).State, "c-1", "c-2");
    }
}
