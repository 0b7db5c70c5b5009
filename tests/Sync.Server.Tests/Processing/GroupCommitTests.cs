using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Processing;

/// <summary>Groups, duplicates and whatever a store may answer.</summary>
public sealed class GroupCommitTests
{
    private World _world = null!;

    [SetUp]
    public async Task StartAsync() => _world = await World.StartAsync();

    [TearDown]
    public ValueTask StopAsync() => _world.DisposeAsync();

    [Test]
    public async Task What_waits_during_a_commit_is_committed_in_one_group_with_a_revision_each()
    {
        var gate = _world.Store.HoldNextCommit();
        var first = _world.WriteAsync(Alice, SetTitle("j1", "a")).AsTask();
        var commits = _world.Store.Commits.Count;
        var second = _world.WriteAsync(Alice, SetTitle("j1", "b")).AsTask();
        var rejected = _world.WriteAsync(Bob, SetTitle("hidden", "x")).AsTask();
        var third = _world.WriteAsync(Bob, SetTitle("j2", "c")).AsTask();
        gate.SetResult();
        await Task.WhenAll(first, second, rejected, third).WaitAsync(Soon);

        Assert.That(_world.Store.Commits, Has.Count.EqualTo(commits + 1));
        Assert.That(_world.Store.Commits[^1].Entries.Select(e => e.Receipt.IsAccepted), Is.EqualTo(new[] { true, false, true }));
        Assert.That(new[] { first, second, third }.Select(w => w.Result.Revision.Value), Is.EqualTo(new[] { 2L, 3L, 4L }));
        Assert.That(rejected.Result.Receipt!.Code, Is.EqualTo(ErrorCodes.NotFound));
    }

    [Test]
    public async Task A_group_has_a_bound()
    {
        await using var world = await World.StartAsync(o => o.MaxTransactionsPerCommit = 3);
        var gate = world.Store.HoldNextCommit();
        Task<WriteResult>[] writes = [.. Enumerable.Range(0, 8).Select(i => world.WriteAsync(Alice, SetTitle("j1", $"{i}")).AsTask())];
        gate.SetResult();
        await Task.WhenAll(writes).WaitAsync(Soon);

        Assert.That(world.Store.Commits.Select(c => c.Entries.Count), Is.EqualTo(new[] { 1, 1, 3, 3, 1 }));
    }

    [Test]
    public async Task Sixty_parallel_writes_to_one_record_all_land_each_with_its_own_version()
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<WriteResult>[] writes =
        [
            .. Enumerable.Range(0, 60).Select(async i =>
            {
                await start.Task;
                return await _world.Server.WriteAsync(i % 2 == 0 ? Alice : Bob, new Transaction { TxId = $"p{i}", Operations = [SetTitle("j1", $"{i}")] });
            }),
        ];
        start.SetResult();
        var results = await Task.WhenAll(writes).WaitAsync(Soon);

