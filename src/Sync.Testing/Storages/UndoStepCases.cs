using Sync.Client;
using static Sync.Testing.Kept;

namespace Sync.Testing;

/// <summary>What undo needs is its own client's and nobody else's.</summary>
internal static class UndoStepCases
{
    public static IReadOnlyList<RecordStorageCase> All { get; } =
    [
        new("Undo_steps_come_back_as_they_are_by_number", "R10", ComeBackAsync),
        new("An_undo_step_replaces_the_one_of_its_number_and_a_forgotten_one_is_gone", "R10", ReplacedAsync),
        new("Everybody_writes_undo_steps_and_sees_nobody_elses", "R10", EverybodyAsync),
        new("Undo_steps_come_with_the_newest_abandoned_partition_and_not_with_adopted_ones", "R10", AdoptedAsync),
        new("A_partition_with_undo_steps_alone_is_not_worth_adopting", "R10", EmptyAsync),
        new("Going_on_under_another_id_leaves_the_former_undo_steps_behind", "R10", MovedAsync),
        new("Undo_steps_of_one_whose_partition_was_taken_over_are_refused", "R6", TakenOverAsync, StorageFeatures.Freezing),
        new("One_that_was_taken_over_finds_no_undo_steps_when_it_loads_again", "R10", LoadsAgainAsync, StorageFeatures.Freezing),
        new("Deleting_takes_undo_steps_and_leaves_those_of_others_that_run", "R10", DeletedAsync),
    ];

    private static async Task ComeBackAsync(StorageScene scene)
    {
        StoredUndoStep[] steps =
        [
            new(1, CanonicalJson.Null),
            new(2, CanonicalJson.Parse("""{"a":{"b":[1,-0.5,1e300,9007199254740993,null,true,"\u0001\"\\𝄞"]},"":{}}""")),
            new(10, CanonicalJson.From("e\u0301 \uFF5E \u2028")),
            new(9_007_199_254_740_991, CanonicalJson.From(new string('x', 100_000))),
        ];
        var first = await scene.OpenAsync("a");
        Expect.Same(0, first.State.UndoSteps.Length, "undo steps of an empty storage");
        await first.WriteAsync(new StorageBatch { UndoSteps = [.. steps.Reverse()] });
        await scene.CrashAsync(first);

        var second = await scene.OpenAsync("b");
        Expect.Same(("a", 0), (second.State.ClientId, second.State.Queue.Length), "id and queue");
        ExpectSteps(second.State, steps);
    }

    private static async Task ReplacedAsync(StorageScene scene)
    {
        var first = await scene.OpenAsync("a");
        await first.WriteAsync(new StorageBatch { UndoSteps = [Step(1, "one"), Step(2, "two"), Step(3, "three")] });
        await first.WriteAsync(new StorageBatch { ForgottenUndoSteps = [7] });
        await first.WriteAsync(Enqueue("a", 1) with { UndoSteps = [Step(2, "two again"), Step(4, "four")], ForgottenUndoSteps = [1, 8] });
        await first.WriteAsync(Settle("a", 1));
        await scene.CrashAsync(first);
        var second = await scene.OpenAsync("b");
        ExpectSteps(second.State, Step(2, "two again"), Step(3, "three"), Step(4, "four"));
        await second.WriteAsync(new StorageBatch { ForgottenUndoSteps = [2, 3, 4] });
        await scene.CrashAsync(second);
        ExpectSteps((await scene.OpenAsync("c")).State);
    }

    private static async Task EverybodyAsync(StorageScene scene)
    {
        var (writer, other) = (await scene.OpenAsync("a"), await scene.OpenAsync("b"));
        await writer.WriteAsync(new StorageBatch { UndoSteps = [Step(1, "of a"), Step(2, "of a")] });
        await other.WriteAsync(new StorageBatch { UndoSteps = [Step(1, "of b")], ForgottenUndoSteps = [2] });
        var third = await scene.OpenAsync("c");
        ExpectSteps(third.State);
        await scene.CrashAsync(third);
        await scene.CrashAsync(writer);
        var heir = await scene.OpenAsync("d");
        Expect.Same("c", heir.State.ClientId, "the id of the newest that was abandoned");
        ExpectSteps(heir.State);
        await scene.CrashAsync(other);
        ExpectSteps((await scene.OpenAsync("e")).State, Step(1, "of b"));
    }

    private static async Task AdoptedAsync(StorageScene scene)
    {
        var (a, b) = (await scene.OpenAsync("a"), await scene.OpenAsync("b"));
        await a.WriteAsync(Enqueue("a", 1) with { UndoSteps = [Step(1, "of a"), Step(2, "of a")] });
        await b.WriteAsync(Enqueue("b", 1) with { UndoSteps = [Step(1, "of b")] });
        await scene.CrashAsync(a);
        await scene.CrashAsync(b);

        var heir = await scene.OpenAsync("c");
        ExpectQueue(heir.State, "a-1", "b-1");
        ExpectSteps(heir.State, Step(1, "of b"));
        await heir.WriteAsync(Settle("a", 1) with { UndoSteps = [Step(3, "of the heir")], ForgottenUndoSteps = [2] });
        await scene.CrashAsync(heir);
        ExpectSteps((await scene.OpenAsync("d")).State, Step(1, "of b"), Step(3, "of the heir"));
    }

