using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Processing;

/// <summary>Several nodes that write the same records: who has lost takes the store's turn.</summary>
public sealed class TurnTests
{
    private World _world = null!;
    private SyncServer _other = null!;
    private int _written;

    private TestStore Store => _world.Store;

    [SetUp]
    public async Task StartAsync()
    {
        _world = await World.StartAsync(store: new TestStore { IsShared = true });
        _other = await _world.StartAnotherAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _other.DisposeAsync();
        await _world.DisposeAsync();
        Assert.That(Store.Turns.IsHeld, Is.False, "a turn was kept");
    }

    [Test]
    public async Task A_group_that_is_lost_is_decided_again_in_the_stores_turn_and_cannot_be_lost_there()
    {
        await WriteElsewhereAsync("first");
        Store.Turns.OnTake.Enqueue(() => WriteElsewhereAsync("just before the turn"));
        var commits = Store.Commits.Count;

        var mine = await _world.WriteAsync(Alice, SetTitle("j1", "mine"));

        Assert.That((mine.IsAccepted, mine.Receipt!.Versions.Single().Before), Is.EqualTo((true, 3L)));
        Assert.That((Store.Turns.Taken, Store.Turns.Committed), Is.EqualTo((1, 1)));
        Assert.That(Store.Commits, Has.Count.EqualTo(commits + 3), "one lost, one of the other, one in the turn");
    }

    [Test]
    public async Task What_the_log_tells_of_a_loss_is_not_read_again_from_the_store_while_others_wait_for_the_turn()
    {
        await _world.WriteAsync(Alice, SetTitle("j1", "warm"));
        await WriteElsewhereAsync("first");
        var (loads, queries) = (Store.Loads, Store.Queries);

        await _world.WriteAsync(Alice, SetTitle("j1", "mine"));

        Assert.That((Store.Turns.Committed, Store.Loads, Store.Queries), Is.EqualTo((1, loads, queries)));
    }

    [Test]
    public async Task While_others_write_the_same_every_group_begins_in_the_turn_and_in_the_end_none_does()
    {
        await LoseOneAsync();
        await WriteElsewhereAsync("again");
        var commits = Store.Commits.Count;
        await _world.WriteAsync(Alice, SetTitle("j1", "not lost"));
        Assert.That((Store.Commits.Count - commits, Store.Turns.Committed), Is.EqualTo((1, 2)));

        for (var i = 0; i < Contention.DefaultCalmGroups; i++)
        {
            await WriteElsewhereAsync($"{i}", "j2");
            await _world.WriteAsync(Alice, SetTitle("j1", $"calm {i}"));
        }
        var turns = Store.Turns.Taken;
        await _world.WriteAsync(Alice, SetTitle("j1", "calm"));

        Assert.That((turns, Store.Turns.Taken), Is.EqualTo((2 + Contention.DefaultCalmGroups, turns)));
    }

    [Test]
    public async Task Of_two_nodes_in_one_hot_record_each_waits_for_the_others_turn_and_nothing_is_lost_any_more()
    {
        await LoseOneAsync();
        var gate = Store.HoldNextCommit();
        var mine = _world.WriteAsync(Alice, SetTitle("j1", "mine")).AsTask();
        var theirs = WriteElsewhereAsync("theirs");
        var wasDone = theirs.IsCompleted;
        gate.SetResult();
        await Task.WhenAll(mine, theirs).WaitAsync(Soon);
        Store.Hint(0);

        Assert.That(wasDone, Is.False, "nobody else commits while the turn is held");
        Assert.That(mine.Result.IsAccepted);
        Assert.That((await _world.FindAsync("jobs", "j1"))!.Fields["title"].AsString(), Is.EqualTo("theirs"));
    }

    [Test]
    public async Task The_turn_is_given_back_where_there_is_nothing_to_commit()
    {
        Store.AnswerNextCommit(new CommitAnswer.Lost([new RecordKey("jobs", "j1")]));
        var normalized = 0;
        Store.OnNormalize = (_, fields) => ++normalized > 1 ? throw new InvalidOperationException("bug") : new NormalizeResult(fields, null);
        var refused = await _world.WriteAsync(Alice, SetTitle("j1", "x"));

        Assert.That(refused.Refusal!.Code, Is.EqualTo(ErrorCodes.Internal));
        Assert.That((Store.Turns.Taken, Store.Turns.Committed, Store.Turns.IsHeld), Is.EqualTo((1, 0, false)));
    }

