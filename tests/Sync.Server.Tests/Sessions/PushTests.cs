namespace Sync.Server.Tests.Sessions;

[TestFixture]
public sealed class PushTests
{
    private static TestServer SomeServer(SessionLimits? limits = null, Func<ITransactionStore, ITransactionStore>? wrap = null)
    {
        var server = new TestServer(limits, wrap);
        server.Write(Ops.Space("demo", "alice", "bob"), Ops.Card("c1", "demo"));
        return server;
    }

    [Test]
    public async Task The_receipt_travels_with_the_effects_in_one_checkpoint()
    {
        await using var server = SomeServer();
        var alice = server.Connect("alice");
        alice.Subscribe(Board.CardsOf("demo"));
        alice.Skip();

        var seq = alice.Push(Ops.Rename("c1", "Mine"));

        var checkpoint = alice.Checkpoints.Single();
        var receipt = checkpoint.Receipts.Single();
        Assert.That((receipt.Seq, receipt.Receipt.IsAccepted), Is.EqualTo((seq, true)));
        Assert.That(receipt.Held, Is.EqualTo(new[] { Ops.CardKey("c1") }));
        Assert.That(checkpoint.Records.Single().Fields["title"].AsString(), Is.EqualTo("Mine"));
        Assert.That(checkpoint.Subscriptions.Single().In, Is.EqualTo(new[] { "c1" }));
    }

    [Test]
    public async Task A_receipt_brings_touched_records_that_are_not_subscribed()
    {
        await using var server = SomeServer();
        var alice = server.Connect("alice");

        alice.Push(Ops.Rename("c1", "Mine"));

        var checkpoint = alice.Checkpoints.Single();
        Assert.That(checkpoint.Subscriptions, Is.Empty);
        Assert.That(checkpoint.Records.Single().Version, Is.EqualTo(2));
        Assert.That(checkpoint.Token.IsNone, Is.False);
    }

    [Test]
    public async Task A_deleted_record_is_named_as_gone()
    {
        await using var server = SomeServer();
        server.Write(new Operation.Create(new RecordKey("members", "m1"), Ops.Json("""{"spaceId":"notes","userId":"alice"}""")), Ops.Note("n1"));
        var alice = server.Connect("alice");
        var note = new RecordKey("notes", "n1");
        alice.Push(new Operation.Delete(note));
        Assert.That(alice.Receipts.Single().Gone.AsEnumerable(), Is.EqualTo(new[] { note }));
        Assert.That(alice.Checkpoints.Single().Records, Is.Empty);
    }

    [Test]
    public async Task A_rejection_comes_in_a_checkpoint_of_its_own_and_blocks_nothing()
    {
        await using var server = SomeServer();
        server.Write(Ops.Space("private", "carol"), Ops.Card("p1", "private"));
        var alice = server.Connect("alice");
        var rejected = alice.Push(Ops.Rename("p1", "No"));
        var accepted = alice.Push(Ops.Rename("c1", "Yes"));

        Assert.That(alice.Receipts.Select(r => (r.Seq, r.Receipt.IsAccepted)), Is.EqualTo(new[] { (rejected, false), (accepted, true) }));
        Assert.That(alice.Receipts[0].Receipt.Code, Is.EqualTo(ErrorCodes.NotFound));
        Assert.That(alice.Checkpoints[0].Token.IsNone, "nothing of the log is told with a rejection");
    }

    [Test]
    public async Task The_same_transaction_again_gets_its_receipt_again_and_no_second_effect()
    {
        await using var server = SomeServer();
        var alice = server.Connect("alice");
        var queued = new QueuedTransaction(1, new Transaction { TxId = "t1", Operations = [Ops.Rename("c1", "Once")] });
        alice.Push(queued);
        alice.Push(queued);

        Assert.That(alice.Receipts.Select(r => r.Receipt.IsAccepted), Is.EqualTo(new[] { true, true }));
        Assert.That(alice.Checkpoints[^1].Records.Single().Version, Is.EqualTo(2));
    }

    [Test]
    public async Task Transactions_of_one_push_keep_their_order()
    {
        await using var server = SomeServer();
        var alice = server.Connect("alice");
        alice.Push([.. Enumerable.Range(1, 20).Select(i => new QueuedTransaction(i, new Transaction { TxId = $"t{i}", Operations = [Ops.Rename("c1", $"Title {i}")] }))]);

        Assert.That(alice.Receipts.Select(r => r.Seq), Is.EqualTo(Enumerable.Range(1, 20)));
        Assert.That(alice.Checkpoints[^1].Records.Single().Fields["title"].AsString(), Is.EqualTo("Title 20"));
    }

