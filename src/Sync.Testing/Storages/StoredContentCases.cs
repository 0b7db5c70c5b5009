using Sync.Client;
using static Sync.Testing.Kept;

namespace Sync.Testing;

/// <summary>What is read is what was written, byte for byte.</summary>
internal static class StoredContentCases
{
    private static readonly string[] Texts = ["", " ", "a/b", "a:b", "\"", "\\", "\u0001", "é", "e\u0301", "\uFF5E", "𝄞", "\uFFFD", "A", "a", "Straße", "x\u0085y\u2028z", new('x', 256)];

    public static IReadOnlyList<RecordStorageCase> All { get; } =
    [
        new("Records_of_any_table_id_and_content_come_back_as_they_are", "R4", RecordsAsync),
        new("A_record_replaces_whatever_is_stored_under_its_key", "R4", ReplacedAsync),
        new("Only_what_is_stored_is_found_and_each_once", "R4", FoundAsync),
        new("Large_records_and_large_batches_come_back", "R4", LargeAsync),
        new("Transactions_come_back_as_they_are", "R4", TransactionsAsync),
        new("Subscriptions_come_back_as_they_are", "R4", SubscriptionsAsync),
        new("A_subscription_replaces_the_one_of_the_same_query", "R4", SameQueryAsync),
        new("The_tray_comes_back_as_it_is_oldest_first", "R4", TrayAsync),
        new("A_rejection_replaces_the_one_of_the_same_transaction", "R4", RejectedAgainAsync),
        new("A_token_stays_until_there_is_a_newer_one", "R4", TokenAsync),
    ];

    private static async Task RecordsAsync(StorageScene scene)
    {
        var records = Texts.SelectMany(text => new[]
        {
            new Record(new RecordKey("things", text), 7, CanonicalJson.Object([new(text, CanonicalJson.From(text))])),
            new Record(new RecordKey(text, "id"), long.MaxValue, CanonicalJson.Parse("""{"a":{"b":[1,-0.5,1e300,9007199254740993,null,true,"\u0001\"\\𝄞"]},"id2":{}}""")),
        }).ToList();
        var first = await scene.OpenAsync("a");
        await first.WriteAsync(Put([.. records]));
        await CompareAsync(first, records);
        await scene.CrashAsync(first);
        await CompareAsync(await scene.OpenAsync("b"), records);
    }

    private static async Task CompareAsync(OpenedStorage open, List<Record> records)
    {
        var found = (await open.FindAsync([.. records.Select(record => record.Key)])).ToDictionary(record => record.Key);
        Expect.Same(records.Count, found.Count, "records found");
        foreach (var record in records) Expect.SameRecord(record, found[record.Key], $"the record {record.Key}");
        foreach (var table in records.GroupBy(record => record.Table))
        {
            var queried = await open.QueryAsync(new Query { Table = table.Key });
            Expect.SameList(table.Select(record => record.Id).Order(StringComparer.Ordinal), queried.Select(record => record.Id).Order(StringComparer.Ordinal), $"the table \"{table.Key}\"");
            foreach (var record in queried) Expect.SameRecord(found[record.Key], record, "a record that a query found");
        }
    }

    private static async Task ReplacedAsync(StorageScene scene)
    {
        var open = await scene.OpenAsync("a");
        await open.WriteAsync(Put(Record("one", """{"a":1,"b":2}""", 9)));
        await open.WriteAsync(Put(Record("one", """{"a":2}""", 3)));
        Expect.SameRecord(Record("one", """{"a":2}""", 3), await open.FindAsync(Key("one")), "the record, although its version is lower");
        await open.WriteAsync(new StorageBatch { Removes = [Key("one")] });
        await open.WriteAsync(Put(Record("one", "{}", 1)));
        Expect.SameRecord(Record("one"), await open.FindAsync(Key("one")), "the record that was removed and came again");
    }

    private static async Task FoundAsync(StorageScene scene)
    {
        var open = await scene.OpenAsync("a");
        await open.WriteAsync(Put(Record("one"), Record("two"), Record("three")));
        Expect.Same(0, (await open.FindAsync([])).Count, "records of no keys");
        Expect.Same(0, (await open.FindAsync(Key("never"), new RecordKey("other", "one"))).Count, "records that were never written");
        Expect.SameList(["one", "two"], (await open.FindAsync(Key("two"), Key("one"), Key("never"), Key("two"))).Select(record => record.Id).Order(StringComparer.Ordinal), "records, although a key came twice");
    }