    [Test]
    public async Task The_turn_is_given_back_where_the_log_cannot_be_read()
    {
        Store.AnswerNextCommit(new CommitAnswer.Lost([new RecordKey("jobs", "j1")]));
        Store.Turns.OnTake.Enqueue(async () =>
        {
            await WriteElsewhereAsync("between");
            Store.OnReadLog.Enqueue(new IOException("no"));
        });
        var refused = await _world.WriteAsync(Alice, SetTitle("j1", "x"));

        Assert.That(refused.Refusal!.Code, Is.EqualTo(ErrorCodes.Busy));
        Assert.That((Store.Turns.Taken, Store.Turns.IsHeld), Is.EqualTo((1, false)));
    }

    [Test]
    public async Task A_turn_that_cannot_be_had_or_given_back_is_the_stores_trouble_and_takes_no_answer_away()
    {
        Store.AnswerNextCommit(new CommitAnswer.Lost([new RecordKey("jobs", "j1")]));
        Store.Turns.OnTake.Enqueue(() => throw new IOException("no"));
        var refused = await _world.WriteAsync(Alice, SetTitle("j1", "x"));
        Store.Turns.OnReturn.Enqueue(new IOException("no"));
        var accepted = await _world.WriteAsync(Alice, SetTitle("j1", "x"));

        Assert.That((refused.Refusal!.Code, accepted.IsAccepted), Is.EqualTo((ErrorCodes.Busy, true)));
    }

    [Test]
    public async Task An_entry_that_breaks_a_constraint_in_the_turn_is_rejected_and_the_others_take_another_turn()
    {
        Store.AnswerNextCommit(new CommitAnswer.Lost([new RecordKey("jobs", "j1")]));
        Store.AnswerNextCommit(new CommitAnswer.Refused(0, "unique_title"));
        var rejected = await _world.WriteAsync(Alice, SetTitle("j1", "x"));

        Assert.That(rejected.Receipt!.Code, Is.EqualTo(ErrorCodes.Constraint));
        Assert.That((Store.Turns.Taken, Store.Turns.Committed), Is.EqualTo((2, 2)));
    }

    [Test]
    public async Task Who_has_nothing_left_but_blocked_records_takes_no_further_turn()
    {
        await LoseOneAsync();
        Store.AnswerNextCommit(new CommitAnswer.Blocked([0]));
        var blocked = await _world.WriteAsync(Alice, SetTitle("j1", "held"));

        Assert.That((blocked.Refusal!.Code, Store.Turns.Taken), Is.EqualTo((ErrorCodes.Busy, 2)));
    }

    [Test]
    public async Task What_a_store_has_otherwise_than_its_log_tells_is_read_again()
    {
        await _world.WriteAsync(Alice, SetTitle("j1", "warm"));
        for (var i = 0; i < 2; i++)
        {
            Store.OnCommit.Enqueue(_ =>
            {
                _world.Source.Apply([new Commit(_world.Source.Head, 0, default, [Bogus])]); // As if the log had told of a version that there is not.
                return Task.FromResult<CommitAnswer>(new CommitAnswer.Lost([Bogus.Key]));
            });
        }
        Assert.That((await _world.WriteAsync(Alice, SetTitle("j1", "x"))).Receipt!.Versions.Single().Before, Is.EqualTo(2));
    }

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private static RecordChange Bogus { get; } = new(null, new Record(new("jobs", "j1"), 77, CanonicalJson.Parse("""{"workspaceId":"demo","title":"bogus"}""")));

    private async Task LoseOneAsync()
    {
        await WriteElsewhereAsync("first");
        await _world.WriteAsync(Alice, SetTitle("j1", "lost once"));
        Assert.That(Store.Turns.Committed, Is.EqualTo(1));
    }

    private async Task WriteElsewhereAsync(string title, string job = "j1")
    {
        Store.Hint(1);
        var result = await _other.WriteAsync(Bob, new Transaction { TxId = $"elsewhere-{++_written}", Operations = [SetTitle(job, title)] });
        Assert.That(result.IsAccepted, result.Refusal?.Message);
    }
}
