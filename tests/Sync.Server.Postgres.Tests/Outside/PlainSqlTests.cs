using Npgsql;
using Sync.Testing;
using Sync.Tests;

namespace Sync.Server.Postgres.Tests;

[TestFixture]
public sealed class PlainSqlTests
{
    private const string Tables = """
        CREATE TABLE counters (id text PRIMARY KEY, version bigint NOT NULL DEFAULT 1, owner text NOT NULL, count int NOT NULL DEFAULT 0, secret text);
        CREATE INDEX counters_owner ON counters (owner);
        """;

    [Test, CancelAfter(60_000)]
    public async Task What_plain_SQL_writes_is_told_whole_and_in_order(CancellationToken patience)
    {
        using var database = PostgresDatabase.Rent();
        database.Execute(Tables);
        await using var node = await StartAsync(database);
        await node.CreateAsync("a");
        database.Execute("INSERT INTO counters (id, owner) VALUES ('b', 'x'), ('c', 'y')");
        database.Execute("BEGIN; UPDATE counters SET count = count + 1; UPDATE counters SET count = count + 1 WHERE id = 'a'; DELETE FROM counters WHERE id = 'c'; COMMIT");

        var entries = await EntriesAsync(node, 3, patience);
        Assert.Multiple(() =>
        {
            Assert.That(entries.Select(e => e.Revision.Value), Is.EqualTo(new[] { 1, 2, 3 }));
            Assert.That(Told(entries[1]), Is.EqualTo(new[] { "b 0>1 {\"count\":0,\"owner\":\"x\"}", "c 0>1 {\"count\":0,\"owner\":\"y\"}" }));
            Assert.That(Told(entries[2]), Is.EqualTo(new[] { "a 1>3 {\"count\":2,\"owner\":\"x\"}", "b 1>2 {\"count\":1,\"owner\":\"x\"}", "c 1>3 deleted {\"count\":1,\"owner\":\"y\"}" }));
            Assert.That(entries[2].Id.AuthorId, Is.EqualTo("app:sql"));
            Assert.That(entries[2].Operations.Elements.Select(o => o["type"].AsString()), Is.EqualTo(new[] { "set", "set", "delete" }));
        });
        Assert.That((await node.GetAsync("a"))?.Count, Is.EqualTo(2));
        Assert.That(await node.GetAsync("c"), Is.Null);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_transaction_left_open_elsewhere_stops_nobody_but_who_wants_its_rows(CancellationToken patience)
    {
        using var database = PostgresDatabase.Rent();
        database.Execute(Tables);
        await using var node = await StartAsync(database);
        await node.CreateAsync("held");
        await node.CreateAsync("free");

        await using var idle = new NpgsqlConnection(database.ConnectionString);
        await idle.OpenAsync(patience);
        await using var open = await idle.BeginTransactionAsync(patience);
        await using (var update = new NpgsqlCommand("UPDATE counters SET count = 100 WHERE id = 'held'; INSERT INTO counters (id, owner) VALUES ('coming', 'x')", idle)) await update.ExecuteNonQueryAsync(patience);

        var results = await Task.WhenAll(node.SetAsync("held", 1), node.SetAsync("free", 1), node.CreateAsync("coming"), node.SetAsync("free", 2));
        Assert.That(results.Select(Kind), Is.EqualTo(new[] { "busy", "accepted", "busy", "accepted" }));

        await open.CommitAsync(patience);
        Assert.That(Kind(await node.SetAsync("held", 2)), Is.EqualTo("accepted"));
        var entries = await EntriesAsync(node, 6, patience);
        Assert.That(Told(entries[4]), Is.EqualTo(new[] { "held 1>2 {\"count\":100,\"owner\":\"x\"}", "coming 0>1 {\"count\":0,\"owner\":\"x\"}" }), "numbered when it committed, behind what was written meanwhile");
        Assert.That(Told(entries[5]), Is.EqualTo(new[] { "held 2>3 {\"count\":2,\"owner\":\"x\"}" }));
    }

    [Test, CancelAfter(60_000)]
    public async Task What_is_rolled_back_or_changes_nothing_leaves_no_entry(CancellationToken patience)
    {
        using var database = PostgresDatabase.Rent();
        database.Execute(Tables);
        await using var node = await StartAsync(database);
        await node.CreateAsync("a");
        database.Execute("BEGIN; UPDATE counters SET count = 7; ROLLBACK");
        database.Execute("UPDATE counters SET count = count, version = 55");
        database.Execute("BEGIN; SAVEPOINT s; UPDATE counters SET count = 8; ROLLBACK TO s; UPDATE counters SET owner = 'y'; COMMIT");

        var entries = await EntriesAsync(node, 2, patience);
        Assert.That(Told(entries[1]), Is.EqualTo(new[] { "a 1>2 {\"count\":0,\"owner\":\"y\"}" }));
        Assert.That(database.Scalar("SELECT count(*) FROM sync.outside"), Is.EqualTo(0));
        Assert.That(database.Scalar("SELECT revision FROM sync.head"), Is.EqualTo(2));
    }

    [Test, CancelAfter(60_000)]
    public async Task Columns_that_the_type_does_not_have_stay_out_of_the_log_and_come_back_with_a_restore(CancellationToken patience)
    {
        using var database = PostgresDatabase.Rent();
        database.Execute(Tables);
        await using var node = await StartAsync(database);
        database.Execute("INSERT INTO counters (id, owner, secret) VALUES ('a', 'x', 'hunter2')");
        database.Execute("DELETE FROM counters");
        var restored = await node.Server.WriteAsync(Caller.App("test"), new Transaction { TxId = "back", AuthorId = "app:test", Operations = [new Operation.Restore(new RecordKey("counters", "a"))] }, patience);
        Assert.That(Kind(restored), Is.EqualTo("accepted"));
        Assert.That(database.Scalar("SELECT secret FROM counters"), Is.EqualTo("hunter2"));
        Assert.That(database.Scalar("SELECT version FROM counters"), Is.EqualTo(3));
        Assert.That(database.Scalar("SELECT count(*) FROM sync.log WHERE rows::text LIKE '%hunter2%' OR convert_from(changes, 'UTF8') LIKE '%hunter2%'"), Is.EqualTo(0));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_row_that_comes_again_goes_on_from_its_tombstone(CancellationToken patience)
    {
        using var database = PostgresDatabase.Rent();
        database.Execute(Tables);
        await using var node = await StartAsync(database);
        await node.CreateAsync("a");
        await node.Server.WriteAsync(Caller.App("test"), tx => tx.Table<Counter>().Delete("a"), patience);
        database.Execute("INSERT INTO counters (id, owner) VALUES ('a', 'z')");
        database.Execute("BEGIN; DELETE FROM counters; INSERT INTO counters (id, owner) VALUES ('a', 'zz'); UPDATE counters SET id = 'b'; COMMIT");

        var entries = await EntriesAsync(node, 4, patience);
        Assert.That(Told(entries[2]), Is.EqualTo(new[] { "a 2>3 {\"count\":0,\"owner\":\"z\"}" }));
        Assert.That(Told(entries[3]), Is.EqualTo(new[] { "a 3>6 deleted {\"count\":0,\"owner\":\"zz\"}", "b 0>1 {\"count\":0,\"owner\":\"zz\"}" }));
        Assert.That(database.Scalar("SELECT count(*) FROM sync.tombstones"), Is.EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_transaction_too_large_to_tell_has_everybody_look_again(CancellationToken patience)
    {
        using var database = PostgresDatabase.Rent();
        database.Execute(Tables);
        await using var node = await StartAsync(database);
        await node.CreateAsync("a");
        database.Execute("INSERT INTO counters (id, owner) SELECT 'n' || n, 'many' FROM generate_series(1, 10001) AS n");
        await node.SetAsync("a", 5);
        var page = await SomeStoreOf(database).ReadLogAsync(Revision.None, 10, patience);
        Assert.That((page.Entries.Count, page.IsTrimmed), Is.EqualTo((1, false)));
        Assert.That((await SomeStoreOf(database).ReadLogAsync(new Revision(1), 10, patience)).IsTrimmed, Is.True);
        Assert.That((await node.GetAsync("n77"))?.Owner, Is.EqualTo("many"));
        Assert.That(Kind(await node.SetAsync("n77", 1)), Is.EqualTo("accepted"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Truncating_is_refused_and_removed_triggers_tell_nothing(CancellationToken patience)
    {
        using var database = PostgresDatabase.Rent();
        database.Execute(Tables);
        await using (var node = await StartAsync(database)) await node.CreateAsync("a");
        Assert.That(() => database.Execute("TRUNCATE counters"), Throws.InstanceOf<PostgresException>().With.Message.Contains("use DELETE"));

        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await PostgresTriggers.RemoveAsync(source, SomeNode.Model, cancellationToken: patience);
        database.Execute("UPDATE counters SET count = 9");
        Assert.That(database.Scalar("SELECT revision FROM sync.head"), Is.EqualTo(1));
        await PostgresTriggers.InstallAsync(source, SomeNode.Model, cancellationToken: patience);
        await PostgresTriggers.InstallAsync(source, SomeNode.Model, cancellationToken: patience);
        database.Execute("UPDATE counters SET count = 10");
        Assert.That(database.Scalar("SELECT revision FROM sync.head"), Is.EqualTo(2));
    }

    private static Task<SomeNode> StartAsync(PostgresDatabase database) => SomeNode.StartAsync(database, store: o => o.FollowPlainSql = true);

    private static PostgresTransactionStore SomeStoreOf(PostgresDatabase database)
    {
        var store = SomeStore.Over(database);
        store.OpenAsync(SomeNode.Model, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return store;
    }

    private static async Task<IReadOnlyList<LogEntry>> EntriesAsync(SomeNode node, int count, CancellationToken patience)
    {
        var entries = new List<LogEntry>();
        await foreach (var entry in node.Server.Changes(Revision.None, patience))
        {
            entries.Add(entry);
            if (entries.Count == count) break;
        }
        return entries;
    }

    private static IEnumerable<string> Told(LogEntry entry) =>
        entry.Changes.Select(c => $"{c.Key.Id} {c.Before?.Version ?? 0}>{c.After.Version} {(c.After.IsDeleted ? "deleted " : "")}{c.After.Fields}");

    private static string Kind(WriteResult result) => result.IsAccepted ? "accepted" : result.Refusal?.Code ?? result.Receipt!.Code!;
}