    [Test]
    public async Task A_malformed_transaction_is_rejected_in_its_turn_and_the_queue_goes_on()
    {
        await using var server = SomeServer();
        var alice = server.Connect("alice");
        alice.Send("""
            {"type":"push","transactions":[
                {"seq":1,"txId":"t1","operations":[{"type":"set","table":"cards","id":"c1","key":"title","value":"One"}]},
                {"seq":2,"txId":"t2","operations":[{"type":"explode","table":"cards","id":"c1"}]},
                {"seq":3,"txId":"t3","operations":[{"type":"set","table":"cards","id":"c1","key":"title","value":"Three"}]}]}
            """);

        Assert.That(alice.Receipts.Select(r => (r.Seq, r.Receipt.IsAccepted)), Is.EqualTo(new[] { (1L, true), (2L, false), (3L, true) }));
        Assert.That(alice.Receipts[1].Receipt.Code, Is.EqualTo(ErrorCodes.UnknownOperation));
        Assert.That(alice.Close, Is.Null);
    }

    [Test]
    public async Task A_foreign_author_is_rejected()
    {
        await using var server = SomeServer();
        var alice = server.Connect("alice");
        alice.Push(new QueuedTransaction(1, new Transaction { TxId = "t1", AuthorId = "bob", Operations = [Ops.Rename("c1", "Forged")] }));

        var receipt = alice.Receipts.Single().Receipt;
        Assert.That((receipt.IsAccepted, receipt.Code, receipt.Status), Is.EqualTo((false, ErrorCodes.AuthorMismatch, 403)));
    }

    [Test]
    public async Task A_busy_store_is_told_as_retry_and_nothing_later_is_decided_until_then()
    {
        BusyStore? store = null;
        await using var server = SomeServer(wrap: inner => store = new BusyStore(inner));
        var alice = server.Connect("alice");
        var first = new QueuedTransaction(1, new Transaction { TxId = "t1", Operations = [Ops.Rename("c1", "First")] });
        var second = new QueuedTransaction(2, new Transaction { TxId = "t2", Operations = [Ops.Rename("c1", "Second")] });

        store!.IsBusy = true;
        alice.Push(first);
        store.IsBusy = false;
        alice.Push(second);
        Assert.That(alice.Received.OfType<ServerMessage.Retry>().Select(r => r.Seq), Is.EqualTo(new[] { 1 }));
        Assert.That(alice.Receipts, Is.Empty);

        alice.Push(first, second);
        Assert.That(alice.Receipts.Select(r => (r.Seq, r.Receipt.IsAccepted)), Is.EqualTo(new[] { (1L, true), (2L, true) }));
    }

    [Test]
    public async Task An_adopted_queue_is_sent_under_its_own_client_id()
    {
        BusyStore? store = null;
        await using var server = SomeServer(wrap: inner => store = new BusyStore(inner));
        var alice = server.Connect("alice");
        QueuedTransaction[] adopted = [new(7, new Transaction { TxId = "a7", Operations = [Ops.Rename("c1", "Adopted")] }), new(8, new Transaction { TxId = "a8", Operations = [Ops.Rename("c1", "Later")] })];

        store!.IsBusy = true;
        alice.Send(new ClientMessage.Push([adopted[0]], "left-behind"));
        store.IsBusy = false;
        Assert.That(alice.Received.OfType<ServerMessage.Retry>().Select(r => (r.Seq, r.ClientId)), Is.EqualTo(new[] { (7L, "left-behind") }));

        alice.Push(new QueuedTransaction(9, new Transaction { TxId = "own", Operations = [Ops.Rename("c1", "Own")] }));
        Assert.That(alice.Receipts.Single().Receipt.IsAccepted, "one queue does not hold up the other");

        alice.Send(new ClientMessage.Push([adopted[1]], "left-behind"));
        Assert.That(alice.Receipts, Has.Count.EqualTo(1), "what is behind the refused one waits");
        alice.Send(new ClientMessage.Push([.. adopted], "left-behind"));
        Assert.That(alice.Receipts.Skip(1).Select(r => (r.Seq, r.Receipt.IsAccepted)), Is.EqualTo(new[] { (7L, true), (8L, true) }));
    }