    private static async Task LargeAsync(StorageScene scene)
    {
        const int Count = 3_000;
        var large = Record("large", $$"""{"text":"{{new string('x', 1_000_000)}}"}""");
        var open = await scene.OpenAsync("a");
        await open.WriteAsync(Put([large, .. Enumerable.Range(0, Count).Select(i => Record($"r{i}", $$"""{"n":{{i}}}"""))]));
        Expect.SameRecord(large, await open.FindAsync(Key("large")), "a record of a million characters");
        var found = await open.FindAsync([.. Enumerable.Range(0, 2 * Count).Select(i => Key($"r{i}"))]);
        Expect.Same(Count, found.Count, "records found by many keys");
        foreach (var record in found) Expect.Same($"r{record.Get(FieldPath.Of("n"))}", record.Id, "a record's id and content");
        await open.WriteAsync(new StorageBatch { Removes = [.. found.Select(record => record.Key)] });
        Expect.SameList(["large"], (await open.QueryAsync(Kept.All)).Select(record => record.Id), "what is left");
    }

    private static async Task TransactionsAsync(StorageScene scene)
    {
        var path = FieldPath.Of("a", "b.c", "𝄞");
        var everything = new Transaction
        {
            TxId = "tx \"𝄞\"",
            AuthorId = "ann",
            ClientTimestamp = -1,
            BaseVersions = [new BaseVersion(Key("a"), 0), new BaseVersion(Key("b"), 5)],
            Operations =
            [
                new Operation.Create(Key("a"), CanonicalJson.Parse("""{"x":[1,{"y":null}]}""")),
                new Operation.Set(Key("a"), path, CanonicalJson.Null, new Condition.ValueIs(CanonicalJson.Parse("[1]"))),
                new Operation.Unset(Key("a"), path, Condition.Absent.Instance),
                new Operation.SetNow(Key("a"), path),
                new Operation.ListInsert(Key("a"), path, CanonicalJson.From("v"), new ListPosition.Before(CanonicalJson.From(1))),
                new Operation.ListInsert(Key("a"), path, CanonicalJson.From("v"), ListPosition.AtEnd),
                new Operation.ListRemove(Key("a"), path, CanonicalJson.EmptyObject),
                new Operation.Delete(Key("a"), new Condition.VersionIs(3)),
                new Operation.Restore(Key("a")),
            ],
        };
        StoredTransaction[] queued =
        [
            new(new QueuePlace("a", 1), everything, "Move \"2\" tasks 𝄞"),
            new(new QueuePlace("a", 2), Transaction("plain") with { AuthorId = null }, Label: null),
            new(new QueuePlace("a", 10), Transaction("no label"), ""),
            new(new QueuePlace("a", long.MaxValue >> 11), Transaction("late"), null),
        ];
        var first = await scene.OpenAsync("a");
        await first.WriteAsync(new StorageBatch { Queued = [.. queued.Reverse()], LastSeq = queued[^1].Place.Seq });
        await scene.CrashAsync(first);

        var second = await scene.OpenAsync("b");
        Expect.Same((queued.Length, queued[^1].Place.Seq), (second.State.Queue.Length, second.State.LastSeq), "the length of the queue and its last number");
        foreach (var (expected, came) in queued.Zip(second.State.Queue)) ExpectSame(expected, came);
    }

    private static async Task SubscriptionsAsync(StorageScene scene)
    {
        var path = FieldPath.Of("a", "b.c");
        Query[] queries =
        [
            Kept.All,
            Query.ForRecord(Key("𝄞")),
            new()
            {
                Table = "other",
                Where =
                [
                    new QueryCondition.EqualTo(path, CanonicalJson.Null),
                    new QueryCondition.AnyOf(path, [CanonicalJson.From("x"), CanonicalJson.From(1)]),
                    new QueryCondition.LessThan(path, CanonicalJson.From(1.5), OrEqual: true),
                    new QueryCondition.GreaterThan(path, CanonicalJson.True, OrEqual: false),
                    new QueryCondition.Contains(path, CanonicalJson.EmptyList),
                ],
                OrderBy = [new SortField(path, Descending: true), new SortField(FieldPath.Id)],
                Limit = 20,
            },
        ];
        var stored = queries.SelectMany((query, i) => new[] { new StoredSubscription(query, i == 0 ? null : $"token {i}", i != 1, i * 1000, Then.AddTicks(i)) }).ToList();
        var first = await scene.OpenAsync("a");
        await first.WriteAsync(new StorageBatch { Subscriptions = [.. stored] });
        await scene.CrashAsync(first);

        var second = await scene.OpenAsync("b");
        Expect.SameList(stored.Select(Shown).Order(StringComparer.Ordinal), second.State.Subscriptions.Select(Shown).Order(StringComparer.Ordinal), "the subscriptions");
    }

