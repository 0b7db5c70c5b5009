namespace Sync.Client.Tests;

public sealed class SessionTests
{
    [Test]
    public async Task A_live_query_is_subscribed_and_shows_what_the_server_loads()
    {
        await using var test = new TestClient();
        var session = await test.SignInAsync();
        await using var live = test.Todos.Where(t => t.ListId, "a").OrderBy(t => t.Order).Live();

        var subscribe = await session.ExpectAsync<ClientMessage.Subscribe>();
        Assert.That(live.Freshness, Is.EqualTo(Freshness.Unknown));
        session.Load(subscribe.Sub, Some.Todo("1", order: 2), Some.Todo("2", order: 1));

        Assert.That(live.Items.Select(t => t.Id), Is.EqualTo(new[] { "2", "1" }));
        Assert.That(live.Freshness, Is.EqualTo(Freshness.Current));
        Assert.That(live.WhenCurrentAsync().IsCompletedSuccessfully, Is.True);
        Assert.That(test.Client.Status.Connection, Is.EqualTo(ConnectionState.Live));
    }

    [Test]
    public async Task A_write_is_pushed_and_its_receipt_completes_with_its_effects_shown()
    {
        await using var test = new TestClient();
        var session = await test.SignInAsync();
        await using var live = test.Todos.Where(t => t.ListId, "a").Live();
        var sub = (await session.ExpectAsync<ClientMessage.Subscribe>()).Sub;
        session.Load(sub);

        var write = await test.Todos.CreateAsync(new Todo("1", "a", "Milk"));
        Assert.That(live.Items.Single().Title, Is.EqualTo("Milk"));
        Assert.That(test.Client.Status.PendingWrites, Is.EqualTo(1));

        var pushed = (await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single();
        Assert.That(pushed.Seq, Is.EqualTo(1));
        Assert.That(pushed.Transaction.TxId, Is.EqualTo(write.TxId));
        Assert.That(pushed.Transaction.AuthorId, Is.EqualTo("alice"));
        Assert.That(write.Receipt.IsCompleted, Is.False);

        var record = Some.Todo("1", title: "Milk");
        var row = live.Items.Single();
        session.Checkpoint([record], [new SubscriptionDelta(sub, ["1"], [])], new ReceiptDelivery(1, Some.Accepted(pushed.Transaction), [record.Key], []));

        Assert.That((await write.Receipt).IsAccepted, Is.True);
        Assert.That(test.Client.Status.PendingWrites, Is.Zero);
        Assert.That(live.Items.Single(), Is.SameAs(row).Or.EqualTo(row));
    }
}
