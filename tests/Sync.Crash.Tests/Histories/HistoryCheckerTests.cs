using Sync.Server;

namespace Sync.Crash.Tests;

/// <summary>The checker can go red: each fault is put into a history that is right without it.</summary>
public sealed class HistoryCheckerTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch;

    [Test]
    public void A_history_without_a_fault_passes() => Assert.That(HistoryChecker.Check(Right()), Is.Empty);

    [Test]
    public void An_acknowledged_transaction_that_is_not_in_the_log_is_lost()
    {
        var right = Right();
        Assert.That(FaultsOf(right with { Writes = [.. right.Writes, Accepted("bob", "m:lost", 90, 95)] }), Is.EqualTo(new[] { Fault.Lost }));
    }

    [Test]
    public void A_transaction_that_was_not_acknowledged_may_be_there_or_not()
    {
        var right = Right();
        Assert.That(FaultsOf(right with { Writes = [.. right.Writes, new Attempt("bob", "m:unknown", 90)] }), Is.Empty);
        Assert.That(FaultsOf(Changed(right, w => w.Mark == "m:3" ? w with { Outcome = Outcome.Unknown, Ended = long.MaxValue } : w)), Is.Empty);
    }

    [Test]
    public void A_transaction_that_is_in_the_log_twice_is_found_by_its_id_and_by_its_content()
    {
        var right = Right();
        var again = Entry(4, "m:3", Change("a", 3, 4, "m:3")) with { TxId = "another" };
        Assert.That(FaultsOf(right with { Log = [.. right.Log, again], Stored = [Row("a", 4, "m:3"), Row("b", 1, "m:2")], Shown = [] }), Is.EqualTo(new[] { Fault.Doubled }));
        Assert.That(FaultsOf(right with { Log = [.. right.Log, again with { TxId = "m:3" }], Stored = [Row("a", 4, "m:3"), Row("b", 1, "m:2")], Shown = [] }), Is.EqualTo(new[] { Fault.Doubled, Fault.Doubled }));
    }

    [Test]
    public void What_was_rejected_or_written_by_nobody_leaves_nothing()
    {
        var right = Right();
        Assert.That(FaultsOf(Changed(right, w => w.Mark == "m:3" ? w with { Outcome = Outcome.Rejected } : w)), Is.EqualTo(new[] { Fault.Uncalled }));
        Assert.That(FaultsOf(right with { Writes = [.. right.Writes.Where(w => w.Mark != "m:3")] }), Is.EqualTo(new[] { Fault.Uncalled }));
    }

    [Test]
    public void A_missing_revision_is_a_gap()
    {
        var right = Right();
        Assert.That(FaultsOf(right with { Log = [.. right.Log.Take(2), right.Log[2] with { Revision = 4 }] }), Is.EqualTo(new[] { Fault.Gap }));
    }

    [Test]
    public void A_receipt_that_tells_other_versions_than_the_log_is_found() =>
        Assert.That(FaultsOf(Changed(Right(), w => w.Mark == "m:3" ? w with { Versions = [new VersionStep(Key("a"), 1, 2)] } : w)), Is.EqualTo(new[] { Fault.OtherThanTold }));

    [Test]
    public void A_change_on_a_version_that_is_overwritten_already_is_a_lost_update()
    {
        var right = Right();
        Assert.That(FaultsOf(right with { Log = [.. right.Log.Take(2), Entry(3, "m:3", Change("a", 1, 2, "m:3"))], Stored = [Row("a", 2, "m:3"), Row("b", 1, "m:2")], Shown = [], Looks = [] }), Does.Contain(Fault.LostUpdate));
    }

    [Test]
    public void A_change_that_its_operations_do_not_make_is_found()
    {
        var right = Right();
        var other = right.Log[2] with { Changes = [Change("a", 2, 3, "m:other")] };
        Assert.That(FaultsOf(right with { Log = [.. right.Log.Take(2), other], Stored = [Row("a", 3, "m:other"), Row("b", 1, "m:2")], Shown = [] }), Is.EqualTo(new[] { Fault.OtherEffect }));
    }

    [Test]
    public void A_write_that_began_after_another_was_acknowledged_and_stands_before_it_is_found() =>
        Assert.That(FaultsOf(Changed(Right(), w => w.Mark == "m:2" ? w with { Began = 70, Ended = 80 } : w)), Is.EqualTo(new[] { Fault.AgainstTime }));

    [Test]
    public void A_session_that_goes_back_reads_stale()
    {
        var right = Right();
        Assert.That(FaultsOf(right with { Looks = [.. right.Looks, new Seen("carol", Key("a"), 2, 100)] }), Is.EqualTo(new[] { Fault.StaleRead }));
        Assert.That(FaultsOf(right with { Looks = [.. right.Looks, new Seen("dora", Key("a"), 2, 100)] }), Is.Empty, "Nobody promised dora that it is new.");
    }

    [Test]
    public void A_session_that_does_not_see_its_own_acknowledged_write_reads_stale()
    {
        var right = Right();
        Assert.That(FaultsOf(right with { Looks = [new Seen("bob", Key("a"), 2, 65)] }), Is.EqualTo(new[] { Fault.StaleRead }));
        Assert.That(FaultsOf(right with { Looks = [new Seen("bob", Key("a"), 2, 55)] }), Is.Empty, "It was not acknowledged yet.");
        Assert.That(FaultsOf(right with { Looks = [new Seen("bob", Key("a"), null, 65)] }), Is.EqualTo(new[] { Fault.StaleRead }));
    }

    [Test]
    public void A_version_that_never_was_is_not_seen() => Assert.That(FaultsOf(Right() with { Looks = [new Seen("dora", Key("a"), 7, 100)] }), Is.EqualTo(new[] { Fault.StaleRead }));

    [Test]
    public void What_was_deleted_may_be_gone()
    {
        var right = Right();
        var deletion = new Logged(4, "bob", "m:4", "m:4", At, [new Operation.Set(Key("a"), FieldPath.Of("title"), CanonicalJson.From("m:4")), new Operation.Delete(Key("a"))],
            [new RecordChange(Row("a", 3, "m:3"), new Record(Key("a"), 5, Row("a", 5, "m:4").Fields, isDeleted: true))]);
        var deleted = right with { Writes = [.. right.Writes, Accepted("bob", "m:4", 90, 95)], Log = [.. right.Log, deletion], Stored = [Row("b", 1, "m:2")], Shown = [] };
        Assert.That(FaultsOf(deleted with { Looks = [.. right.Looks, new Seen("carol", Key("a"), null, 100), new Seen("bob", Key("a"), null, 100)] }), Is.Empty);
        Assert.That(FaultsOf(deleted with { Looks = [new Seen("bob", Key("a"), 3, 100)] }), Is.EqualTo(new[] { Fault.StaleRead }));
    }

    /// <summary>Each read what the other overwrote: neither can come first. Chains, receipts and times are all in order.</summary>
    [Test]
    public void Write_skew_is_a_cycle()
    {
        var right = Right();
        var skewed = right with
        {
            Writes =
            [
                .. right.Writes.Take(2),
                Accepted("alice", "m:3", 50, 60) with { Read = [new RecordVersion(Key("b"), 1)] },
                Accepted("bob", "m:4", 50, 60) with { Read = [new RecordVersion(Key("a"), 1)] },
            ],
            Log = [Entry(1, "m:1", Create("a", "m:1")), Entry(2, "m:2", Create("b", "m:2")), Entry(3, "m:3", Change("a", 1, 2, "m:3")), Entry(4, "m:4", Change("b", 1, 2, "m:4"))],
            Looks = [],
            Stored = [Row("a", 2, "m:3"), Row("b", 2, "m:4")],
            Shown = [],
        };
        Assert.That(HistoryChecker.Check(skewed).Select(v => v.ToString()), Is.EqualTo(new[] { "Cycle: m:4, m:3" }));
        Assert.That(FaultsOf(skewed with { Writes = [.. skewed.Writes.Take(3), skewed.Writes[3] with { Read = [new RecordVersion(Key("a"), 2)] }] }), Is.Empty);
    }

    [Test]
    public void Versions_that_go_against_what_a_writer_was_told_are_a_cycle()
    {
        var right = Right();
        var log = new[] { Entry(1, "m:1", Create("a", "m:1")), Entry(2, "m:2", Change("a", 1, 2, "m:2")), Entry(3, "m:3", Change("a", 2, 3, "m:3")) };
        var writes = new[] { Accepted("alice", "m:1", 10, 20), Accepted("bob", "m:3", 30, 40), Accepted("bob", "m:2", 50, 60) };
        Assert.That(FaultsOf(right with { Writes = writes, Log = log, Looks = [], Stored = [Row("a", 3, "m:3")], Shown = [] }), Is.EquivalentTo(new[] { Fault.AgainstTime, Fault.Cycle }));
    }

    [Test]
    public void Tables_and_clients_have_in_the_end_what_the_log_leads_to()
    {
        var right = Right();
        Assert.That(FaultsOf(right with { Stored = [Row("a", 3, "m:2"), Row("b", 1, "m:2")] }), Is.EqualTo(new[] { Fault.NotConverged }));
        Assert.That(FaultsOf(right with { Shown = [new Shown("carol", Room, [Row("a", 3, "m:3")])] }), Is.EqualTo(new[] { Fault.NotConverged }));
        Assert.That(FaultsOf(right with { Shown = [new Shown("carol", Room, [Row("a", 3, "m:3"), Row("b", 1, "m:2"), Row("c", 1, "m:1")])] }), Is.EqualTo(new[] { Fault.NotConverged }));
        Assert.That(FaultsOf(right with { Shown = [new Shown("carol", Room, [Row("a", 2, "m:3"), Row("b", 1, "m:2")])] }), Is.EqualTo(new[] { Fault.NotConverged }));
    }

    /// <summary>alice creates a and b, and bob changes a once besides her; carol looks on.</summary>
    private static History Right() => new()
    {
        Writes = [Accepted("alice", "m:1", 10, 20), Accepted("alice", "m:2", 30, 40), Accepted("bob", "m:3", 50, 60) with { Versions = [new VersionStep(Key("a"), 2, 3)] }],
        Log =
        [
            Entry(1, "m:1", Create("a", "m:1")),
            Entry(2, "m:2", Change("a", 1, 2, "m:2"), Create("b", "m:2")),
            Entry(3, "m:3", Change("a", 2, 3, "m:3")),
        ],
        Looks = [new Seen("carol", Key("a"), 1, 25), new Seen("carol", Key("b"), null, 25), new Seen("carol", Key("a"), 3, 70), new Seen("bob", Key("a"), 3, 70)],
        Stored = [Row("a", 3, "m:3"), Row("b", 1, "m:2")],
        Shown = [new Shown("carol", Room, [Row("a", 3, "m:3"), Row("b", 1, "m:2")])],
    };

    private static Query Room { get; } = new() { Table = "items", Where = [new QueryCondition.EqualTo(FieldPath.Of("room"), CanonicalJson.From("r"))] };

    private static Fault[] FaultsOf(History history) => [.. HistoryChecker.Check(history).Select(violation => violation.Fault)];

    private static History Changed(History history, Func<Attempt, Attempt> change) => history with { Writes = [.. history.Writes.Select(change)] };

    private static Attempt Accepted(string writer, string mark, long began, long ended) => new(writer, mark, began) { Outcome = Outcome.Accepted, Ended = ended };

    private static RecordKey Key(string id) => new("items", id);

    private static Record Row(string id, long version, string title) => new(Key(id), version, CanonicalJson.Parse($$"""{"room":"r","title":"{{title}}"}"""));

    private static RecordChange Create(string id, string mark) => new(null, Row(id, 1, mark));

    private static RecordChange Change(string id, long before, long after, string mark) => new(Row(id, before, "before"), Row(id, after, mark));

    private static Logged Entry(long revision, string mark, params RecordChange[] changes) => new(revision, "alice", mark, mark, At, [.. changes.Select(OperationOf)], changes);

    private static Operation OperationOf(RecordChange change) => change.Before is null
        ? new Operation.Create(change.Key, change.After.Fields)
        : new Operation.Set(change.Key, FieldPath.Of("title"), CanonicalJson.From(change.After.Fields["title"].AsString() is "m:other" ? "m:3" : change.After.Fields["title"].AsString()));
}
