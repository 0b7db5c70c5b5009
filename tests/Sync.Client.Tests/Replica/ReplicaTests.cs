namespace Sync.Client.Tests;

public sealed class ReplicaTests
{
    private readonly Query _query = Some.TodosOf("a");

    [Test]
    public void A_write_is_seen_at_once()
    {
        var replica = new OwnReplica();
        var rows = replica.OpenLoaded(_query, Some.Todo("1", title: "old"));

        replica.Write(Some.Retitle("1", "new"));

        Assert.That(replica.Title("1"), Is.EqualTo("new"));
        Assert.That(rows.Rows.Single().Record.Fields["title"].AsString(), Is.EqualTo("new"));
    }

    [Test]
    public void A_foreign_change_keeps_a_pending_one_in_view_and_a_pending_one_lets_the_foreign_one_through()
    {
        var replica = new OwnReplica();
        var rows = replica.OpenLoaded(_query, Some.Todo("1", title: "old"));
        replica.Write(Some.Retitle("1", "mine"));

        replica.Apply([Some.Todo("1", version: 2, title: "theirs", order: 7)], [new SubscriptionDelta(rows.Subscription.Id, ["1"], [])]);

        var seen = replica.Heart.Find(Some.Key("1"))!;
        Assert.That(seen.Fields["title"].AsString(), Is.EqualTo("mine"));
        Assert.That(seen.Fields["order"].AsInt64(), Is.EqualTo(7));
    }

    [Test]
    public void The_checkpoint_that_brings_the_effects_takes_the_transaction_out_without_a_step_between()
    {
        var replica = new OwnReplica();
        var rows = replica.OpenLoaded(_query, Some.Todo("1", title: "old"));
        var pending = replica.Write(Some.Retitle("1", "new"));
        rows.TakeBatch();
        var reader = new BatchReader();
        rows.Readers.Add(reader);

        var confirmed = Some.Todo("1", version: 2, title: "new");
        replica.Apply([confirmed], [new SubscriptionDelta(rows.Subscription.Id, ["1"], [])], new ReceiptDelivery(1, Some.Accepted(pending.Transaction), [confirmed.Key], []));

        Assert.That(replica.Heart.Queue.Count, Is.Zero);
        Assert.That(reader.Steps, Is.Empty, "nothing that the row shows has changed");
        Assert.That(replica.Title("1"), Is.EqualTo("new"));
    }

    [Test]
    public void A_rejected_transaction_leaves_the_view_and_what_is_behind_it_stays()
    {
        var replica = new OwnReplica();
        replica.OpenLoaded(_query, Some.Todo("1", title: "old"));
        var first = replica.Write(Some.Retitle("1", "refused"));
        replica.Write(Some.Set("1", "order", "5"));

        replica.Apply([], [], new ReceiptDelivery(first.Place.Seq, Some.Rejected(first.Transaction), [], []));

        var seen = replica.Heart.Find(Some.Key("1"))!;
        Assert.That(seen.Fields["title"].AsString(), Is.EqualTo("old"));
        Assert.That(seen.Fields["order"].AsInt64(), Is.EqualTo(5));
        Assert.That(replica.Heart.Queue.Count, Is.EqualTo(1));
    }

    [Test]
    public void A_transaction_is_in_the_view_whole_or_not_at_all()
    {
        var replica = new OwnReplica();
        replica.OpenLoaded(_query, Some.Todo("1", title: "old"));

        replica.Write(Some.Retitle("1", "half"), Some.Retitle("not-held", "other half"));

        Assert.That(replica.Title("1"), Is.EqualTo("old"));
        Assert.That(replica.Heart.Queue.Count, Is.EqualTo(1), "it is sent all the same");
    }

    [Test]
    public void A_transaction_comes_into_the_view_whole_when_its_last_record_arrives()
    {
        var replica = new OwnReplica();
        var a = replica.OpenLoaded(_query, Some.Todo("1", title: "old"));
        replica.Write(Some.Retitle("1", "both"), Some.Retitle("2", "both"));
        replica.Write(Some.Set("1", "order", "9"));

        replica.Apply([Some.Todo("2", title: "late")], [new SubscriptionDelta(a.Subscription.Id, ["2"], [])]);

        Assert.That(replica.Title("1"), Is.EqualTo("both"));
        Assert.That(replica.Title("2"), Is.EqualTo("both"));
        Assert.That(replica.Heart.Find(Some.Key("1"))!.Fields["order"].AsInt64(), Is.EqualTo(9));
    }

    [Test]
    public void A_retracted_record_leaves_the_view_though_a_write_to_it_is_pending()
    {
        var replica = new OwnReplica();
        var rows = replica.OpenLoaded(_query, Some.Todo("1"));
        replica.Write(Some.Retitle("1", "mine"));

        replica.Apply([], [new SubscriptionDelta(rows.Subscription.Id, [], ["1"])]);

        Assert.That(replica.Title("1"), Is.Null);
        Assert.That(rows.Rows, Is.Empty);
        Assert.That(replica.Heart.Queue.Count, Is.EqualTo(1));
    }

