namespace Sync.Client.Tests;

/// <summary>What a device still has, and still says, after its client was ended or died.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RestartTests
{
    private static readonly Query _todos = Some.TodosOf("a") with { OrderBy = [] };
    private readonly Device _device = new();

    [Test]
    public async Task A_write_made_offline_is_in_the_view_after_a_restart_and_goes_out_under_its_old_number()
    {
        string clientId;
        await using (var before = _device.Start())
        {
            var session = await before.SignInAsync();
            clientId = session.Hello.ClientId;
            session.Close(TransportClose.Lost);
            await before.Todos.CreateAsync(new Todo("1", "a", "kept"));
            await before.Todos.CreateAsync(new Todo("2", "a", "too"));
        }

        await using var after = _device.Start();
        await after.Client.SignInAsync(new SyncUser("alice"));
        Assert.That(after.Todos.Find("1")!.Title, Is.EqualTo("kept"));
        Assert.That(after.Client.Status.PendingWrites, Is.EqualTo(2));

        var next = await after.Server.WelcomeAsync();
        var push = await next.ExpectAsync<ClientMessage.Push>();
        Assert.That(next.Hello.ClientId, Is.EqualTo(clientId));
        Assert.That(push.Transactions.Select(queued => queued.Seq), Is.EqualTo(new[] { 1L, 2L }));
        Assert.That(push.ClientId, Is.Null);
    }

    [Test]
    public async Task A_number_is_never_given_twice_even_where_the_queue_has_been_emptied()
    {
        await using (var before = _device.Start())
        {
            var session = await before.SignInAsync();
            await before.Todos.CreateAsync(new Todo("1", "a", "x"));
            await AcceptAsync(session);
        }
        await using var after = _device.Start();
        var next = await after.SignInAsync();
        await after.Todos.CreateAsync(new Todo("2", "a", "y"));
        Assert.That((await next.ExpectAsync<ClientMessage.Push>()).Transactions.Single().Seq, Is.EqualTo(2));
    }

    [Test]
    public async Task A_stored_query_shows_its_rows_without_a_server_and_says_that_they_may_be_old()
    {
        await StoreAsync(Some.Todo("1"), Some.Todo("2"));

        await using var after = _device.Start();
        after.Server.Answers.Enqueue(new TransportException("no network"));
        await after.Client.SignInAsync(new SyncUser("alice"));
        await using var live = after.Todos.Where(t => t.ListId, "a").Live();

        Assert.That(live.Items.Select(todo => todo.Id), Is.EqualTo(new[] { "1", "2" }));
        Assert.That(live.Freshness, Is.EqualTo(Freshness.Stale));
    }

    [Test]
    public async Task A_stored_query_is_asked_for_with_its_place_and_a_digest_of_what_is_held()
    {
        Record[] records = [Some.Todo("1"), Some.Todo("2")];
        await StoreAsync(records);

        await using var after = _device.Start();
        var session = await after.SignInAsync();
        await using var live = after.Todos.Where(t => t.ListId, "a").Live();
        Assert.That(session.Hello.Token, Is.EqualTo(new Token("t")));
        var subscribe = await session.ExpectAsync<ClientMessage.Subscribe>();
        Assert.That(subscribe.Claim, Is.EqualTo(Digest.Of(records)));
        Assert.That(subscribe.Token, Is.EqualTo(new Token("t")));

        session.Checkpoint([Some.Todo("2", version: 2, title: "new"), Some.Todo("3")], [new SubscriptionDelta(subscribe.Sub, ["2", "3"], ["1"], IsLoaded: true, IsKept: true)]);
        Assert.That(live.Items.Select(todo => $"{todo.Id} {todo.Title}"), Is.EqualTo(new[] { "2 new", "3 T" }));
        Assert.That(live.Freshness, Is.EqualTo(Freshness.Current));
    }

    [Test]
    public async Task Without_kept_the_server_has_said_everything_and_the_rest_goes_from_disk_too()
    {
        await StoreAsync(Some.Todo("1"), Some.Todo("2"));

        await using var after = _device.Start();
        var session = await after.SignInAsync();
        await using var live = after.Todos.Where(t => t.ListId, "a").Live();
        var subscribe = await session.ExpectAsync<ClientMessage.Subscribe>();
        session.Load(subscribe.Sub, Some.Todo("2"));

        Assert.That(live.Items.Select(todo => todo.Id), Is.EqualTo(new[] { "2" }));
        Assert.That(await _device.StoredAsync(_todos), Is.EqualTo(new[] { "todos/2@1" }));
    }

    [Test]
    public async Task A_change_that_comes_while_the_claim_is_looked_at_is_not_lost()
    {
        await StoreAsync(Some.Todo("1"), Some.Todo("2"));

        await using var after = _device.Start();
        var session = await after.SignInAsync();
        await using var live = after.Todos.Where(t => t.ListId, "a").Live();
        var subscribe = await session.ExpectAsync<ClientMessage.Subscribe>();
        session.Checkpoint([Some.Todo("1", version: 2, title: "live")], [new SubscriptionDelta(subscribe.Sub, ["1"], ["2"])]);
        session.Checkpoint([], [new SubscriptionDelta(subscribe.Sub, [], [], IsLoaded: true, IsKept: true)]);

        Assert.That(live.Items.Select(todo => $"{todo.Id} {todo.Title}"), Is.EqualTo(new[] { "1 live" }));
    }

    [Test]
    public async Task What_nobody_reads_leaves_memory_and_stays_on_disk_and_comes_back_with_its_next_reader()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        var live = test.Todos.Where(t => t.ListId, "a").Live();
        session.Load((await session.ExpectAsync<ClientMessage.Subscribe>()).Sub, Some.Todo("1"));
        await live.DisposeAsync();
        test.Time.Advance(TimeSpan.FromSeconds(11));

        Assert.That(test.Client.Records.Get(Some.Key("1")), Is.Null);
        Assert.That(await _device.StoredAsync(_todos), Is.EqualTo(new[] { "todos/1@1" }));
        await using var again = test.Todos.Where(t => t.ListId, "a").Live();
        Assert.That(again.Items.Single().Id, Is.EqualTo("1"));
    }

    [Test]
    public async Task What_the_server_takes_back_while_the_disk_is_read_does_not_come_back_from_there()
    {
        await StoreAsync(Some.Todo("1"), Some.Todo("2"));
        await using var after = _device.Start();
        after.Server.Answers.Enqueue(new TransportException("no network"));
        await after.Client.SignInAsync(new SyncUser("alice"));
        await using var one = after.Todos.ById("1").Live();
        after.Client.Nudge();
        var session = await after.Server.WelcomeAsync();
        var sub = (await session.ExpectAsync<ClientMessage.Subscribe>()).Sub;
        _device.SlowReads = new TaskCompletionSource();
        session.Checkpoint([], [new SubscriptionDelta(sub, [], [], IsLoaded: true, IsKept: true)]);
        await using var live = after.Todos.Where(t => t.ListId, "a").Live();
        session.Checkpoint([], [new SubscriptionDelta(sub, [], ["1"])]);
        _device.SlowReads.SetResult();
        Assert.That(live.Items.Select(todo => todo.Id), Is.EqualTo(new[] { "2" }));
    }

    [Test]
    public async Task A_query_that_is_not_stored_waits_for_no_disk_and_shows_what_matches_until_the_server_answers()
    {
        await StoreAsync(Some.Todo("1"), Some.Todo("2"));
        await using var after = _device.Start();
        _device.SlowReads = new TaskCompletionSource();
        var session = await after.SignInAsync();
        await using var live = after.Todos.WhereIn(t => t.ListId, ["a", "b"]).Live();
        var subscribe = await session.ExpectAsync<ClientMessage.Subscribe>();
        Assert.That(subscribe.Query.Where.Single(), Is.InstanceOf<QueryCondition.AnyOf>());
        _device.SlowReads.SetResult();
        Assert.That((live.Items.Count, live.Freshness), Is.EqualTo((2, Freshness.Stale)));

        session.Load(subscribe.Sub, Some.Todo("2"));
        Assert.That(live.Items.Select(todo => todo.Id), Is.EqualTo(new[] { "2" }));
    }

    [Test]
    public async Task A_record_that_is_only_on_disk_can_be_changed_and_looked_up()
    {
        await StoreAsync(Some.Todo("1"), Some.Todo("2"));
        await using var after = _device.Start();
        await after.SignInAsync();

        await after.Todos.UpdateAsync("1", todo => todo with { Title = "changed" });
        Assert.That(after.Todos.Find("1")!.Title, Is.EqualTo("changed"));
        Assert.That((await after.Todos.FindAsync("2"))!.Id, Is.EqualTo("2"));
        Assert.That(await after.Todos.FindAsync("3"), Is.Null);
        Assert.ThrowsAsync<RecordNotHeldException>(async () => await after.Todos.UpdateAsync("3", todo => todo));
    }

    [Test]
    public async Task What_was_written_without_a_reader_leaves_memory_and_stays_on_disk_only_where_a_stored_query_covers_it()
    {
        await StoreAsync(Some.Todo("1"));
        await using var after = _device.Start();
        var session = await after.SignInAsync();
        session.Load((await session.ExpectAsync<ClientMessage.Subscribe>()).Sub, Some.Todo("1"));
        await session.ExpectAsync<ClientMessage.Unsubscribe>();

        foreach (var (id, list) in new[] { ("1", "a"), ("9", "z") })
        {
            await after.Client.WriteAsync("Retitle", tx => tx.Table<Todo>().Set(id, t => t.Title, "new"));
            var queued = (await session.ExpectBesidesPingsAsync<ClientMessage.Push>()).Transactions.Single();
            session.Checkpoint([Some.Todo(id, version: 2, list: list, title: "new")], [], new ReceiptDelivery(queued.Seq, Some.Accepted(queued.Transaction), [Some.Key(id)], []));
            Assert.That(after.Todos.Find(id)!.Title, Is.EqualTo("new"));
        }
        after.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.That((after.Todos.Find("1"), after.Todos.Find("9")), Is.EqualTo(((Todo?)null, (Todo?)null)));
        Assert.That(await _device.StoredAsync(_todos), Is.EqualTo(new[] { "todos/1@2" }));
        Assert.That(await _device.StoredAsync(Some.TodosOf("z")), Is.Empty);
    }

    [Test]
    public async Task What_pending_writes_build_on_survives_with_them_although_no_query_has_it()
    {
        var dying = _device.Start();
        var session = await dying.SignInAsync();
        await dying.Todos.CreateAsync(new Todo("1", "a", "created"));
        await AcceptAsync(session, Some.Todo("1", title: "created"));
        Assert.That(await _device.StoredAsync(_todos), Is.Empty);
        await dying.Todos.UpdateAsync("1", todo => todo with { Title = "changed" });
        _device.Kill();

        await using var test = _device.Start();
        test.Server.Answers.Enqueue(new TransportException("no network"));
        await test.Client.SignInAsync(new SyncUser("alice"));
        Assert.That(test.Todos.Find("1")!.Title, Is.EqualTo("changed"));
        test.Client.Nudge();
        await AcceptAsync(await test.Server.WelcomeAsync(), Some.Todo("1", version: 2, title: "changed"));
        Assert.That(await _device.StoredAsync(_todos), Is.Empty, "nothing needs it any more");
    }

    [Test]
    public async Task A_stored_query_that_nobody_opens_is_checked_once_everything_else_is_current()
    {
        await StoreAsync(Some.Todo("1"), Some.Todo("2"));
        await using var after = _device.Start();
        after.Server.Answers.Enqueue(new TransportException("no network"));
        await after.Client.SignInAsync(new SyncUser("alice"));
        await using var other = after.Todos.Where(t => t.ListId, "b").Live();
        after.Client.Nudge();
        var session = await after.Server.WelcomeAsync();
        var first = await session.ExpectAsync<ClientMessage.Subscribe>();
        session.ExpectNothing();
        session.Load(first.Sub);

        var check = await session.ExpectAsync<ClientMessage.Subscribe>();
        Assert.That(check.Query, Is.EqualTo(_todos));
        session.Checkpoint([], [new SubscriptionDelta(check.Sub, [], ["1"], IsLoaded: true, IsKept: true)]);
        Assert.That((await session.ExpectAsync<ClientMessage.Unsubscribe>()).Sub, Is.EqualTo(check.Sub));
        Assert.That(await _device.StoredAsync(_todos), Is.EqualTo(new[] { "todos/2@1" }), "what may not be read any more has left the disk");
        Assert.That(after.Client.Records.Get(Some.Key("2")), Is.Null, "and nobody reads the rest");
    }

    [Test]
    public async Task Stored_queries_are_checked_one_at_a_time()
    {
        await using (var before = _device.Start())
        {
            var first = await before.SignInAsync();
            await using var a = before.Todos.Where(t => t.ListId, "a").Live();
            await using var b = before.Todos.Where(t => t.ListId, "b").Live();
            first.Load((await first.ExpectAsync<ClientMessage.Subscribe>()).Sub, Some.Todo("1"));
            first.Load((await first.ExpectAsync<ClientMessage.Subscribe>()).Sub);
        }
        await using var after = _device.Start();
        var session = await after.SignInAsync();
        var check = await session.ExpectAsync<ClientMessage.Subscribe>();
        session.Send(ServerMessage.Ping.Instance);
        session.ExpectNothing();
        session.Load(check.Sub);
        await session.ExpectAsync<ClientMessage.Unsubscribe>();
        Assert.That((await session.ExpectAsync<ClientMessage.Subscribe>()).Query, Is.Not.EqualTo(check.Query));
    }

    [Test]
    public async Task A_stored_query_without_records_is_known_to_be_empty()
    {
        await StoreAsync();
        await using var after = _device.Start();
        after.Server.Answers.Enqueue(new TransportException("no network"));
        await after.Client.SignInAsync(new SyncUser("alice"));
        await using var live = after.Todos.Where(t => t.ListId, "a").Live();
        await using var other = after.Todos.Where(t => t.ListId, "b").Live();
        Assert.That((live.Freshness, other.Freshness), Is.EqualTo((Freshness.Stale, Freshness.Unknown)));
    }

    [Test]
    public async Task A_query_that_the_server_will_not_have_leaves_nothing_on_disk()
    {
        await StoreAsync(Some.Todo("1"));
        await using var after = _device.Start();
        var session = await after.SignInAsync();
        await using var live = after.Todos.Where(t => t.ListId, "a").Live();
        session.Send(new ServerMessage.Error(ErrorCodes.QueryTooBroad, "No.", (await session.ExpectAsync<ClientMessage.Subscribe>()).Sub));

        Assert.That(live.Error!.Code, Is.EqualTo(ErrorCodes.QueryTooBroad));
        Assert.That(await _device.StoredAsync(_todos), Is.Empty);
    }

    [Test]
    public async Task The_least_recently_read_query_gives_its_room_away()
    {
        await using var test = _device.Start();
        test.Options.MaxStoredQueries = 1;
        var session = await test.SignInAsync();
        foreach (var list in new[] { "a", "b" })
        {
            var live = test.Todos.Where(t => t.ListId, list).Live();
            session.Load((await session.ExpectBesidesPingsAsync<ClientMessage.Subscribe>()).Sub, Some.Todo(list, list: list));
            await live.DisposeAsync();
            test.Time.Advance(TimeSpan.FromSeconds(11));
            session.ExpectNothingBut<ClientMessage.Unsubscribe>();
        }

        Assert.That(await _device.StoredAsync(_todos), Is.Empty);
        Assert.That(await _device.StoredAsync(Some.TodosOf("b")), Is.EqualTo(new[] { "todos/b@1" }));
    }

    private async Task StoreAsync(params Record[] records)
    {
        await using var before = _device.Start();
        var session = await before.SignInAsync();
        await using var live = before.Todos.Where(t => t.ListId, "a").Live();
        session.Load((await session.ExpectAsync<ClientMessage.Subscribe>()).Sub, records);
    }

    private static async Task AcceptAsync(ScriptedSession session, params Record[] records)
    {
        var queued = (await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single();
        session.Checkpoint(records, [], new ReceiptDelivery(queued.Seq, Some.Accepted(queued.Transaction), [.. records.Select(record => record.Key)], []));
    }
}