        Assert.That(results.All(r => r.IsAccepted));
        Assert.That(results.Select(r => r.Receipt!.Versions.Single().After).Order(), Is.EqualTo(Enumerable.Range(2, 60).Select(v => (long)v)));
        Assert.That(results.Select(r => r.Revision).Distinct().Count(), Is.EqualTo(60));
        Assert.That((await _world.FindAsync("jobs", "j1"))!.Version, Is.EqualTo(61));
    }

    [Test]
    public async Task Two_transactions_on_different_fields_of_one_record_both_survive()
    {
        var gate = _world.Store.HoldNextCommit();
        var hold = _world.WriteAsync(Alice, SetTitle("j2", "hold")).AsTask();
        var title = _world.WriteAsync(Alice, SetTitle("j1", "New")).AsTask();
        var status = _world.WriteAsync(Bob, Set("jobs", "j1", "status", "\"done\"")).AsTask();
        gate.SetResult();
        await Task.WhenAll(hold, title, status).WaitAsync(Soon);

        Assert.That((await _world.FindAsync("jobs", "j1"))!.Fields, Is.EqualTo(CanonicalJson.Parse("""{"workspaceId":"demo","title":"New","status":"done"}""")));
    }

    [Test]
    public async Task The_same_transaction_a_hundred_times_in_parallel_takes_effect_once()
    {
        var transaction = _world.Tx(SetTitle("j1", "once"));
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = _world.Store.HoldNextCommit();
        Task<WriteResult>[] writes =
        [
            .. Enumerable.Range(0, 100).Select(async _ =>
            {
                await start.Task;
                return await _world.Server.WriteAsync(Alice, transaction);
            }),
        ];
        start.SetResult();
        gate.SetResult();
        var results = await Task.WhenAll(writes).WaitAsync(Soon);

        Assert.That((await _world.FindAsync("jobs", "j1"))!.Version, Is.EqualTo(2));
        Assert.That(results.Select(r => r.Receipt).Distinct().Count(), Is.EqualTo(1));
        Assert.That(results.Select(r => r.Revision).Distinct(), Is.EqualTo(new[] { new Revision(2) }));
        Assert.That(results.All(r => r.Records["jobs", "j1"]!.Version == 2));
    }

    [Test]
    public async Task A_transaction_sent_again_gets_its_stored_outcome_with_records_read_afresh_under_todays_rights()
    {
        var mine = _world.Tx(SetTitle("j1", "bobs"));
        await _world.Server.WriteAsync(Bob, mine);
        await _world.WriteAsync(Alice, SetTitle("j1", "later"));
        var again = await _world.Server.WriteAsync(Bob, mine);
        await _world.WriteAsync(Alice, Set("workspaces", "demo", "memberIds", "[\"alice\"]"));
        var expelled = await _world.Server.WriteAsync(Bob, mine);

        Assert.That(again.Records["jobs", "j1"]!.Fields["title"].AsString(), Is.EqualTo("later"));
        Assert.That(again.Receipt!.Versions.Single().After, Is.EqualTo(2));
        Assert.That(expelled.Receipt, Is.EqualTo(again.Receipt));
        Assert.That((expelled.Records.Count, expelled.Gone.Single()), Is.EqualTo((0, new RecordKey("jobs", "j1"))));
    }

    [Test]
    public async Task A_rejection_sent_again_stays_rejected_though_it_would_pass_now()
    {
        var early = _world.Tx(SetTitle("later", "x"));
        await _world.Server.WriteAsync(Alice, early);
        await _world.WriteAsync(Alice, Create("jobs", "later", """{"workspaceId":"demo","title":"t"}"""));

        Assert.That((await _world.Server.WriteAsync(Alice, early)).Receipt!.Code, Is.EqualTo(ErrorCodes.NotFound));
    }

    [Test]
    public async Task A_txId_used_for_other_content_is_refused_and_other_authors_ids_are_independent()
    {
        var transaction = _world.Tx(SetTitle("j1", "one"));
        await _world.Server.WriteAsync(Alice, transaction);
        var reused = await _world.Server.WriteAsync(Alice, transaction with { Operations = [SetTitle("j1", "two")] });
        var bobs = await _world.Server.WriteAsync(Bob, transaction with { Operations = [SetTitle("j1", "three")] });

        Assert.That(reused.Refusal!.Code, Is.EqualTo(ErrorCodes.TxIdReused));
        Assert.That(bobs.IsAccepted);
    }

    [Test]
    public async Task A_duplicate_in_the_same_group_gets_its_twins_outcome()
    {
        var gate = _world.Store.HoldNextCommit();
        var hold = _world.WriteAsync(Alice, SetTitle("j2", "hold")).AsTask();
        var transaction = _world.Tx(SetTitle("j1", "once"));
        var twins = new[] { _world.Server.WriteAsync(Alice, transaction).AsTask(), _world.Server.WriteAsync(Alice, transaction).AsTask() };
        var reused = _world.Server.WriteAsync(Alice, transaction with { Operations = [SetTitle("j1", "other")] }).AsTask();
        gate.SetResult();
        await Task.WhenAll([hold, reused, .. twins]).WaitAsync(Soon);

        Assert.That(_world.Store.Commits[^1].Entries, Has.Count.EqualTo(1));
        Assert.That(twins.Select(t => (t.Result.IsAccepted, t.Result.Revision.Value)), Is.All.EqualTo((true, 3L)));
        Assert.That(reused.Result.Refusal!.Code, Is.EqualTo(ErrorCodes.TxIdReused));
        Assert.That((await _world.FindAsync("jobs", "j1"))!.Version, Is.EqualTo(2));
    }

    [Test]
    public async Task A_duplicate_in_the_same_group_fails_with_its_twin()
    {
        var gate = _world.Store.HoldNextCommit();
        var hold = _world.WriteAsync(Alice, SetTitle("j2", "hold")).AsTask();
        var transaction = _world.Tx(SetTitle("j1", "once"));
        var twins = new[] { _world.Server.WriteAsync(Alice, transaction).AsTask(), _world.Server.WriteAsync(Alice, transaction).AsTask() };
        _world.Store.AnswerNextCommit(new CommitAnswer.Unavailable("the disk is full"));
        gate.SetResult();
        await Task.WhenAll([hold, .. twins]).WaitAsync(Soon);

        Assert.That(twins.Select(t => t.Result.Refusal?.Code), Is.All.EqualTo(ErrorCodes.Busy));
        Assert.That((await _world.FindAsync("jobs", "j1"))!.Version, Is.EqualTo(1));
    }

    [Test]
    public async Task A_lost_commit_is_decided_again_on_what_the_others_wrote()
    {
        await using var other = await _world.StartAnotherAsync();
        Assert.That((await other.WriteAsync(Bob, new Transaction { TxId = "theirs", Operations = [Set("jobs", "j1", "status", "\"theirs\"")] })).IsAccepted);

        var mine = await _world.WriteAsync(Alice, SetTitle("j1", "mine"));

        Assert.That(mine.Receipt!.Versions.Single(), Is.EqualTo(new VersionStep(new("jobs", "j1"), 2, 3)));
        Assert.That(mine.Revision, Is.EqualTo(new Revision(3)));
        Assert.That(mine.Records["jobs", "j1"]!.Fields, Is.EqualTo(CanonicalJson.Parse("""{"workspaceId":"demo","title":"mine","status":"theirs"}""")));
        Assert.That((await other.GetRecordsAsync(Bob, [new("jobs", "j2"), new("jobs", "j1")])).Count, Is.EqualTo(2));
    }

    [Test]
    public async Task A_right_that_is_revoked_between_decision_and_commit_lets_nothing_in()
    {
        await using var other = await _world.StartAnotherAsync();
        await _world.WriteAsync(Bob, SetTitle("j1", "allowed"));
        _world.Store.OnCommit.Enqueue(async batch =>
        {
            await other.WriteAsync(Alice, new Transaction { TxId = "revoke", Operations = [Set("workspaces", "demo", "memberIds", "[\"alice\"]")] });
            return await _world.Store.CommitThroughAsync(batch);
        });

        var late = await _world.WriteAsync(Bob, SetTitle("j1", "too late"));

        Assert.That(late.Receipt!.Code, Is.EqualTo(ErrorCodes.NotFound));
        Assert.That((await _world.FindAsync("jobs", "j1"))!.Fields["title"].AsString(), Is.EqualTo("allowed"));
    }

    [Test]
    public async Task A_lookup_of_a_rule_that_finds_something_else_at_the_commit_lets_nothing_in()
    {
        await _world.WriteAsync(App, Create("grants", "g", """{"userId":"bob","area":"north"}"""), Create("plans", "p", """{"area":"north","text":"x"}"""));
        await using var other = await _world.StartAnotherAsync();
        Assert.That((await _world.WriteAsync(Bob, Set("plans", "p", "text", "\"y\""))).IsAccepted);
        _world.Store.OnCommit.Enqueue(async batch =>
        {
            await other.WriteAsync(App, new Transaction { TxId = "revoke", Operations = [Delete("grants", "g")] });
            return await _world.Store.CommitThroughAsync(batch);
        });

        Assert.That((await _world.WriteAsync(Bob, Set("plans", "p", "text", "\"z\""))).Receipt!.Code, Is.EqualTo(ErrorCodes.NotFound));
    }

    [Test]
    public async Task A_group_that_is_lost_again_and_again_ends_as_busy()
    {
        for (var i = 0; i < 20; i++) _world.Store.AnswerNextCommit(new CommitAnswer.Lost([new RecordKey("jobs", "j1")]));
        var result = await _world.WriteAsync(Alice, SetTitle("j1", "x"));

        Assert.That((result.Refusal!.Code, result.Refusal.Status, result.Refusal.RetryAfter > TimeSpan.Zero), Is.EqualTo((ErrorCodes.Busy, 503, true)));
    }

    [Test]
    public async Task A_refused_transaction_is_rejected_and_its_neighbours_are_not()
    {
        var gate = _world.Store.HoldNextCommit();
        var hold = _world.WriteAsync(Alice, SetTitle("j2", "hold")).AsTask();
        var good = _world.WriteAsync(Alice, SetTitle("j1", "good")).AsTask();
        var bad = _world.WriteAsync(Alice, SetTitle("j1", "bad")).AsTask();
        var late = _world.WriteAsync(Alice, Set("jobs", "j1", "status", "\"late\"")).AsTask();
        _world.Store.AnswerNextCommit(new CommitAnswer.Refused(1, "unique_title"));
        gate.SetResult();
        await Task.WhenAll(hold, good, bad, late).WaitAsync(Soon);

        Assert.That((bad.Result.Receipt!.Code, bad.Result.Receipt.Status), Is.EqualTo((ErrorCodes.Constraint, 409)));
        Assert.That(bad.Result.Receipt.Message, Does.Not.Contain("unique_title"));
        Assert.That((await _world.FindAsync("jobs", "j1"))!.Fields, Is.EqualTo(CanonicalJson.Parse("""{"workspaceId":"demo","title":"good","status":"late"}""")));
    }

    [Test]
    public async Task An_unknown_outcome_that_took_effect_is_found_by_its_receipt()
    {
        _world.Store.OnCommit.Enqueue(async batch =>
        {
            await _world.Store.CommitThroughAsync(batch);
            return new CommitAnswer.Unknown("the cable was cut");
        });
        var result = await _world.WriteAsync(Alice, SetTitle("j1", "x"));

        Assert.That((result.IsAccepted, result.Revision), Is.EqualTo((true, new Revision(2))));
        Assert.That((await _world.FindAsync("jobs", "j1"))!.Version, Is.EqualTo(2));
        Assert.That(_world.Source.Head, Is.EqualTo(new Revision(2)));
    }

    [Test]
    public async Task An_unknown_outcome_that_took_no_effect_is_decided_again()
    {
        _world.Store.OnCommit.Enqueue(_ => throw new IOException("the cable was cut"));
        var result = await _world.WriteAsync(Alice, SetTitle("j1", "x"));

        Assert.That(result.Receipt!.Versions.Single().After, Is.EqualTo(2));
    }

    [Test]
    public async Task Nothing_is_decided_until_the_receipts_of_an_unknown_outcome_are_read_back()
    {
        _world.Store.OnCommit.Enqueue(async batch =>
        {
            await _world.Store.CommitThroughAsync(batch);
            _world.Store.OnRead.Enqueue(new IOException("still cut"));
            return new CommitAnswer.Unknown("the cable was cut");
        });
        var unknown = _world.WriteAsync(Alice, SetTitle("j1", "x")).AsTask();
        var behind = _world.WriteAsync(Alice, SetTitle("j1", "y")).AsTask();
        var commits = _world.Store.Commits.Count;
        var wereWaiting = (unknown.IsCompleted, behind.IsCompleted);
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(unknown, behind).WaitAsync(Soon);

        Assert.That(wereWaiting, Is.EqualTo((false, false)));
        Assert.That(_world.Store.Commits, Has.Count.EqualTo(commits + 1));
        Assert.That(behind.Result.Receipt!.Versions.Single(), Is.EqualTo(new VersionStep(new("jobs", "j1"), 2, 3)));
    }

    [Test]
    public async Task A_store_that_is_not_available_is_busy_without_a_receipt_and_the_same_may_come_again()
    {
        _world.Store.AnswerNextCommit(new CommitAnswer.Unavailable("locked"));
        var transaction = _world.Tx(SetTitle("j1", "x"));
        var refused = await _world.Server.WriteAsync(Alice, transaction);
        var again = await _world.Server.WriteAsync(Alice, transaction);

        Assert.That((refused.Receipt, refused.Refusal!.Code), Is.EqualTo(((Receipt?)null, ErrorCodes.Busy)));
        Assert.That(again.IsAccepted);
    }

    [Test]
    public async Task A_store_that_cannot_be_read_is_busy_and_the_loop_goes_on()
    {
        for (var i = 0; i < 2; i++) _world.Store.OnRead.Enqueue(new IOException("no"));
        var refused = await _world.Server.Rooms.Processor.SubmitAsync(Alice, _world.Tx(SetTitle("j1", "x")), new("new client", 1), default);

        Assert.That(refused.Refusal!.Code, Is.EqualTo(ErrorCodes.Busy));
        Assert.That((await _world.WriteAsync(Alice, SetTitle("j1", "x"))).IsAccepted);
    }

    [Test]
    public async Task What_is_new_is_not_looked_up_and_what_comes_again_is_told_by_the_commit()
    {
        var transaction = _world.Tx(SetTitle("j1", "x"));
        await _world.Server.WriteAsync(Alice, transaction);
        Assert.That(_world.Store.ReceiptReads, Is.Zero);

        await using var restarted = await _world.StartAnotherAsync();
        var again = await restarted.WriteAsync(Alice, transaction);
        var other = await restarted.WriteAsync(Alice, transaction with { Operations = [SetTitle("j1", "y")] });
        Assert.That((again.IsAccepted, other.Receipt?.Code ?? other.Refusal?.Code), Is.EqualTo((true, ErrorCodes.TxIdReused)));
        Assert.That((await restarted.GetRecordsAsync(App, [new("jobs", "j1")]))["jobs", "j1"]!.Version, Is.EqualTo(2));
    }

    [Test]
    public async Task A_full_queue_is_busy()
    {
        await using var world = await World.StartAsync(o => o.MaxQueuedTransactions = 2);
        var gate = world.Store.HoldNextCommit();
        Task<WriteResult>[] writes = [.. Enumerable.Range(0, 5).Select(i => world.WriteAsync(Alice, SetTitle("j1", $"{i}")).AsTask())];
        gate.SetResult();
        await Task.WhenAll(writes).WaitAsync(Soon);

        Assert.That(writes.Select(w => w.Result.Refusal?.Code), Is.EqualTo(new[] { null, null, null, ErrorCodes.Busy, ErrorCodes.Busy }));
    }

    [Test]
    public async Task A_write_after_the_end_is_told_to_come_again()
    {
        var world = await World.StartAsync();
        await world.DisposeAsync();

        Assert.That((await world.WriteAsync(Alice, SetTitle("j1", "x"))).Refusal!.Code, Is.EqualTo(ErrorCodes.Busy));
    }

    [Test]
    public async Task A_loop_that_hangs_shows()
    {
        Assert.That(_world.Server.BusyFor, Is.EqualTo(TimeSpan.Zero));
        var gate = _world.Store.HoldNextCommit();
        var write = _world.WriteAsync(Alice, SetTitle("j1", "x")).AsTask();
        _world.Time.Advance(TimeSpan.FromSeconds(30));
        var busyFor = _world.Server.BusyFor;
        gate.SetResult();
        await write.WaitAsync(Soon);

        Assert.That(busyFor, Is.EqualTo(TimeSpan.FromSeconds(30)));
        Assert.That(_world.Server.BusyFor, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task Giving_up_waiting_does_not_take_the_transaction_back()
    {
        var gate = _world.Store.HoldNextCommit();
        using var giveUp = new CancellationTokenSource();
        var write = _world.Server.WriteAsync(Alice, _world.Tx(SetTitle("j1", "x")), giveUp.Token).AsTask();
        await giveUp.CancelAsync();
        Assert.ThrowsAsync<TaskCanceledException>(() => write);
        gate.SetResult();

        Assert.That((await _world.WriteAsync(Alice, SetTitle("j1", "y"))).Receipt!.Versions.Single().Before, Is.EqualTo(2));
    }

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
}
