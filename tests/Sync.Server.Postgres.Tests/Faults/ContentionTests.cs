using Sync.Tests;

namespace Sync.Server.Postgres.Tests;

/// <summary>What the database refuses for no fault of the transaction is tried again, a bounded number of times; what takes too long ends.</summary>
public sealed class ContentionTests
{
    /// <summary>Counts its tries by a sequence, which no rollback takes back.</summary>
    private const string Tables = """
        CREATE TABLE counters (id text PRIMARY KEY, version bigint NOT NULL DEFAULT 1, owner text NOT NULL, count int NOT NULL DEFAULT 0);
        CREATE INDEX counters_owner ON counters (owner);
        CREATE SEQUENCE tries;
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF nextval('tries') <= NEW.count THEN RAISE EXCEPTION 'as asked' USING ERRCODE = NEW.owner; END IF;
            RETURN NEW;
        END $$;
        CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.owner = 'slow' THEN PERFORM nextval('tries'), pg_sleep(60); END IF;
            RETURN NEW;
        END $$;
        """;

    [Test, CancelAfter(60_000)]
    public async Task A_deadlock_or_a_serialization_failure_is_tried_again([Values("40001", "40P01")] string code)
    {
        using var database = PostgresDatabase.Rent();
        database.Execute(Tables + "CREATE TRIGGER fail BEFORE INSERT ON counters FOR EACH ROW EXECUTE FUNCTION fail()");
        await using var node = await SomeNode.StartAsync(database);

        var result = await node.Server.WriteAsync(Caller.App("test"), tx => tx.Table<Counter>().Create(new Counter("a", code, 2)));
        Assert.That(result.IsAccepted, Is.True);
        Assert.That(database.Scalar("SELECT last_value FROM tries"), Is.EqualTo(3));
        Assert.That(database.Scalar("SELECT count(*) FROM sync.log"), Is.EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public async Task One_that_never_ends_is_told_to_come_again_and_leaves_nothing([Values("40001", "40P01")] string code)
    {
        using var database = PostgresDatabase.Rent();
        database.Execute(Tables + "CREATE TRIGGER fail BEFORE INSERT ON counters FOR EACH ROW EXECUTE FUNCTION fail()");
        await using var node = await SomeNode.StartAsync(database);

        var result = await node.Server.WriteAsync(Caller.App("test"), tx => tx.Table<Counter>().Create(new Counter("a", code, 1_000_000)));
        Assert.That((result.Receipt, result.Refusal?.Code), Is.EqualTo(((Receipt?)null, ErrorCodes.Busy)));
        Assert.That(result.Refusal!.RetryAfter, Is.GreaterThan(TimeSpan.Zero));
        Assert.That(database.Scalar("SELECT (SELECT count(*) FROM sync.log) + (SELECT count(*) FROM sync.receipts)"), Is.EqualTo(0));
        Assert.That((await node.CreateAsync("b")).IsAccepted, Is.True);
    }

    [Test, CancelAfter(120_000)]
    public async Task A_statement_that_takes_too_long_is_ended_by_the_database_and_tried_no_more(CancellationToken patience)
    {
        using var database = PostgresDatabase.Rent();
        database.Execute(Tables + "CREATE TRIGGER dawdle BEFORE INSERT ON counters FOR EACH ROW EXECUTE FUNCTION dawdle()");
        await using var node = await SomeNode.StartAsync(database, store: o => o.StatementTimeout = TimeSpan.FromSeconds(1));

        var result = await node.CreateAsync("a", "slow").WaitAsync(patience);
        Assert.That((result.Receipt, result.Refusal?.Code), Is.EqualTo(((Receipt?)null, ErrorCodes.Busy)));
        Assert.That(database.Scalar("SELECT last_value FROM tries"), Is.EqualTo(1));
        Assert.That((await node.CreateAsync("b")).IsAccepted, Is.True);
    }
}
