namespace Sync.Client.Tests;

/// <summary>Several clients of one user on one device's storage: tabs, windows, processes.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SharedStorageTests
{
    private readonly Device _device = new();

    [Test]
    public async Task A_second_client_numbers_under_an_id_of_its_own_and_leaves_records_on_disk_to_the_first()
    {
        await using var first = _device.Start();
        await using var second = _device.Start();
        var (one, two) = (await first.SignInAsync(), await second.SignInAsync());
        Assert.That(two.Hello.ClientId, Is.Not.EqualTo(one.Hello.ClientId));

        await using var live = second.Todos.Where(t => t.ListId, "a").Live();
        two.Load((await two.ExpectAsync<ClientMessage.Subscribe>()).Sub, Some.Todo("1"));
        Assert.That(live.Items, Has.Count.EqualTo(1));
        Assert.That(await _device.StoredAsync(Some.TodosOf("a")), Is.Empty);
    }

    [Test]
    public async Task What_a_dead_client_had_not_sent_is_adopted_and_goes_first_under_its_own_id()
    {
        await using var living = _device.Start();
        await living.SignInAsync();
        var dead = _device.Start();
        dead.Server.Answers.Enqueue(new TransportException("no network"));
        await dead.Client.SignInAsync(new SyncUser("alice"));
        await dead.Todos.CreateAsync(new Todo("1", "a", "orphan"));
        _device.Kill();

        await using (var offline = _device.Start())
        {
            offline.Server.Answers.Enqueue(new TransportException("no network"));
            await offline.Client.SignInAsync(new SyncUser("alice"));
            Assert.That(offline.Todos.Find("1")!.Title, Is.EqualTo("orphan"), "the only abandoned partition became its own");
            var another = _device.Start();
            another.Server.Answers.Enqueue(new TransportException("no network"));
            await another.Client.SignInAsync(new SyncUser("alice"));
            await another.Todos.CreateAsync(new Todo("2", "a", "newer"));
            _device.Kill();
        }

        await using var next = _device.Start();
        var session = await next.SignInAsync();
        await next.Todos.CreateAsync(new Todo("3", "a", "own"));
        var adopted = await session.ExpectAsync<ClientMessage.Push>();
        var own = await session.ExpectAsync<ClientMessage.Push>();
        Assert.That(adopted.Transactions.Single().Transaction.Operations.Single().Key, Is.EqualTo(Some.Key("1")));
        Assert.That(adopted.ClientId, Is.Not.Null.And.Not.EqualTo(session.Hello.ClientId));
        Assert.That(own.ClientId, Is.Null);
        Assert.That(own.Transactions.Select(queued => queued.Transaction.Operations.Single().Key.Id), Is.EqualTo(new[] { "2" }).Or.EqualTo(new[] { "2", "3" }));
    }

    [Test]
    public async Task A_thawed_client_loses_what_another_has_taken_over_and_goes_on_under_a_new_id()
    {
        await using var frozen = _device.Start();
        frozen.Server.Answers.Enqueue(new TransportException("no network"));
        await frozen.Client.SignInAsync(new SyncUser("alice"));
        var lost = await frozen.Todos.CreateAsync(new Todo("1", "a", "taken over"));
        _device.Kill();
        await using var taker = _device.Start();
        taker.Server.Answers.Enqueue(new TransportException("no network"));
        await taker.Client.SignInAsync(new SyncUser("alice"));
        Assert.That(taker.Todos.Find("1"), Is.Not.Null);

        var write = await frozen.Todos.CreateAsync(new Todo("2", "a", "thawed"));
        Assert.That(write.Status.IsSaved, Is.True);
        Assert.That(lost.Receipt.IsCanceled, Is.True);
        frozen.Client.Nudge();
        var session = await frozen.Server.WelcomeAsync();
        var push = await session.ExpectAsync<ClientMessage.Push>();
        Assert.That(push.Transactions.Select(queued => queued.Transaction.Operations.Single().Key.Id), Is.EqualTo(new[] { "2" }));

        taker.Client.Nudge();
        var other = await taker.Server.WelcomeAsync();
        Assert.That(other.Hello.ClientId, Is.Not.EqualTo(session.Hello.ClientId));
        Assert.That((await other.ExpectAsync<ClientMessage.Push>()).Transactions.Single().Transaction.Operations.Single().Key, Is.EqualTo(Some.Key("1")));
    }

    [Test]
    public async Task What_a_thawed_client_heard_answered_does_not_wait_again_when_its_queue_comes_back_to_it()
    {
        await using var frozen = _device.Start();
        var session = await frozen.SignInAsync();
        await frozen.Todos.CreateAsync(new Todo("1", "a", "x"));
        var queued = (await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single();
        _device.Kill();
        session.Checkpoint([], [], new ReceiptDelivery(queued.Seq, Some.Rejected(queued.Transaction), [], []));

        Assert.That(frozen.Client.Status.PendingWrites, Is.Zero);
        Assert.That(frozen.Client.Tray.Items, Has.Count.EqualTo(1));
        await frozen.DisposeAsync();
        await using var next = _device.Start();
        await next.SignInAsync();
        Assert.That((next.Client.Status.PendingWrites, next.Client.Status.NeedAttention), Is.EqualTo((0, 1)), "nor after a restart");
    }

    [Test]
    public async Task When_the_writer_goes_another_takes_its_place_and_puts_on_disk_what_it_has()
    {
        var first = _device.Start();
        await using var second = _device.Start();
        await first.SignInAsync();
        var two = await second.SignInAsync();
        await using var live = second.Todos.Where(t => t.ListId, "a").Live();
        two.Load((await two.ExpectAsync<ClientMessage.Subscribe>()).Sub, Some.Todo("1"));
        await first.DisposeAsync();

        second.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.That(await _device.StoredAsync(Some.TodosOf("a")), Is.EqualTo(new[] { "todos/1@1" }));
    }

    [Test]
    public async Task A_write_that_cannot_be_saved_is_taken_back_and_the_next_one_works()
    {
        await using var test = _device.Start();
        await test.SignInAsync();
        _device.Fault = new IOException("full");
        Assert.ThrowsAsync<StorageException>(async () => await test.Todos.CreateAsync(new Todo("1", "a", "x")));
        Assert.That(test.Todos.Find("1"), Is.Null);

        _device.Fault = null;
        await test.Todos.CreateAsync(new Todo("2", "a", "x"));
        Assert.That(test.Client.Status.PendingWrites, Is.EqualTo(1));
    }

    [Test]
    public async Task A_write_is_shown_at_once_but_neither_resolves_nor_is_sent_before_it_is_saved()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        _device.SlowWrites = new TaskCompletionSource();
        var writing = test.Todos.CreateAsync(new Todo("1", "a", "x")).AsTask();
        Assert.That(test.Todos.Find("1"), Is.Not.Null);
        Assert.That(writing.IsCompleted, Is.False);
        session.ExpectNothing();

        _device.SlowWrites.SetResult();
        Assert.That((await writing).Status.IsSaved, Is.True);
        await session.ExpectAsync<ClientMessage.Push>();
    }

    [TestCase(UnsentWork.Keep, true)]
    [TestCase(UnsentWork.Export, false)]
    [TestCase(UnsentWork.Discard, false)]
    public async Task Signing_out_says_what_becomes_of_unsent_work(UnsentWork unsent, bool isKept)
    {
        await using var test = _device.Start();
        test.Server.Answers.Enqueue(new TransportException("no network"));
        await test.Client.SignInAsync(new SyncUser("alice"));
        await test.Todos.CreateAsync(new Todo("1", "a", "unsent"));
        var export = await test.Client.SignOutAsync(unsent);
        Assert.That(export, unsent == UnsentWork.Export ? Does.Contain("unsent") : Is.Null);

        test.Server.Answers.Enqueue(new TransportException("no network"));
        await test.Client.SignInAsync(new SyncUser("alice"));
        Assert.That(test.Todos.Find("1") is not null, Is.EqualTo(isKept));
    }

    [Test]
    public async Task Another_user_on_the_same_device_sees_and_sends_nothing_of_the_first()
    {
        await using var test = _device.Start();
        test.Server.Answers.Enqueue(new TransportException("no network"));
        await test.Client.SignInAsync(new SyncUser("alice"));
        await test.Todos.CreateAsync(new Todo("1", "a", "of alice"));
        await test.Client.SignOutAsync();

        var session = await test.SignInAsync("bob");
        Assert.That(test.Todos.Find("1"), Is.Null);
        session.ExpectNothing();
    }
}
