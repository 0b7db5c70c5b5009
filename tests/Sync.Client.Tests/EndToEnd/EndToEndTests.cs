namespace Sync.Client.Tests;

/// <summary>The whole way: client, protocol, server and back, with nothing in between replaced but the network.</summary>
[CancelAfter(30_000)]
public sealed class EndToEndTests
{
    [Test]
    public async Task What_one_writes_the_other_sees()
    {
        await using var server = await OneServer.StartAsync();
        var (alice, bob) = (await server.SignInAsync("alice"), await server.SignInAsync("bob"));
        await using var seen = bob.Table<Todo>().Where(t => t.ListId, "a").Live();
        await seen.WhenCurrentAsync().WaitAsync(TimeSpan.FromSeconds(10));

        var write = await alice.Table<Todo>().CreateAsync(new Todo("1", "a", "Milk"));
        Assert.That((await write.Receipt.WaitAsync(TimeSpan.FromSeconds(10))).IsAccepted, Is.True);
        await seen.RowsAreAsync(rows => rows is [{ Title: "Milk" }]);

        await bob.Table<Todo>().UpdateAsync("1", t => t with { Done = true });
        await using var back = alice.Table<Todo>().ById("1").Live();
        await back.RowsAreAsync(rows => rows is [{ Done: true }]);
    }

    [Test]
    public async Task Two_who_change_different_fields_keep_both()
    {
        await using var server = await OneServer.StartAsync();
        var (alice, bob) = (await server.SignInAsync("alice"), await server.SignInAsync("bob"));
        await (await alice.Table<Todo>().CreateAsync(new Todo("1", "a", "Milk"))).Receipt;
        await using var atAlice = alice.Table<Todo>().Where(t => t.ListId, "a").Live();
        await using var atBob = bob.Table<Todo>().Where(t => t.ListId, "a").Live();
        await atAlice.RowsAreAsync(rows => rows.Count == 1);
        await atBob.RowsAreAsync(rows => rows.Count == 1);

        await Task.WhenAll(
            alice.Table<Todo>().UpdateAsync("1", t => t with { Title = "Oat milk" }).AsTask(),
            bob.Table<Todo>().UpdateAsync("1", t => t with { Done = true }).AsTask());

        await atAlice.RowsAreAsync(rows => rows is [{ Title: "Oat milk", Done: true }]);
        await atBob.RowsAreAsync(rows => rows is [{ Title: "Oat milk", Done: true }]);
    }

    [Test]
    public async Task Two_who_change_one_field_end_with_the_same()
    {
        await using var server = await OneServer.StartAsync();
        var (alice, bob) = (await server.SignInAsync("alice"), await server.SignInAsync("bob"));
        await (await alice.Table<Todo>().CreateAsync(new Todo("1", "a", "Milk"))).Receipt;
        await using var atAlice = alice.Table<Todo>().Where(t => t.ListId, "a").Live();
        await using var atBob = bob.Table<Todo>().Where(t => t.ListId, "a").Live();
        await atBob.RowsAreAsync(rows => rows.Count == 1);
        await atAlice.RowsAreAsync(rows => rows.Count == 1);

        var first = await alice.Table<Todo>().UpdateAsync("1", t => t with { Title = "hers" });
        var second = await bob.Table<Todo>().UpdateAsync("1", t => t with { Title = "his" });
        await Task.WhenAll(first.Receipt, second.Receipt);

        var last = (await server.Server.Table<Todo>().GetAsync(Caller.App("test"), "1"))!.Title;
        await atAlice.RowsAreAsync(rows => rows.Single().Title == last);
        await atBob.RowsAreAsync(rows => rows.Single().Title == last);
    }

