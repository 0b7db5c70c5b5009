namespace Sync.Client.Tests;

/// <summary>Undo and redo of one person, with a real server at the other end.</summary>
[CancelAfter(60_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class UndoTests : IAsyncDisposable
{
    private OneServer _server = null!;
    private SyncClient _alice = null!;
    private LiveQuery<Todo> _live = null!;

    [SetUp]
    public async Task SetUp()
    {
        _server = await OneServer.StartAsync();
        await WriteAsApp(tx => tx.Table<Todo>().Create(new Todo("1", "a", "first", 1, Tags: ["x", "y", "z"])));
        _alice = await _server.SignInAsync("alice");
        _live = _alice.Table<Todo>().Where(t => t.ListId, "a").Live();
        await _live.RowsAreAsync(rows => rows.Count == 1);
    }

    [Test]
    public async Task A_field_goes_back_and_comes_again()
    {
        await Receipt(_alice.WriteAsync("Rename", tx => tx.Table<Todo>().Set("1", t => t.Title, "second")));
        Assert.That(_alice.Undo.State, Is.EqualTo(new UndoState(true, false, "Rename", null)));

        var undone = await _alice.Undo.UndoAsync();
        Assert.That(Title("1"), Is.EqualTo("first"));
        Assert.That((undone.Label, undone.Local.Outcome), Is.EqualTo(("Rename", UndoOutcome.Undone)));
        Assert.That((await undone.Confirmed).Outcome, Is.EqualTo(UndoOutcome.Undone));
        Assert.That(await ServerTitle("1"), Is.EqualTo("first"));
        Assert.That(_alice.Undo.State, Is.EqualTo(new UndoState(false, true, null, "Rename")));

        var redone = await _alice.Undo.RedoAsync();
        Assert.That((await redone.Confirmed).Outcome, Is.EqualTo(UndoOutcome.Undone));
        Assert.That(await ServerTitle("1"), Is.EqualTo("second"));
        Assert.That(_alice.Undo.State, Is.EqualTo(new UndoState(true, false, "Rename", null)));
    }

    [Test]
    public async Task With_nothing_on_the_stack_nothing_happens()
    {
        var undone = await _alice.Undo.UndoAsync();
        Assert.That((undone.Local.Outcome, (await undone.Confirmed).Outcome), Is.EqualTo((UndoOutcome.Nothing, UndoOutcome.Nothing)));
    }

    [Test]
    public async Task What_somebody_changed_since_is_left_alone_and_told()
    {
        await Receipt(_alice.WriteAsync("Edit", tx => tx.Table<Todo>().Set("1", t => t.Title, "mine").Set("1", t => t.Order, 7)));
        await WriteAsApp(tx => tx.Table<Todo>().Set("1", t => t.Title, "theirs"));
        await _live.RowsAreAsync(rows => rows[0].Title == "theirs");

        var undone = await _alice.Undo.UndoAsync();
        var confirmed = await undone.Confirmed;
        Assert.That((undone.Local.Outcome, confirmed.Outcome), Is.EqualTo((UndoOutcome.Partly, UndoOutcome.Partly)));
        Assert.That(confirmed.Skipped.Single(), Is.EqualTo(new SkippedChange(Some.Key("1"), "title", SkipReason.ChangedSince)));
        Assert.That((await ServerTodo("1"))!, Is.EqualTo(new Todo("1", "a", "theirs", 1)).Using<Todo>((x, y) => (x.Title, x.Order) == (y.Title, y.Order)));
    }

    [Test]
    public async Task The_server_decides_whether_a_field_still_holds_it_not_this_device()
    {
        var gate = new Gate();
        await using var offline = await _server.SignInAsync("bob", gate.Over(_server.Transport("bob")));
        await using var live = offline.Table<Todo>().Where(t => t.ListId, "a").Live();
        await live.RowsAreAsync(rows => rows.Count == 1);
        await Receipt(offline.WriteAsync(tx => tx.Table<Todo>().Set("1", t => t.Title, "mine")));

        await gate.CloseAsync();
        await WriteAsApp(tx => tx.Table<Todo>().Set("1", t => t.Title, "theirs"));
        var undone = await offline.Undo.UndoAsync();
        Assert.That(undone.Local.Outcome, Is.EqualTo(UndoOutcome.Undone), "as far as this device sees");
        gate.Open();
        offline.Nudge();
        Assert.That((await undone.Confirmed).Outcome, Is.EqualTo(UndoOutcome.Skipped));
        Assert.That(await ServerTitle("1"), Is.EqualTo("theirs"));
        Assert.That(offline.Undo.State.CanRedo, Is.False, "what was not undone is not redone");
    }

    [Test]
    public async Task What_was_created_goes_and_comes_back()
    {
        await Receipt(_alice.Table<Todo>().CreateAsync(new Todo("2", "a", "new")));
        await Confirmed(_alice.Undo.UndoAsync());
        Assert.That(await ServerTodo("2"), Is.Null);
        await Confirmed(_alice.Undo.RedoAsync());
        Assert.That(await ServerTitle("2"), Is.EqualTo("new"));
        await Confirmed(_alice.Undo.UndoAsync());
        Assert.That(await ServerTodo("2"), Is.Null);
    }

    [Test]
    public async Task A_created_record_that_somebody_works_on_stays()
    {
        await Receipt(_alice.Table<Todo>().CreateAsync(new Todo("2", "a", "new")));
        await WriteAsApp(tx => tx.Table<Todo>().Set("2", t => t.Order, 9));
        await _live.RowsAreAsync(rows => rows.Any(row => row.Order == 9));
        Assert.That((await (await _alice.Undo.UndoAsync()).Confirmed).Outcome, Is.EqualTo(UndoOutcome.Skipped));
        Assert.That((await ServerTodo("2"))!.Order, Is.EqualTo(9));
    }

    [Test]
    public async Task What_this_device_did_to_its_own_record_besides_does_not_keep_it()
    {
        await Receipt(_alice.Table<Todo>().CreateAsync(new Todo("2", "a", "new")));
        await Receipt(_alice.WriteAsync(new WriteOptions { IsUndoable = false }, tx => tx.Table<Todo>().Set("2", t => t.Order, 9)));
        await Confirmed(_alice.Undo.UndoAsync());
        Assert.That(await ServerTodo("2"), Is.Null);
    }

    [Test]
    public async Task What_was_deleted_comes_back_and_what_was_done_before_can_be_undone_still()
    {
        await Receipt(_alice.WriteAsync("Rename", tx => tx.Table<Todo>().Set("1", t => t.Title, "mine")));
        await Receipt(_alice.Table<Todo>().DeleteAsync("1"));
        await Confirmed(_alice.Undo.UndoAsync());
        Assert.That(await ServerTitle("1"), Is.EqualTo("mine"));
        await _live.RowsAreAsync(rows => rows.Count == 1);
        await Confirmed(_alice.Undo.UndoAsync());
        Assert.That(await ServerTitle("1"), Is.EqualTo("first"));
        await Confirmed(_alice.Undo.RedoAsync());
        await Confirmed(_alice.Undo.RedoAsync());
        Assert.That(await ServerTodo("1"), Is.Null);
    }

    [Test]
    public async Task A_soft_delete_and_a_time_of_the_server_go_back_too()
    {
        var notes = _alice.Table<Note>();
        await using var live = notes.All().Live();
        await Receipt(notes.CreateAsync(new Note("n", "text")));
        await Receipt(notes.DeleteAsync("n"));
        await live.RowsAreAsync(rows => rows.Count == 0);
        await Confirmed(_alice.Undo.UndoAsync());
        await live.RowsAreAsync(rows => rows.Count == 1);
        await Confirmed(_alice.Undo.RedoAsync());
        await live.RowsAreAsync(rows => rows.Count == 0);
        await Confirmed(_alice.Undo.UndoAsync());
        await Confirmed(_alice.Undo.UndoAsync());
        await live.RowsAreAsync(rows => rows.Count == 0);
        await Confirmed(_alice.Undo.RedoAsync());
        await live.RowsAreAsync(rows => rows.Count == 1);
    }

    [Test]
    public async Task List_edits_go_back_by_intent()
    {
        await Receipt(_alice.WriteAsync("Tag", tx => tx.Table<Todo>().ListRemove("1", t => t.Tags, "y")));
        await WriteAsApp(tx => tx.Table<Todo>().ListInsert("1", t => t.Tags, "w", ListPosition.AtStart).ListRemove("1", t => t.Tags, "x"));
        await _live.RowsAreAsync(rows => rows[0].Tags is ["w", "z"]);
        await Confirmed(_alice.Undo.UndoAsync());
        Assert.That((await ServerTodo("1"))!.Tags, Is.EqualTo(new[] { "w", "y", "z" }), "its left neighbour is gone: in front of the right one");

        await Receipt(_alice.WriteAsync("Tag", tx => tx.Table<Todo>().ListInsert("1", t => t.Tags, "v", ListPosition.AtStart)));
        await WriteAsApp(tx => tx.Table<Todo>().ListInsert("1", t => t.Tags, "u"));
        await _live.RowsAreAsync(rows => rows[0].Tags is { Count: 5 });
        await Confirmed(_alice.Undo.UndoAsync());
        Assert.That((await ServerTodo("1"))!.Tags, Is.EqualTo(new[] { "w", "y", "z", "u" }));
    }

    [Test]
    public async Task What_was_taken_out_comes_back_behind_the_nearest_left_neighbour_that_is_left()
    {
        await WriteAsApp(tx => tx.Table<Todo>().ListInsert("1", t => t.Tags, "q"));
        await _live.RowsAreAsync(rows => rows[0].Tags is ["x", "y", "z", "q"]);
        await Receipt(_alice.WriteAsync("Tag", tx => tx.Table<Todo>().ListRemove("1", t => t.Tags, "z")));
        await WriteAsApp(tx => tx.Table<Todo>().ListRemove("1", t => t.Tags, "y").ListInsert("1", t => t.Tags, "q", ListPosition.AtStart).ListInsert("1", t => t.Tags, "n"));
        await _live.RowsAreAsync(rows => rows[0].Tags is ["q", "x", "n"]);
        await Confirmed(_alice.Undo.UndoAsync());
        Assert.That((await ServerTodo("1"))!.Tags, Is.EqualTo(new[] { "q", "x", "z", "n" }));
    }

    [Test]
    public async Task An_element_that_was_moved_goes_back_unless_somebody_took_it_out()
    {
        await Receipt(_alice.WriteAsync("Move", tx => tx.Table<Todo>().ListInsert("1", t => t.Tags, "z", ListPosition.AtStart)));
        await Confirmed(_alice.Undo.UndoAsync());
        Assert.That((await ServerTodo("1"))!.Tags, Is.EqualTo(new[] { "x", "y", "z" }));
        await Confirmed(_alice.Undo.RedoAsync());
        await WriteAsApp(tx => tx.Table<Todo>().ListRemove("1", t => t.Tags, "z"));
        await _live.RowsAreAsync(rows => rows[0].Tags is ["x", "y"]);
        Assert.That((await (await _alice.Undo.UndoAsync()).Confirmed).Outcome, Is.EqualTo(UndoOutcome.Skipped));
        Assert.That((await ServerTodo("1"))!.Tags, Is.EqualTo(new[] { "x", "y" }));
    }

    [Test]
    public async Task A_group_is_undone_at_once()
    {
        using (_alice.Undo.Group("Tidy up"))
        {
            await _alice.WriteAsync("Rename", tx => tx.Table<Todo>().Set("1", t => t.Title, "mine"));
            await _alice.Table<Todo>().CreateAsync(new Todo("2", "a", "new"));
        }
        await _alice.UntilAsync(() => _alice.Status.PendingWrites == 0);
        Assert.That(_alice.Undo.State.UndoLabel, Is.EqualTo("Tidy up"));
        await Confirmed(_alice.Undo.UndoAsync());
        Assert.That((await ServerTitle("1"), await ServerTodo("2")), Is.EqualTo(("first", default(Todo))));
        Assert.That(_alice.Undo.State.CanUndo, Is.False);
    }

    [Test]
    public async Task What_is_not_to_be_undone_leaves_redo_alone()
    {
        await Receipt(_alice.WriteAsync("Rename", tx => tx.Table<Todo>().Set("1", t => t.Title, "mine")));
        await Confirmed(_alice.Undo.UndoAsync());
        await Receipt(_alice.WriteAsync(new WriteOptions { IsUndoable = false }, tx => tx.Table<Todo>().Set("1", t => t.Order, 5)));
        Assert.That(_alice.Undo.State, Is.EqualTo(new UndoState(false, true, null, "Rename")));
        await Receipt(_alice.WriteAsync("Order", tx => tx.Table<Todo>().Set("1", t => t.Order, 6)));
        Assert.That(_alice.Undo.State, Is.EqualTo(new UndoState(true, false, "Order", null)));
    }

    [Test]
    public async Task A_rejected_write_takes_its_entry_along()
    {
        await Receipt(_alice.WriteAsync("Fine", tx => tx.Table<Todo>().Set("1", t => t.Order, 5)));
        var refused = await _alice.WriteAsync("Lock", tx => tx.Table<Todo>().Set("1", t => t.Title, "locked"));
        Assert.That((await refused.Receipt).IsAccepted, Is.False);
        Assert.That(_alice.Undo.State, Is.EqualTo(new UndoState(true, false, "Fine", null)));
    }

    [Test]
    public async Task A_rejected_undo_is_told_and_stands_in_the_tray()
    {
        await Receipt(_alice.WriteAsync("Fine", tx => tx.Table<Todo>().Set("1", t => t.Order, 5)));
        await WriteAsApp(tx => tx.Table<Todo>().Set("1", t => t.Title, "locked"));
        var undone = await _alice.Undo.UndoAsync();
        Assert.That((await undone.Confirmed).Skipped.Single().Reason, Is.EqualTo(SkipReason.Rejected));
        Assert.That(_alice.Tray.Items.Single().Label, Is.EqualTo("Undo Fine"));
        Assert.That(_alice.Undo.State, Is.EqualTo(default(UndoState)));
    }

    public async ValueTask DisposeAsync()
    {
        if (_live is not null) await _live.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    private string? Title(string id) => _alice.Table<Todo>().Find(id)?.Title;
    private async Task<string?> ServerTitle(string id) => (await ServerTodo(id))?.Title;
    private async Task<Todo?> ServerTodo(string id) => await _server.Server.Table<Todo>().GetAsync(Caller.App("test"), id);
    private async Task WriteAsApp(Action<TransactionBuilder> build) => Assert.That((await _server.Server.WriteAsync(Caller.App("test"), build)).IsAccepted);

    private static async Task Receipt(ValueTask<WriteHandle> write)
    {
        var receipt = await (await write).Receipt.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(receipt.IsAccepted, $"{receipt.Code} {receipt.Message}");
    }

    private static async Task Confirmed(ValueTask<UndoRun> run)
    {
        var report = await (await run).Confirmed.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(report.Outcome, Is.EqualTo(UndoOutcome.Undone), string.Join(", ", report.Skipped));
    }
}