    private static async Task SameQueryAsync(StorageScene scene)
    {
        QueryCondition[] conditions = [new QueryCondition.EqualTo(FieldPath.Of("x"), CanonicalJson.From(1)), new QueryCondition.EqualTo(FieldPath.Of("y"), CanonicalJson.From(2))];
        var (query, same) = (Kept.All with { Where = [.. conditions] }, Kept.All with { Where = [.. conditions.Reverse()] });
        var first = await scene.OpenAsync("a");
        await first.WriteAsync(new StorageBatch { Subscriptions = [new StoredSubscription(query, "t1", false, 5, Then)] });
        var newer = new StoredSubscription(same, null, true, 6, Then.AddHours(1));
        await first.WriteAsync(new StorageBatch { Subscriptions = [newer] });
        await scene.CrashAsync(first);

        var second = await scene.OpenAsync("b");
        Expect.SameList([Shown(newer)], second.State.Subscriptions.Select(Shown), "the subscriptions");
        await second.WriteAsync(new StorageBatch { Unsubscribed = [query] });
        await scene.CrashAsync(second);
        Expect.Same(0, (await scene.OpenAsync("c")).State.Subscriptions.Length, "subscriptions after the last one ended");
    }

    private static async Task TrayAsync(StorageScene scene)
    {
        StoredRejection[] tray = [Rejection("z", 1) with { Label = "Rename \"𝄞\"", Code = "own_code", Message = "", Status = 0 }, Rejection("b", 2), Rejection("a", 3)];
        var first = await scene.OpenAsync("a");
        await first.WriteAsync(new StorageBatch { Rejected = [tray[2], tray[0]] });
        await first.WriteAsync(new StorageBatch { Rejected = [tray[1]] });
        await scene.CrashAsync(first);

        var second = await scene.OpenAsync("b");
        Expect.SameList(tray.Select(Shown), second.State.Tray.Select(Shown), "the tray");
        foreach (var (expected, came) in tray.Zip(second.State.Tray)) ExpectSame(expected.Transaction, came.Transaction);
    }

    private static async Task RejectedAgainAsync(StorageScene scene)
    {
        var first = await scene.OpenAsync("a");
        await first.WriteAsync(new StorageBatch { Rejected = [Rejection("x", 1), Rejection("y", 2)] });
        await first.WriteAsync(new StorageBatch { Rejected = [Rejection("x", 3) with { Code = "other" }] });
        await scene.CrashAsync(first);
        Expect.SameList(["y not_allowed", "x other"], (await scene.OpenAsync("b")).State.Tray.Select(one => $"{one.Transaction.TxId} {one.Code}"), "the tray");
    }

    private static async Task TokenAsync(StorageScene scene)
    {
        var first = await scene.OpenAsync("a");
        Expect.Same(null, first.State.Token, "the token of an empty storage");
        await first.WriteAsync(new StorageBatch { Token = "t1" });
        await first.WriteAsync(Put(Record("one")));
        await scene.CrashAsync(first);
        var second = await scene.OpenAsync("b");
        Expect.Same("t1", second.State.Token, "the token");
        await second.WriteAsync(new StorageBatch { Token = "t2" });
        await scene.CrashAsync(second);
        Expect.Same("t2", (await scene.OpenAsync("c")).State.Token, "the newer token");
    }

    private static string Shown(StoredSubscription one) => $"{one.Query} {one.Token ?? "none"} {one.IsFollowing} {one.Records} {one.LastUsed.UtcTicks}";

    private static string Shown(StoredRejection one) => $"{one.Transaction.TxId} {one.Label ?? "none"} {one.Code} {one.Message} {one.Status} {one.RejectedAt.UtcTicks}";
}