    [Test]
    public async Task A_refused_write_is_taken_back_and_told_and_what_is_behind_it_goes_on()
    {
        await using var server = await OneServer.StartAsync();
        var alice = await server.SignInAsync("alice");
        await using var live = alice.Table<Todo>().Where(t => t.ListId, "a").Live();
        await live.WhenCurrentAsync().WaitAsync(TimeSpan.FromSeconds(10));
        RejectedWrite? told = null;
        alice.WriteRejected += rejected => told = rejected;

        var refused = await alice.WriteAsync("Lock", tx => tx.Table<Todo>().Create(new Todo("1", "a", "locked")));
        var next = await alice.Table<Todo>().CreateAsync(new Todo("2", "a", "Milk"));

        Assert.That((await refused.Receipt).Code, Is.EqualTo("locked"));
        Assert.That((await next.Receipt).IsAccepted, Is.True);
        await live.RowsAreAsync(rows => rows is [{ Id: "2" }]);
        Assert.That(told, Is.Not.Null);
        Assert.That((told!.Label, told.Code), Is.EqualTo(("Lock", "locked")));
    }

    [Test]
    public async Task What_is_written_offline_arrives_once_the_network_is_back()
    {
        await using var server = await OneServer.StartAsync();
        var bob = await server.SignInAsync("bob");
        await using var seen = bob.Table<Todo>().Where(t => t.ListId, "a").OrderBy(t => t.Order).Live();
        var transport = server.Transport("alice");
        transport.IsOffline = true;
        var alice = await server.SignInAsync("alice", transport);
        await using var own = alice.Table<Todo>().Where(t => t.ListId, "a").OrderBy(t => t.Order).Live();
        for (var i = 0; i < 300; i++) await alice.Table<Todo>().CreateAsync(new Todo($"{i}", "a", $"No {i}", i));
        Assert.That(own.Items, Has.Count.EqualTo(300));
        Assert.That(own.Freshness, Is.EqualTo(Freshness.Stale));

        transport.IsOffline = false;
        alice.Nudge();

        await seen.RowsAreAsync(rows => rows.Count == 300);
        await own.WhenCurrentAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(own.Items.Select(t => t.Order), Is.EqualTo(Enumerable.Range(0, 300)).AsCollection);
    }

    [Test]
    public async Task A_window_is_refilled_when_one_of_its_rows_leaves()
    {
        await using var server = await OneServer.StartAsync();
        var alice = await server.SignInAsync("alice");
        for (var i = 0; i < 5; i++) await (await alice.Table<Todo>().CreateAsync(new Todo($"{i}", "a", $"No {i}", i))).Receipt;
        var bob = await server.SignInAsync("bob");
        await using var first = bob.Table<Todo>().Where(t => t.ListId, "a").OrderBy(t => t.Order).Take(2).Live();
        await first.RowsAreAsync(rows => rows is [{ Id: "0" }, { Id: "1" }]);

        await alice.Table<Todo>().DeleteAsync("0");

        await first.RowsAreAsync(rows => rows is [{ Id: "1" }, { Id: "2" }]);
    }

    [Test]
    public async Task A_refused_query_says_why()
    {
        await using var server = await OneServer.StartAsync();
        var alice = await server.SignInAsync("alice");

        Assert.That(() => alice.Table<Todo>().Where(t => t.Title, "x").Live(), Throws.ArgumentException.With.Message.Contains(".Index("));
        await Task.CompletedTask;
    }

    [Test]
    public async Task A_soft_deleted_note_leaves_every_screen()
    {
        await using var server = await OneServer.StartAsync();
        var (alice, bob) = (await server.SignInAsync("alice"), await server.SignInAsync("bob"));
        await using var atBob = bob.Table<Note>().All().Live();
        await (await alice.Table<Note>().CreateAsync(new Note("n", "x"))).Receipt;
        await atBob.RowsAreAsync(rows => rows.Count == 1);

        await bob.Table<Note>().DeleteAsync("n");
        Assert.That(atBob.Items, Is.Empty);
        await using var atAlice = alice.Table<Note>().All().Live();
        await atAlice.WhenCurrentAsync().WaitAsync(TimeSpan.FromSeconds(10));
        await atAlice.RowsAreAsync(rows => rows.Count == 0);
        await bob.UntilAsync(() => bob.Status.PendingWrites == 0);
        Assert.That(atBob.Items, Is.Empty);
    }
}
