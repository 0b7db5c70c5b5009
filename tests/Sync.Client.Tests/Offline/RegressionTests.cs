namespace Sync.Client.Tests;

/// <summary>What users of other engines have lost or waited for in vain, each as a test of its own.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RegressionTests
{
    private readonly Device _device = new();

    [Test]
    public async Task A_refused_upload_is_tried_again_by_itself_and_a_rejected_one_is_told()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        RejectedWrite? told = null;
        test.Client.WriteRejected += rejected => told = rejected;
        var write = await test.Todos.CreateAsync(new Todo("1", "a", "x"));
        var queued = await PushedAsync(session);
        session.Send(new ServerMessage.Retry(queued.Seq, ErrorCodes.Busy, TimeSpan.FromSeconds(3)));
        test.Time.Advance(TimeSpan.FromSeconds(2));
        session.ExpectNothingButPings();

        test.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That((await PushedAsync(session)).Seq, Is.EqualTo(queued.Seq), "nothing else was written meanwhile");
        session.Checkpoint([], [], new ReceiptDelivery(queued.Seq, Some.Rejected(queued.Transaction), [], []));
        Assert.That((await write.Receipt).IsAccepted, Is.False);
        Assert.That(told!.Code, Is.EqualTo("not_allowed"));
        Assert.That(test.Client.Tray.Items, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Between_acknowledgement_and_echo_no_reader_sees_the_old_value()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        await using var live = test.Todos.Where(t => t.ListId, "a").Live();
        var sub = (await session.ExpectAsync<ClientMessage.Subscribe>()).Sub;
        session.Load(sub, Some.Todo("1", title: "old"));
        var seen = new List<string>();
        live.Updated += () => seen.Add(live.Items.Single().Title);

        await test.Client.WriteAsync("Retitle", tx => tx.Table<Todo>().Set("1", t => t.Title, "new"));
        var queued = await PushedAsync(session);
        session.Checkpoint([Some.Todo("1", version: 2, title: "new")], [new SubscriptionDelta(sub, ["1"], [])], new ReceiptDelivery(queued.Seq, Some.Accepted(queued.Transaction), [Some.Key("1")], []));

        Assert.That(seen, Is.EqualTo(new[] { "new" }));
        Assert.That(test.Client.Status.PendingWrites, Is.Zero);
    }

    [Test]
    public async Task Pending_edits_survive_a_process_that_dies_without_a_word()
    {
        var dying = _device.Start();
        dying.Server.Answers.Enqueue(new TransportException("no network"));
        await dying.Client.SignInAsync(new SyncUser("alice"));
        await dying.Todos.CreateAsync(new Todo("1", "a", "first"));
        await dying.Todos.UpdateAsync("1", todo => todo with { Title = "second" });
        _device.Kill();

        await using var test = _device.Start();
        var session = await test.SignInAsync();
        Assert.That(test.Todos.Find("1")!.Title, Is.EqualTo("second"));
        Assert.That((await session.ExpectAsync<ClientMessage.Push>()).Transactions, Has.Length.EqualTo(2));
    }

    [Test]
    public async Task An_edit_made_while_a_push_is_in_flight_is_neither_overwritten_nor_forgotten()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        await using var live = test.Todos.Where(t => t.ListId, "a").Live();
        var sub = (await session.ExpectAsync<ClientMessage.Subscribe>()).Sub;
        session.Load(sub, Some.Todo("1", title: "old"));
        await test.Client.WriteAsync("Retitle", tx => tx.Table<Todo>().Set("1", t => t.Title, "first"));
        var first = await PushedAsync(session);
        await test.Client.WriteAsync("Retitle", tx => tx.Table<Todo>().Set("1", t => t.Title, "second"));

        session.Checkpoint([Some.Todo("1", version: 2, title: "first")], [new SubscriptionDelta(sub, ["1"], [])], new ReceiptDelivery(first.Seq, Some.Accepted(first.Transaction), [Some.Key("1")], []));
        Assert.That(live.Items.Single().Title, Is.EqualTo("second"));
        Assert.That((await PushedAsync(session)).Transaction.Operations.Single(), Is.EqualTo(Some.Retitle("1", "second")));
    }

    [Test]
    public async Task Two_tabs_send_each_write_once_and_neither_sends_the_others()
    {
        await using var one = _device.Start();
        await using var two = _device.Start();
        var (first, second) = (await one.SignInAsync(), await two.SignInAsync());
        await one.Todos.CreateAsync(new Todo("1", "a", "of one"));
        await two.Todos.CreateAsync(new Todo("2", "a", "of two"));

        Assert.That((await PushedAsync(first)).Transaction.Operations.Single().Key.Id, Is.EqualTo("1"));
        Assert.That((await PushedAsync(second)).Transaction.Operations.Single().Key.Id, Is.EqualTo("2"));
        first.ExpectNothing();
        second.ExpectNothing();
    }

    [Test]
    public async Task What_was_missed_while_the_connection_was_down_is_asked_for_by_what_is_held()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        await using var live = test.Todos.Where(t => t.ListId, "a").Live();
        session.Load((await session.ExpectAsync<ClientMessage.Subscribe>()).Sub, Some.Todo("1", title: "old"));
        session.Close(TransportClose.Lost);
        test.Time.Advance(TimeSpan.FromSeconds(1));

        var next = await test.Server.WelcomeAsync();
        var again = await next.ExpectAsync<ClientMessage.Subscribe>();
        Assert.That(again.Claim, Is.EqualTo(Digest.Of([Some.Todo("1", title: "old")])));
        Assert.That(live.Freshness, Is.EqualTo(Freshness.Stale));
        next.Checkpoint([Some.Todo("1", version: 2, title: "missed")], [new SubscriptionDelta(again.Sub, ["1"], [], IsLoaded: true, IsKept: true)]);
        Assert.That((live.Items.Single().Title, live.Freshness), Is.EqualTo(("missed", Freshness.Current)));
    }

    [Test]
    public async Task A_server_that_sends_nonsense_again_and_again_is_dialled_more_and_more_slowly()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        for (var i = 0; i < 6; i++)
        {
            session.SendRaw("nonsense"u8.ToArray());
            test.Time.Advance(TimeSpan.FromSeconds(31));
            session = await test.Server.WelcomeAsync();
        }
        session.SendRaw("nonsense"u8.ToArray());
        var dials = test.Server.Dials;
        test.Time.Advance(TimeSpan.FromSeconds(14));
        Assert.That(test.Server.Dials, Is.EqualTo(dials));
    }

    [Test]
    public void A_crowd_of_clients_that_lost_its_server_does_not_come_back_at_once()
    {
        const int Clients = 10_000;
        var chance = new SeededChance(7);
        for (var failures = 0; failures < 6; failures++)
        {
            var slots = new Dictionary<int, int>();
            for (var i = 0; i < Clients; i++)
            {
                var slot = (int)(Backoff.After(failures, chance.NextDouble()) / (Backoff.After(failures, 0) / 10));
                slots[slot] = slots.GetValueOrDefault(slot) + 1;
            }
            Assert.That(slots.Values.Max(), Is.LessThan(Clients / 8), "a tenth of the shortest wait sees no more than about a tenth of them");
        }
    }

    private static async Task<QueuedTransaction> PushedAsync(ScriptedSession session) => (await session.ExpectBesidesPingsAsync<ClientMessage.Push>()).Transactions.Single();
}