    [Test]
    public async Task The_queue_of_another_author_can_not_be_adopted()
    {
        await using var server = SomeServer();
        var bob = server.Connect("bob");
        bob.Send(new ClientMessage.Push([new(1, new Transaction { TxId = "b1", Operations = [Ops.Rename("c1", "Bob's")] })], "bobs-client"));
        var alice = server.Connect("alice");
        alice.Send(new ClientMessage.Push([new(2, new Transaction { TxId = "b2", Operations = [Ops.Rename("c1", "Forged")] })], "bobs-client"));

        Assert.That((alice.Receipts.Single().Receipt.IsAccepted, alice.Receipts.Single().Receipt.Code), Is.EqualTo((false, ErrorCodes.NotAllowed)));
    }

    [Test]
    public async Task A_malformed_transaction_of_an_adopted_queue_is_refused_in_that_queue()
    {
        await using var server = SomeServer();
        var alice = server.Connect("alice");
        alice.Send("""{"type":"push","clientId":"left-behind","transactions":[{"seq":2,"txId":"t2","operations":[{"type":"explode","table":"cards","id":"c1"}]}]}""");
        alice.Send("""{"type":"push","clientId":"","transactions":[]}""");

        Assert.That(alice.Receipts.Single().Receipt.Code, Is.EqualTo(ErrorCodes.UnknownOperation));
        Assert.That(alice.Close?.Code, Is.EqualTo(TransportClose.PolicyViolation));
    }

    [Test]
    public async Task More_than_may_wait_is_told_as_retry()
    {
        await using var server = SomeServer(new SessionLimits { MaxPendingTransactions = 5 });
        var alice = server.Connect("alice");
        server.Commits.Hold(() => alice.Push([.. Enumerable.Range(1, 8).Select(i => new QueuedTransaction(i, new Transaction { TxId = $"t{i}", Operations = [Ops.Rename("c1", $"Title {i}")] }))]));

        Assert.That(alice.Received.OfType<ServerMessage.Retry>().Select(r => (r.Seq, r.Code)), Is.EqualTo(new[] { (6L, ErrorCodes.RateLimited) }));
        Assert.That(alice.Receipts.Select(r => r.Seq), Is.EqualTo(new[] { 1, 2, 3, 4, 5 }));
    }

    [Test]
    public async Task A_receipt_waits_for_the_stream_to_bring_its_effects()
    {
        await using var server = SomeServer();
        var alice = server.Connect("alice");
        alice.Subscribe(Board.CardsOf("demo"));
        alice.Skip();
        server.Commits.Hold(() =>
        {
            alice.Push(Ops.Rename("c1", "Mine"));
            Assert.That(alice.Checkpoints, Is.Empty);
        });
        Assert.That(alice.Checkpoints.Single().Receipts.Single().Receipt.IsAccepted);
        Assert.That(alice.Checkpoints.Single().Subscriptions.Single().In, Is.EqualTo(new[] { "c1" }));
    }

    /// <summary>A store that can be too busy to commit.</summary>
    private sealed class BusyStore(ITransactionStore inner) : ITransactionStore
    {
        public bool IsBusy { get; set; }

        public ValueTask<CommitAnswer> CommitAsync(CommitBatch batch, CancellationToken cancellationToken) =>
            IsBusy ? new(new CommitAnswer.Unavailable("busy")) : inner.CommitAsync(batch, cancellationToken);

        public ValueTask<StoreInfo> OpenAsync(SyncModel model, CancellationToken cancellationToken) => inner.OpenAsync(model, cancellationToken);
        public ValueTask<StoreSnapshot> LoadAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken) => inner.LoadAsync(keys, cancellationToken);
        public ValueTask<StoreQueryResult> QueryAsync(StoreQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);
        public ValueTask<IReadOnlyList<StoredReceipt>> FindReceiptsAsync(IReadOnlyCollection<TransactionId> ids, CancellationToken cancellationToken) => inner.FindReceiptsAsync(ids, cancellationToken);
        public ValueTask<ClientPosition?> FindClientAsync(string clientId, CancellationToken cancellationToken) => inner.FindClientAsync(clientId, cancellationToken);
        public ValueTask<LogPage> ReadLogAsync(Revision after, int maxEntries, CancellationToken cancellationToken) => inner.ReadLogAsync(after, maxEntries, cancellationToken);
        public ValueTask<RecordHistory> ReadHistoryAsync(RecordKey key, Revision? before, int maxEntries, CancellationToken cancellationToken) => inner.ReadHistoryAsync(key, before, maxEntries, cancellationToken);
        public NormalizeResult Normalize(RecordKey key, CanonicalJson fields, DateTimeOffset now) => inner.Normalize(key, fields, now);
        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
