namespace Sync.Client.Tests;

/// <summary>What a client does when the server's records are not what it holds, and when the server's store is another one.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HistoryTests
{
    private readonly Device _device = new();

    [Test]
    public async Task With_another_history_what_waits_is_sent_again_under_a_new_client_id_and_no_place_is_named()
    {
        await using var test = _device.Start();
        var (session, sub) = await OpenAsync(test, Some.Todo("1", version: 7));
        await test.Todos.CreateAsync(new Todo("2", "a", "waiting"));
        Assert.That((await session.ExpectAsync<ClientMessage.Push>()).Transactions.Single().Seq, Is.EqualTo(1));
        session.Close(TransportClose.Lost);

        test.Time.Advance(TimeSpan.FromSeconds(1));
        var next = await test.Server.AcceptAsync();
        var hello = await next.ExpectAsync<ClientMessage.Hello>();
        next.Send(new ServerMessage.Welcome(1, "alice", TimeSpan.FromSeconds(15), 256 * 1024, IsOtherHistory: true));
        var push = await next.ExpectAsync<ClientMessage.Push>();
        var subscribe = await next.ExpectAsync<ClientMessage.Subscribe>();
        Assert.That(push.ClientId, Is.Not.Null.And.Not.EqualTo(hello.ClientId));
        Assert.That(push.Transactions.Single().Seq, Is.EqualTo(1));
        Assert.That(subscribe.Token.IsNone, Is.True);

        next.Checkpoint([Some.Todo("1", version: 3, title: "restored")], [new SubscriptionDelta(subscribe.Sub, ["1"], [], IsLoaded: true, IsKept: true)]);
        Assert.That(test.Todos.Find("1")!.Title, Is.EqualTo("restored"), "the server's word counts although its version is lower");
    }

    [Test]
    public async Task A_place_in_another_history_is_named_only_once()
    {
        await using var test = _device.Start();
        var (session, _) = await OpenAsync(test, Some.Todo("1"));
        session.Close(TransportClose.Lost);
        test.Time.Advance(TimeSpan.FromSeconds(1));
        var next = await test.Server.AcceptAsync();
        Assert.That((await next.ExpectAsync<ClientMessage.Hello>()).Token.IsNone, Is.False);
        next.Send(new ServerMessage.Welcome(1, "alice", TimeSpan.FromSeconds(15), 256 * 1024, IsOtherHistory: true));
        next.Close(TransportClose.Lost);

        test.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.That((await test.Server.WelcomeAsync()).Hello.Token.IsNone, Is.True);
    }

    [Test]
    public async Task A_query_that_was_not_asked_for_keeps_its_place_while_others_go_on()
    {
        await OpenAsync(_device.Start(), Some.Todo("1"));
        _device.Kill();
        await using (var between = _device.Start())
        {
            between.Server.Answers.Enqueue(new TransportException("no network"));
            await between.Client.SignInAsync(new SyncUser("alice"));
            await using var other = between.Todos.Where(t => t.ListId, "b").Live();
            between.Client.Nudge();
            var session = await between.Server.WelcomeAsync();
            session.Place = new Token("later");
            session.Load((await session.ExpectAsync<ClientMessage.Subscribe>()).Sub, Some.Todo("2", list: "b"));
        }

        await using var after = _device.Start();
        after.Server.Answers.Enqueue(new TransportException("no network"));
        await after.Client.SignInAsync(new SyncUser("alice"));
        await using var live = after.Todos.Where(t => t.ListId, "a").Live();
        after.Client.Nudge();
        var last = await after.Server.WelcomeAsync();
        Assert.That(last.Hello.Token, Is.EqualTo(new Token("later")));
        Assert.That((await last.ExpectAsync<ClientMessage.Subscribe>()).Token, Is.EqualTo(new Token("t")));
    }

    [Test]
    public async Task A_digest_that_differs_repairs_that_query_only()
    {
        await using var test = _device.Start();
        var (session, sub) = await OpenAsync(test, Some.Todo("1"));
        session.Checkpoint([], [new SubscriptionDelta(sub, [], [], Digest: Digest.Of([Some.Todo("1")]))]);
        session.ExpectNothing();

        session.Checkpoint([], [new SubscriptionDelta(sub, [], [], Digest: Digest.Of([Some.Todo("1"), Some.Todo("2")]))]);
        Assert.That((await session.ExpectAsync<ClientMessage.Unsubscribe>()).Sub, Is.EqualTo(sub));
        var again = await session.ExpectAsync<ClientMessage.Subscribe>();
        Assert.That(again.Claim, Is.EqualTo(Digest.Of([Some.Todo("1")])));
        Assert.That(test.Todos.Find("1"), Is.Not.Null, "what is held stays in the view meanwhile");
    }

    [Test]
    public async Task A_query_that_never_comes_right_is_given_up_with_an_error_instead_of_a_loop()
    {
        await using var test = _device.Start();
        var session = await test.SignInAsync();
        await using var live = test.Todos.Where(t => t.ListId, "a").Live();
        for (var i = 0; live.Error is null; i++)
        {
            Assert.That(i, Is.LessThan(10), "it loops");
            var subscribe = await session.ExpectAsync<ClientMessage.Subscribe>();
            session.Load(subscribe.Sub, Some.Todo("1"));
            session.Checkpoint([], [new SubscriptionDelta(subscribe.Sub, [], [], Digest: Digest.Empty)]);
            await session.ExpectAsync<ClientMessage.Unsubscribe>();
        }
        Assert.That(live.Error!.Code, Is.EqualTo(ErrorCodes.RepairLoop));
        session.ExpectNothing();
    }

    [Test]
    public async Task A_comparison_is_answered_with_what_was_held_when_it_was_asked_for()
    {
        await using var test = _device.Start();
        var (first, _) = await OpenAsync(test, Some.Todo("1"), Some.Todo("2"));
        first.Close(TransportClose.Lost);
        test.Time.Advance(TimeSpan.FromSeconds(1));
        var session = await test.Server.WelcomeAsync();
        var subscribe = await session.ExpectAsync<ClientMessage.Subscribe>();
        session.Checkpoint([Some.Todo("1", version: 5)], [new SubscriptionDelta(subscribe.Sub, ["1"], [])]);
        session.Send(new ServerMessage.Compare(subscribe.Sub, BucketPath.Root, []));

        var bucket = (await session.ExpectAsync<ClientMessage.Inventory>()).Buckets.Single();
        Assert.That(bucket.Entries.OrderBy(entry => entry.Id).Select(entry => (entry.Id, entry.Version)), Is.EqualTo(new[] { ("1", 1L), ("2", 1L) }));
    }

    [Test]
    public void Of_many_buckets_those_that_differ_are_listed_or_divided()
    {
        Record[] ours = [.. Enumerable.Range(0, 9000).Select(i => Some.Todo($"{i}"))];
        Record[] theirs = [.. ours[..^1], Some.Todo("other")];
        var digests = Enumerable.Range(0, BucketPath.Children).Select(i => Digest.Of(theirs.Where(record => BucketPath.Root.Child(i).Contains(record.Id))));

        var answer = new ResultClaim(ours).Answer(new ServerMessage.Compare(new SubscriptionId(1), BucketPath.Root, [.. digests]));
        var differing = new[] { ours[^1].Id, "other" }.Select(id => BucketPath.Root.Child(BucketPath.Root.ChildOf(id))).Distinct();
        Assert.That(answer.Deeper, Is.EquivalentTo(differing));
        Assert.That(answer.Buckets, Is.Empty);
    }

    [Test]
    public void An_answer_has_a_bound_and_divides_what_is_beyond_it()
    {
        Record[] ours = [.. Enumerable.Range(0, 3000).Select(i => Some.Todo($"{i}-{new string('x', 60)}"))];

        var answer = new ResultClaim(ours).Answer(new ServerMessage.Compare(new SubscriptionId(1), BucketPath.Root, [.. Enumerable.Repeat(new Digest(1, 1), BucketPath.Children)]));
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        ProtocolCodec.Write(buffer, answer);
        Assert.That(buffer.WrittenCount, Is.InRange(100_000, 160_000));
        Assert.That(answer.Deeper, Is.Not.Empty);
        Assert.That(answer.Buckets.Select(bucket => bucket.Path).Concat(answer.Deeper), Is.Unique.And.Exactly(BucketPath.Children).Items);
    }

    [Test]
    public async Task After_two_sessions_of_nonsense_everything_is_asked_for_anew()
    {
        await using var test = _device.Start();
        var (session, _) = await OpenAsync(test, Some.Todo("1"));
        for (var i = 0; i < 2; i++)
        {
            session.SendRaw("nonsense"u8.ToArray());
            test.Time.Advance(TimeSpan.FromSeconds(5));
            session = await test.Server.WelcomeAsync();
            Assert.That((await session.ExpectAsync<ClientMessage.Subscribe>()).Claim is null, Is.EqualTo(i == 1));
        }
    }

    private static async Task<(ScriptedSession, SubscriptionId)> OpenAsync(TestClient test, params Record[] records)
    {
        var session = await test.SignInAsync();
        _ = test.Todos.Where(t => t.ListId, "a").Live();
        var sub = (await session.ExpectAsync<ClientMessage.Subscribe>()).Sub;
        session.Load(sub, records);
        return (session, sub);
    }
}
