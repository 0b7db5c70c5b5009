namespace Sync.Client.Tests;

/// <summary>A rejected write leaves view and queue, holds nothing up, and waits in the tray for somebody to decide.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TrayTests
{
    private readonly Device _device = new();

    [Test]
    public async Task A_rejected_write_leaves_the_view_and_stays_in_the_tray_over_a_restart()
    {
        await using (var before = _device.Start())
        {
            var session = await before.SignInAsync();
            await RejectAsync(before, session);
            Assert.That(before.Todos.Find("1"), Is.Null);
            Assert.That(before.Client.Status, Is.EqualTo(new ClientStatus(ConnectionState.Live, 0, 1)));
        }

        await using var after = _device.Start();
        await after.SignInAsync();
        var item = after.Client.Tray.Items.Single();
        Assert.That((item.Code, item.Status, item.Label), Is.EqualTo(("not_allowed", 403, "Add todo")));
        Assert.That(item.Fields.Single(field => field.Field == "title").Mine.AsString(), Is.EqualTo("mine"));
    }

    [Test]
    public async Task A_write_behind_a_rejected_one_goes_on()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        await RejectAsync(test, session);
        await test.Todos.CreateAsync(new Todo("2", "a", "next"));
        Assert.That((await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single().Seq, Is.EqualTo(2));
    }

    [Test]
    public async Task A_retry_is_a_new_transaction_and_empties_the_tray()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        await RejectAsync(test, session);
        var changes = 0;
        test.Client.Tray.Changed += () => changes++;
        var rejected = test.Client.Tray.Items.Single();

        var write = await test.Client.Tray.RetryAsync(rejected.TxId);
        Assert.That(test.Client.Tray.Items, Is.Empty);
        Assert.That(changes, Is.EqualTo(1));
        Assert.That(test.Todos.Find("1")!.Title, Is.EqualTo("mine"));
        var queued = (await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single();
        Assert.That(queued.Transaction.TxId, Is.EqualTo(write.TxId).And.Not.EqualTo(rejected.TxId));
        Assert.That(queued.Transaction.Operations, Is.EqualTo(rejected.Transaction.Operations).AsCollection);
    }

    [Test]
    public async Task Something_else_can_be_sent_instead_and_what_was_discarded_is_gone_for_good()
    {
        await using (var test = _device.Start())
        {
            var session = await test.SignInAsync();
            await RejectAsync(test, session);
            await test.Client.Tray.ResendAsync(test.Client.Tray.Items.Single().TxId, tx => tx.Table<Todo>().Create(new Todo("9", "a", "mended")));
            Assert.That((await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single().Transaction.Operations.Single().Key, Is.EqualTo(Some.Key("9")));
            await RejectAsync(test, session);
            await test.Client.Tray.DiscardAsync(test.Client.Tray.Items.Single().TxId);
        }
        await using var after = _device.Start();
        await after.SignInAsync();
        Assert.That(after.Client.Tray.Items, Is.Empty);
    }

    [Test]
    public async Task What_the_server_has_is_looked_up_and_never_kept()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        await using var live = test.Todos.Where(t => t.ListId, "a").Live();
        var sub = (await session.ExpectAsync<ClientMessage.Subscribe>()).Sub;
        session.Load(sub, Some.Todo("1", title: "theirs"));
        await test.Client.WriteAsync("Retitle", tx => tx.Table<Todo>().Set("1", t => t.Title, "mine"));
        var queued = (await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single();
        session.Checkpoint([], [], new ReceiptDelivery(queued.Seq, Some.Rejected(queued.Transaction), [], []));

        var field = test.Client.Tray.Items.Single().Fields.Single();
        Assert.That((field.Field, field.Mine.AsString(), field.Theirs.AsString()), Is.EqualTo(("title", "mine", "theirs")));
        session.Checkpoint([], [new SubscriptionDelta(sub, [], ["1"])]);
        Assert.That(test.Client.Tray.Items.Single().Fields.Single().Theirs.IsMissing, Is.True, "what may no longer be read is not shown either");
        Assert.That(test.Client.Tray.ExportJson(), Does.Contain("mine").And.Not.Contain("theirs"));
    }

    [Test]
    public async Task The_facts_of_a_write_are_told_one_by_one()
    {
        await using var test = _device.Start();
        test.Server.Answers.Enqueue(new TransportException("no network"));
        await test.Client.SignInAsync(new SyncUser("alice"));
        var write = await test.Todos.CreateAsync(new Todo("1", "a", "x"));
        Assert.That(write.Status, Is.EqualTo(new WriteStatus(IsSaved: true, false, false, false, false)));
        Assert.That(test.Todos.StatusOf("1"), Is.EqualTo(new RecordStatus(1, IsSent: false, NeedsAttention: false)));
        var told = 0;
        using var listening = test.Client.Records.Subscribe(keys => told += keys.Count);

        test.Client.Nudge();
        var session = await test.Server.WelcomeAsync();
        var queued = (await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single();
        Assert.That(write.Status, Is.EqualTo(new WriteStatus(true, IsSent: true, false, false, false)));
        session.Checkpoint([], [], new ReceiptDelivery(queued.Seq, Some.Rejected(queued.Transaction), [], []));
        Assert.That(write.Status, Is.EqualTo(new WriteStatus(true, true, false, false, NeedsAttention: true)));
        Assert.That(test.Todos.StatusOf("1"), Is.EqualTo(new RecordStatus(0, IsSent: true, NeedsAttention: true)));
        Assert.That(told, Is.EqualTo(1));
    }

    [Test]
    public async Task Whoever_shows_a_pending_mark_is_told_when_it_goes_although_the_record_stays_the_same()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        await using var live = test.Todos.Where(t => t.ListId, "a").Live();
        var sub = (await session.ExpectAsync<ClientMessage.Subscribe>()).Sub;
        session.Load(sub, Some.Todo("1"));
        await test.Client.WriteAsync("Retitle", tx => tx.Table<Todo>().Set("1", t => t.Title, "new"));
        var queued = (await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single();
        var told = new List<RecordKey>();
        using var listening = test.Client.Records.Subscribe(told.AddRange);
        session.Checkpoint([Some.Todo("1", version: 2, title: "new")], [new SubscriptionDelta(sub, ["1"], [])], new ReceiptDelivery(queued.Seq, Some.Accepted(queued.Transaction), [Some.Key("1")], []));

        Assert.That(told, Is.EqualTo(new[] { Some.Key("1") }));
        Assert.That(test.Todos.StatusOf("1").IsPending, Is.False);
    }

    private static async Task RejectAsync(TestClient test, ScriptedSession session)
    {
        await test.Client.WriteAsync("Add todo", tx => tx.Table<Todo>().Create(new Todo("1", "a", "mine")));
        var queued = (await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single();
        session.Checkpoint([], [], new ReceiptDelivery(queued.Seq, Some.Rejected(queued.Transaction), [], []));
    }
}