    private static async Task EmptyAsync(StorageScene scene)
    {
        var (a, b) = (await scene.OpenAsync("a"), await scene.OpenAsync("b"));
        await a.WriteAsync(new StorageBatch { UndoSteps = [Step(1, "of a")] });
        await b.WriteAsync(new StorageBatch { UndoSteps = [Step(1, "of b")] });
        await scene.CrashAsync(a);
        await scene.CrashAsync(b);

        var heir = await scene.OpenAsync("c");
        Expect.Same("b", heir.State.ClientId, "the id of the newest");
        ExpectSteps(heir.State, Step(1, "of b"));
        var again = await scene.OpenAsync("a");
        Expect.Same("a", again.State.ClientId, "the id of one more, as the empty one is gone");
        ExpectSteps(again.State);
    }

    private static async Task MovedAsync(StorageScene scene)
    {
        var (a, b) = (await scene.OpenAsync("a"), await scene.OpenAsync("b"));
        await a.WriteAsync(Enqueue("a", 1) with { UndoSteps = [Step(1, "of a")] });
        await b.WriteAsync(Enqueue("b", 1) with { UndoSteps = [Step(1, "of b"), Step(2, "of b")] });
        await scene.CrashAsync(a);
        await scene.CrashAsync(b);

        var heir = await scene.OpenAsync("c");
        await heir.WriteAsync(new StorageBatch { NewClientId = "new", Queued = [Queued("new", 1)], LastSeq = 1, UndoSteps = [Step(2, "carried on")] });
        await heir.WriteAsync(new StorageBatch { UndoSteps = [Step(3, "since")] });
        await scene.CrashAsync(heir);
        var next = await scene.OpenAsync("d");
        Expect.Same("new", next.State.ClientId, "the id");
        ExpectSteps(next.State, Step(2, "carried on"), Step(3, "since"));

        await next.WriteAsync(new StorageBatch { NewClientId = "b" });
        await scene.CrashAsync(next);
        var last = await scene.OpenAsync("e");
        Expect.Same("b", last.State.ClientId, "the id that is moved to");
        ExpectSteps(last.State);
    }

    private static async Task TakenOverAsync(StorageScene scene)
    {
        var former = await scene.OpenAsync("a");
        await former.WriteAsync(new StorageBatch { UndoSteps = [Step(1, "one")] });
        await scene.Home.LetGoAsync(former.Storage);
        var heir = await scene.OpenAsync("b");
        ExpectSteps(heir.State, Step(1, "one"));
        StorageBatch[] late = [new() { UndoSteps = [Step(1, "late"), Step(2, "late")] }, new() { ForgottenUndoSteps = [1] }, new() { NewClientId = "c", UndoSteps = [Step(1, "late")] }];
        foreach (var batch in late) await ExpectThrowsAsync<StorageTakenOverException>(() => former.WriteAsync(batch), "undo steps of the former owner");
        await scene.CrashAsync(heir);
        ExpectSteps((await scene.OpenAsync("d")).State, Step(1, "one"));
    }

    private static async Task LoadsAgainAsync(StorageScene scene)
    {
        var former = await scene.OpenAsync("a");
        await former.WriteAsync(new StorageBatch { UndoSteps = [Step(1, "of a")] });
        await scene.Home.LetGoAsync(former.Storage);
        var heir = await scene.OpenAsync("b");
        var again = await former.Storage.LoadAsync("c", scene.Patience);
        Expect.Same("c", again.ClientId, "the id of the one that loaded again");
        ExpectSteps(again);
        await former.WriteAsync(new StorageBatch { UndoSteps = [Step(1, "of c")] });
        await scene.CrashAsync(heir);
        ExpectSteps(await former.Storage.LoadAsync("d", scene.Patience), Step(1, "of c"));
    }

    private static async Task DeletedAsync(StorageScene scene)
    {
        var (first, gone, other) = (await scene.OpenAsync("a"), await scene.OpenAsync("b"), await scene.OpenAsync("c"));
        foreach (var (one, id) in new[] { (first, "a"), (gone, "b"), (other, "c") }) await one.WriteAsync(new StorageBatch { UndoSteps = [Step(1, $"of {id}")] });
        await scene.CrashAsync(gone);
        await first.Storage.DeleteAsync(scene.Patience);
        await scene.CloseAsync(first);
        foreach (var id in new[] { "a", "b" })
        {
            var again = await scene.OpenAsync(id);
            Expect.Same(id, again.State.ClientId, "the id of one that opens after it was deleted");
            ExpectSteps(again.State);
        }
        await other.WriteAsync(new StorageBatch { UndoSteps = [Step(2, "of c")] });
        await scene.CrashAsync(other);
        ExpectSteps((await scene.OpenAsync("d")).State, Step(1, "of c"), Step(2, "of c"));
    }
}