    [Test]
    public void A_record_stays_while_another_subscription_holds_it()
    {
        var replica = new OwnReplica();
        var all = replica.OpenLoaded(_query, Some.Todo("1"));
        var one = replica.OpenLoaded(Query.ForRecord(Some.Key("1")), Some.Todo("1"));

        replica.Apply([], [new SubscriptionDelta(all.Subscription.Id, [], ["1"])]);
        Assert.That(replica.Title("1"), Is.EqualTo("T"));

        replica.Apply([], [new SubscriptionDelta(one.Subscription.Id, [], ["1"])]);
        Assert.That(replica.Title("1"), Is.Null);
    }

    [Test]
    public void A_record_that_changes_subscriptions_in_one_checkpoint_is_never_dropped()
    {
        var replica = new OwnReplica();
        var a = replica.OpenLoaded(_query, Some.Todo("1"));
        var one = replica.OpenLoaded(Query.ForRecord(Some.Key("1")));

        replica.Apply([], [new SubscriptionDelta(a.Subscription.Id, [], ["1"]), new SubscriptionDelta(one.Subscription.Id, ["1"], [])]);

        Assert.That(OwnReplica.Ids(one), Is.EqualTo(new[] { "1" }));
    }

    [Test]
    public void A_copy_that_merely_matches_never_enters_a_current_result()
    {
        var replica = new OwnReplica();
        replica.OpenLoaded(Query.ForRecord(Some.Key("stray")), Some.Todo("stray"));
        var rows = replica.Open(_query);
        Assert.That(OwnReplica.Ids(rows), Is.EqualTo(new[] { "stray" }), "before the server has spoken, what the device has");

        replica.Apply([Some.Todo("1")], [new SubscriptionDelta(rows.Subscription.Id, ["1"], [], IsLoaded: true)]);

        Assert.That(OwnReplica.Ids(rows), Is.EqualTo(new[] { "1" }));
        Assert.That(rows.Freshness, Is.EqualTo(Freshness.Current));
    }

    [Test]
    public void Parts_are_seen_only_when_a_checkpoint_names_them_as_loaded()
    {
        var replica = new OwnReplica();
        var rows = replica.Open(_query);
        replica.Heart.Stage(new ServerMessage.Part(rows.Subscription.Id, [Some.Todo("1"), Some.Todo("2", order: 1)]));
        Assert.That(rows.Rows, Is.Empty);
        Assert.That(replica.Title("1"), Is.Null);

        replica.Apply([Some.Todo("3", order: 2)], [new SubscriptionDelta(rows.Subscription.Id, ["3"], ["2"], IsLoaded: true)]);

        Assert.That(OwnReplica.Ids(rows), Is.EqualTo(new[] { "1", "3" }));
    }

    [Test]
    public void A_body_that_the_stream_brings_while_parts_wait_is_the_newer_one()
    {
        var replica = new OwnReplica();
        var one = replica.OpenLoaded(Query.ForRecord(Some.Key("1")), Some.Todo("1"));
        var rows = replica.Open(_query);
        replica.Heart.Stage(new ServerMessage.Part(rows.Subscription.Id, [Some.Todo("1", version: 1, title: "older")]));
        replica.Apply([Some.Todo("1", version: 2, title: "newer")], [new SubscriptionDelta(one.Subscription.Id, ["1"], [])]);

        replica.Apply([], [new SubscriptionDelta(rows.Subscription.Id, [], [], IsLoaded: true)]);

        Assert.That(replica.Title("1"), Is.EqualTo("newer"));
    }

    [Test]
    public void After_a_reconnect_rows_stay_until_the_new_session_has_loaded()
    {
        var replica = new OwnReplica();
        var rows = replica.OpenLoaded(_query, Some.Todo("1"), Some.Todo("2", order: 1));

        replica.Heart.Disconnect();
        Assert.That(rows.Freshness, Is.EqualTo(Freshness.Stale));
        Assert.That(OwnReplica.Ids(rows), Is.EqualTo(new[] { "1", "2" }));

        replica.Heart.Subscribe(rows, new SubscriptionId(77), isTrusted: false);
        replica.Apply([Some.Todo("2", version: 2, order: 1)], [new SubscriptionDelta(new SubscriptionId(77), ["2"], [], IsLoaded: true)]);

        Assert.That(OwnReplica.Ids(rows), Is.EqualTo(new[] { "2" }));
        Assert.That(replica.Title("1"), Is.Null, "nothing holds it any more");
    }

    [Test]
    public void What_comes_for_an_unknown_subscription_is_dropped()
    {
        var replica = new OwnReplica();

        replica.Apply([Some.Todo("1")], [new SubscriptionDelta(new SubscriptionId(99), ["1"], [], IsLoaded: true)]);
        replica.Heart.Stage(new ServerMessage.Part(new SubscriptionId(99), [Some.Todo("2")]));

        Assert.That(replica.Title("1"), Is.Null);
    }

    [Test]
    public void An_id_that_comes_in_without_a_body_anywhere_cannot_be_applied()
    {
        var replica = new OwnReplica();
        var rows = replica.OpenLoaded(_query);

        var checkpoint = new ServerMessage.Checkpoint(default, [], [new SubscriptionDelta(rows.Subscription.Id, ["ghost"], [])], []);

        Assert.That(replica.Heart.CanApply(checkpoint), Is.False);
    }

