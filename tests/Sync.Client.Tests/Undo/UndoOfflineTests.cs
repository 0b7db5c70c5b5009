using System.Collections.Immutable;

namespace Sync.Client.Tests;

/// <summary>Undo of a device that has no connection, starts again, or loses what it may read.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class UndoOfflineTests
{
    private readonly Device _device = new();

    [Test]
    public async Task What_was_never_sent_is_withdrawn_and_can_be_done_again()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        session.Close(1001);
        var write = await test.Client.WriteAsync("Add", tx => tx.Table<Todo>().Create(new Todo("1", "a", "mine")));
        var undone = await test.Client.Undo.UndoAsync();

        Assert.That(test.Client.Status.PendingWrites, Is.Zero, "there is nothing left to send");
        Assert.That((undone.Local.Outcome, (await undone.Confirmed).Outcome), Is.EqualTo((UndoOutcome.Undone, UndoOutcome.Undone)));
        Assert.That((write.Status.IsWithdrawn, write.Status.NeedsAttention, (await write.Receipt).Code), Is.EqualTo((true, false, ErrorCodes.Withdrawn)));
        Assert.That(test.Client.Tray.Items, Is.Empty);

        await test.Client.Undo.RedoAsync();
        Assert.That(test.Todos.Find("1")!.Title, Is.EqualTo("mine"));
        Assert.That(test.Client.Status.PendingWrites, Is.EqualTo(1));
    }

    [Test]
    public async Task What_something_else_stands_on_is_not_withdrawn()
    {
        await using var test = _device.Start();
        (await test.SignInAsync()).Close(1001);
        await test.Client.WriteAsync("Add", tx => tx.Table<Todo>().Create(new Todo("1", "a", "mine")));
        await test.Client.WriteAsync(new WriteOptions { IsUndoable = false }, tx => tx.Table<Todo>().Set("1", t => t.Order, 3));
        await test.Client.Undo.UndoAsync();
        Assert.That(test.Client.Status.PendingWrites, Is.EqualTo(3));
        Assert.That(test.Todos.Find("1"), Is.Null);
    }

    [Test]
    public async Task The_stacks_survive_a_restart_and_what_may_have_been_sent_is_taken_back_by_a_write()
    {
        await using (var before = _device.Start())
        {
            (await before.SignInAsync()).Close(1001);
            await before.Client.WriteAsync("Add", tx => tx.Table<Todo>().Create(new Todo("1", "a", "mine")));
            await before.Client.WriteAsync("Rename", tx => tx.Table<Todo>().Set("1", t => t.Title, "other"));
            await before.Client.Undo.UndoAsync();
            Assert.That(before.Client.Undo.State, Is.EqualTo(new UndoState(true, true, "Add", "Rename")));
        }

        await using var after = _device.Start();
        await after.SignInAsync();
        Assert.That(after.Client.Undo.State, Is.EqualTo(new UndoState(true, true, "Add", "Rename")));
        await after.Client.Undo.RedoAsync();
        Assert.That(after.Todos.Find("1")!.Title, Is.EqualTo("other"));
        await after.Client.Undo.UndoAsync();
        await after.Client.Undo.UndoAsync();
        Assert.That(after.Todos.Find("1"), Is.Null);
        Assert.That(after.Client.Status.PendingWrites, Is.GreaterThan(1), "the server may know of it");
    }

    [Test]
    public async Task An_undo_that_cannot_be_saved_has_not_happened()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        await LoadAsync(test, session, Some.Todo("1", title: "old"));
        await WriteAsync(test, session, tx => tx.Table<Todo>().Set("1", t => t.Title, "mine"), Some.Todo("1", 2, title: "mine"));
        _device.Fault = new IOException("full");
        Assert.ThrowsAsync<StorageException>(async () => await test.Client.Undo.UndoAsync());
        Assert.That(test.Todos.Find("1")!.Title, Is.EqualTo("mine"));
        Assert.That(test.Client.Undo.State.CanUndo, Is.True);

        _device.Fault = null;
        await test.Client.Undo.UndoAsync();
        Assert.That(test.Todos.Find("1")!.Title, Is.EqualTo("old"));
    }

    [Test]
    public async Task Writes_within_1200_ms_on_the_same_records_are_one_entry()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        await LoadAsync(test, session, Some.Todo("1", title: "old"), Some.Todo("2"));
        foreach (var title in (string[])["m", "mi", "min"])
        {
            await test.Client.WriteAsync("Type", tx => tx.Table<Todo>().Set("1", t => t.Title, title));
            test.Time.Advance(TimeSpan.FromMilliseconds(500));
        }
        await test.Client.WriteAsync("Type", tx => tx.Table<Todo>().Set("1", t => t.Title, "mine"));
        await test.Client.WriteAsync("Type", tx => tx.Table<Todo>().Set("2", t => t.Title, "else"));
        await test.Client.WriteAsync("Check", tx => tx.Table<Todo>().Set("2", t => t.Done, true));

        Assert.That(await UndoneAsync(test, "2"), Is.EqualTo("else, not done"));
        Assert.That(await UndoneAsync(test, "2"), Is.EqualTo("T, not done"));
        Assert.That(await UndoneAsync(test, "1"), Is.EqualTo("min, not done"), "more than 1200 ms after the first");
        Assert.That(await UndoneAsync(test, "1"), Is.EqualTo("old, not done"));
        Assert.That(test.Client.Undo.State.CanUndo, Is.False);
    }

    [Test]
    public async Task A_deletion_and_what_brings_back_are_entries_of_their_own()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        await LoadAsync(test, session, Some.Todo("1", title: "old"));
        await test.Todos.UpdateAsync("1", t => t with { Title = "mine" });
        await test.Todos.DeleteAsync("1");
        await test.Todos.RestoreAsync("1");
        await test.Todos.UpdateAsync("1", t => t with { Title = "later" });

        Assert.That(await UndoneAsync(test, "1"), Is.EqualTo("mine, not done"));
        await test.Client.Undo.UndoAsync();
        Assert.That(test.Todos.Find("1"), Is.Null);
        Assert.That(await UndoneAsync(test, "1"), Is.EqualTo("mine, not done"));
        Assert.That(await UndoneAsync(test, "1"), Is.EqualTo("old, not done"));
    }

    [Test]
    public async Task What_was_typed_letter_by_letter_goes_back_in_one_operation()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        await LoadAsync(test, session, Some.Todo("1", title: "old"));
        foreach (var title in (string[])["m", "mi", "min"]) await test.Client.WriteAsync("Type", tx => tx.Table<Todo>().Set("1", t => t.Title, title));
        for (var i = 0; i < 3; i++) await session.ExpectAsync<ClientMessage.Push>();
        await test.Client.Undo.UndoAsync();
        var undo = (await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single().Transaction;
        Assert.That(undo.Operations.Single(), Is.EqualTo(new Operation.Set(Some.Key("1"), FieldPath.Of("title"), Some.Json("\"old\""), new Condition.ValueIs(Some.Json("\"min\"")))));
    }

    [Test]
    public async Task The_oldest_entries_go_first()
    {
        await using var test = _device.Start();
        test.Options.MaxUndoEntries = 2;
        (await test.SignInAsync()).Close(1001);
        for (var i = 0; i < 5; i++) await test.Client.WriteAsync($"Add {i}", tx => tx.Table<Todo>().Create(new Todo($"{i}", "a", "mine")));
        await test.Client.Undo.UndoAsync();
        await test.Client.Undo.UndoAsync();
        Assert.That(test.Client.Undo.State, Is.EqualTo(new UndoState(false, true, null, "Add 3")));
    }

    [Test]
    public async Task With_a_record_that_is_taken_back_go_its_entries_from_memory_and_disk()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        var sub = await LoadAsync(test, session, Some.Todo("1", title: "secret"), Some.Todo("2", title: "kept"));
        await WriteAsync(test, session, tx => tx.Table<Todo>().Set("2", t => t.Title, "mine"), Some.Todo("2", 2, title: "mine"));
        await WriteAsync(test, session, tx => tx.Table<Todo>().Set("1", t => t.Title, "mine"), Some.Todo("1", 2, title: "mine"));
        Assert.That(await StoredAsync(), Does.Contain("secret"));

        session.Checkpoint([], [new SubscriptionDelta(sub, [], ["1"])]);
        await test.Client.Undo.UndoAsync();
        Assert.That(test.Todos.Find("2")!.Title, Is.EqualTo("kept"), "the next entry is undone");
        Assert.That(await StoredAsync(), Does.Not.Contain("secret"));
    }

    [Test]
    public async Task What_others_wrote_of_a_record_that_was_deleted_here_leaves_the_disk()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        var sub = await LoadAsync(test, session, Some.Todo("1", title: "secret"));
        await WriteAsync(test, session, tx => tx.Table<Todo>().Set("1", t => t.Title, "mine"), Some.Todo("1", 2, title: "mine"));
        await test.Client.WriteAsync("Delete", tx => tx.Table<Todo>().Delete("1"));
        var queued = (await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single();
        var receipt = Some.Accepted(queued.Transaction) with { Versions = [new VersionStep(Some.Key("1"), 2, 3)] };
        session.Checkpoint([], [new SubscriptionDelta(sub, [], ["1"])], new ReceiptDelivery(queued.Seq, receipt, [], [Some.Key("1")]));
        await test.Client.Records.FindAsync(Some.Key("1"));

        Assert.That(await StoredAsync(), Does.Not.Contain("secret"));
        Assert.That(test.Client.Undo.State.UndoLabel, Is.EqualTo("Delete"));
        await test.Client.Undo.UndoAsync();
        Assert.That((await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single().Transaction.Operations.Single(), Is.EqualTo(new Operation.Restore(Some.Key("1"))));
    }

    [Test]
    public async Task A_record_that_leaves_every_open_query_by_my_own_write_is_watched_as_long_as_undo_needs_it()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        var sub = await LoadAsync(test, session, Some.Todo("1", title: "theirs"));
        await test.Client.WriteAsync("Move", tx => tx.Table<Todo>().Set("1", t => t.ListId, "elsewhere"));
        var queued = (await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single();
        var receipt = Some.Accepted(queued.Transaction) with { Versions = [new VersionStep(Some.Key("1"), 1, 2)] };
        session.Checkpoint([Some.Todo("1", 2, "elsewhere", "theirs")], [new SubscriptionDelta(sub, [], ["1"])], new ReceiptDelivery(queued.Seq, receipt, [Some.Key("1")], []));

        var watch = await session.ExpectAsync<ClientMessage.Subscribe>();
        Assert.That(watch.Query, Is.EqualTo(Query.ForRecord(Some.Key("1"))));
        session.Load(watch.Sub, Some.Todo("1", 2, "elsewhere", "theirs"));
        test.Time.Advance(TimeSpan.FromSeconds(12));
        Assert.That(test.Client.Undo.State.CanUndo, Is.True, "it is kept");
        session.Checkpoint([], [new SubscriptionDelta(watch.Sub, [], ["1"])]);
        Assert.That(test.Client.Undo.State.CanUndo, Is.False, "and goes when the server takes it back");
    }

    [Test]
    public async Task An_undo_that_names_a_time_of_the_server_waits_until_that_is_known()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        var (note, text) = (new RecordKey("notes", "n"), FieldPath.Of("text"));
        _ = test.Client.Table<Note>().All().Live();
        session.Load((await session.ExpectAsync<ClientMessage.Subscribe>()).Sub, new Record(note, 1, Some.Json("""{"text":"old"}""")));
        await test.Client.WriteAsync("Touch", tx => tx.Table<Note>().SetNow("n", n => n.Text));
        var queued = (await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single();
        await test.Client.Undo.UndoAsync();
        session.ExpectNothingButPings();

        var now = Some.Now.AddHours(1);
        var receipt = Some.Accepted(queued.Transaction) with { Now = now, Versions = [new VersionStep(note, 1, 2)] };
        session.Checkpoint([new Record(note, 2, CanonicalJson.Object(new KeyValuePair<string, CanonicalJson>("text", CanonicalJson.From(now))))], [], new ReceiptDelivery(queued.Seq, receipt, [note], []));
        var undo = (await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single().Transaction;
        Assert.That(undo.Operations.First(), Is.EqualTo(new Operation.Set(note, text, Some.Json("\"old\""), new Condition.ValueIs(CanonicalJson.From(now)))));
        Assert.That(test.Client.Table<Note>().Find("n")!.Text, Is.EqualTo("old"));
    }

    [Test]
    public async Task What_others_wrote_before_mine_arrived_is_what_comes_back()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        var sub = await LoadAsync(test, session, Some.Todo("1", title: "old"));
        await test.Client.WriteAsync("Rename", tx => tx.Table<Todo>().Set("1", t => t.Title, "mine"));
        await session.ExpectAsync<ClientMessage.Push>();
        session.Checkpoint([Some.Todo("1", 2, title: "theirs")], [new SubscriptionDelta(sub, ["1"], [])]);
        await test.Client.Undo.UndoAsync();
        Assert.That(test.Todos.Find("1")!.Title, Is.EqualTo("theirs"));
    }

    [Test]
    public async Task What_was_guessed_of_the_time_is_put_right_where_another_entry_stands_on_it()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        var note = new RecordKey("notes", "n");
        _ = test.Client.Table<Note>().All().Live();
        session.Load((await session.ExpectAsync<ClientMessage.Subscribe>()).Sub, new Record(note, 1, Some.Json("""{"text":"old"}""")));
        var pushed = new List<QueuedTransaction>();
        foreach (var label in (string[])["First", "Second"])
        {
            await test.Client.WriteAsync(label, tx => tx.Table<Note>().SetNow("n", n => n.Text));
            pushed.Add((await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single());
            test.Time.Advance(TimeSpan.FromSeconds(1));
        }
        for (var i = 0; i < pushed.Count; i++)
        {
            var now = Some.Now.AddHours(i);
            var receipt = Some.Accepted(pushed[i].Transaction) with { Now = now, Versions = [new VersionStep(note, i + 1, i + 2)] };
            session.Checkpoint([new Record(note, i + 2, CanonicalJson.Object(new KeyValuePair<string, CanonicalJson>("text", CanonicalJson.From(now))))], [], new ReceiptDelivery(pushed[i].Seq, receipt, [note], []));
        }
        await test.Client.Undo.UndoAsync();
        Assert.That(test.Client.Table<Note>().Find("n")!.Text, Is.EqualTo(CanonicalJson.From(Some.Now).AsString()));
    }

    private static async Task<SubscriptionId> LoadAsync(TestClient test, ScriptedSession session, params Record[] records)
    {
        _ = test.Todos.Where(t => t.ListId, "a").Live();
        var sub = (await session.ExpectAsync<ClientMessage.Subscribe>()).Sub;
        session.Load(sub, records);
        return sub;
    }

    private static async Task WriteAsync(TestClient test, ScriptedSession session, Action<TransactionBuilder> build, Record after)
    {
        await test.Client.WriteAsync("Write", build);
        var queued = (await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single();
        var receipt = Some.Accepted(queued.Transaction) with { Versions = [new VersionStep(after.Key, after.Version - 1, after.Version)] };
        session.Checkpoint([after], [], new ReceiptDelivery(queued.Seq, receipt, [after.Key], []));
    }

    private static async Task<string> UndoneAsync(TestClient test, string id)
    {
        await test.Client.Undo.UndoAsync();
        var todo = test.Todos.Find(id)!;
        return $"{todo.Title}, {(todo.Done ? "done" : "not done")}";
    }

    /// <summary>All that undo has in storage, as text.</summary>
    private Task<string> StoredAsync() => _device.StoredUndoAsync();
}