    [Test]
    public void What_this_device_wrote_without_watching_it_is_kept_for_a_while()
    {
        var replica = new OwnReplica();
        var pending = replica.Write(Some.Create("1"));

        replica.Apply([Some.Todo("1")], [], new ReceiptDelivery(pending.Place.Seq, Some.Accepted(pending.Transaction), [Some.Key("1")], []));
        Assert.That(replica.Title("1"), Is.EqualTo("T"));

        replica.Heart.ForgetLoose(TimeSpan.FromSeconds(-1), TimeSpan.Zero);
        Assert.That(replica.Title("1"), Is.EqualTo("T"));
        replica.Heart.ForgetLoose(TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.That(replica.Title("1"), Is.Null);
    }

    [Test]
    public void A_record_that_is_gone_for_its_author_leaves_with_the_receipt()
    {
        var replica = new OwnReplica();
        var one = replica.OpenLoaded(Query.ForRecord(Some.Key("1")), Some.Todo("1"));
        var pending = replica.Write(Some.Delete("1"));

        replica.Apply([], [new SubscriptionDelta(one.Subscription.Id, [], ["1"])], new ReceiptDelivery(pending.Place.Seq, Some.Accepted(pending.Transaction), [], [Some.Key("1")]));

        Assert.That(replica.Title("1"), Is.Null);
        Assert.That(one.Rows, Is.Empty);
    }

    [Test]
    public void A_receipt_with_another_transaction_id_takes_nothing_out()
    {
        var replica = new OwnReplica();
        var pending = replica.Write(Some.Create("1"));

        replica.Apply([], [], new ReceiptDelivery(pending.Place.Seq, Some.Accepted(Some.Transaction("other")), [], []));

        Assert.That(replica.Heart.Queue.Count, Is.EqualTo(1));
    }

    [Test]
    public void Closing_a_query_forgets_what_only_it_held()
    {
        var replica = new OwnReplica();
        var rows = replica.OpenLoaded(_query, Some.Todo("1"), Some.Todo("2"));
        replica.OpenLoaded(Query.ForRecord(Some.Key("2")), Some.Todo("2"));

        replica.Heart.Close(rows, TimeSpan.Zero);

        Assert.That(replica.Title("1"), Is.Null);
        Assert.That(replica.Title("2"), Is.EqualTo("T"));
    }

    [Test]
    public void A_soft_deleted_record_is_left_out()
    {
        var replica = new OwnReplica();
        var notes = new Query { Table = "notes" };
        var key = new RecordKey("notes", "n");
        var rows = replica.OpenLoaded(notes, new Record(key, 1, Some.Json("""{"text":"x"}""")));

        replica.Write(new Operation.Delete(key));
        Assert.That(rows.Rows, Is.Empty);
        Assert.That(replica.Heart.Find(key), Is.Null);

        replica.Write(new Operation.Restore(key));
        Assert.That(OwnReplica.Ids(rows), Is.EqualTo(new[] { "n" }));
    }

    [Test]
    public void A_window_shows_its_first_rows_over_what_is_held_and_pending()
    {
        var replica = new OwnReplica();
        var rows = replica.OpenLoaded(Some.TodosOf("a", limit: 2), Some.Todo("1", order: 1), Some.Todo("2", order: 2));

        replica.Write(Some.Create("0", order: 0));
        Assert.That(OwnReplica.Ids(rows), Is.EqualTo(new[] { "0", "1" }));

        replica.Write(Some.Delete("1"));
        Assert.That(OwnReplica.Ids(rows), Is.EqualTo(new[] { "0", "2" }));
    }

    [Test]
    public void What_is_written_and_what_is_settled_goes_to_the_storage()
    {
        var replica = new OwnReplica();
        var rows = replica.OpenLoaded(_query, Some.Todo("1"));
        Assert.That(replica.Storage.Take().Puts.Single().Key, Is.EqualTo(Some.Key("1")));

        var pending = replica.Write(Some.Retitle("1", "new"));
        var batch = replica.Storage.Take();
        Assert.That(batch.Queued.Single().Place, Is.EqualTo(pending.Place));
        Assert.That(batch.LastSeq, Is.EqualTo(pending.Place.Seq));
        Assert.That(batch.Puts, Is.Empty, "the view is not stored");

        replica.Apply([], [new SubscriptionDelta(rows.Subscription.Id, [], ["1"])], new ReceiptDelivery(pending.Place.Seq, Some.Rejected(pending.Transaction), [], []));
        batch = replica.Storage.Take();
        Assert.That(batch.Settled.Single(), Is.EqualTo(pending.Place));
        Assert.That(batch.Removes.Single(), Is.EqualTo(Some.Key("1")));
    }

    private sealed class BatchReader : IRowReader
    {
        public List<RowStep> Steps { get; } = [];
        public void Take(RowBatch batch) => Steps.AddRange(batch.Steps);
        public void Tell() { }
        public void End() { }
    }
}
