using Sync.Testing;

namespace Sync.Client.Sqlite.Tests;

/// <summary>The memory storage is the model: whatever is done to both, SQLite keeps and finds the same.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class StorageEquivalenceTests
{
    private const int Steps = 150;
    private const int MostClients = 3;
    private const string Written = "written";

    private static readonly string[] Values = ["null", "1", "\"x\"", "[\"x\",1]", "{\"b\":1}"];

    [Test]
    public async Task Random_clients_find_the_same([Random(6)] int seed)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var home = new SqliteStorageHome();
        var memory = new InMemoryStorageProvider();
        var clients = new List<(InMemoryStorage Memory, SqliteRecordStorage Sqlite, string Id, long Seq)>();
        for (var step = 0; step < Steps; step++)
        {
            var index = random.Next(MostClients);
            if (index >= clients.Count)
            {
                var opened = ((InMemoryStorage)await memory.OpenAsync(StorageScene.Ann, default), (SqliteRecordStorage)await home.Provider.OpenAsync(StorageScene.Ann, default));
                var (expected, came) = (await opened.Item1.LoadAsync($"client {step}", default), await opened.Item2.LoadAsync($"client {step}", default));
                Assert.That(Told(came), Is.EqualTo(Told(expected)), $"step {step}");
                clients.Add((opened.Item1, opened.Item2, expected.ClientId, expected.LastSeq));
                continue;
            }

            var client = clients[index];
            switch (random.Next(14))
            {
                case 0:
                    client.Memory.Release();
                    client.Sqlite.Abandon();
                    clients.RemoveAt(index);
                    break;
                case 1:
                    await client.Memory.DisposeAsync();
                    await client.Sqlite.DisposeAsync();
                    clients.RemoveAt(index);
                    break;
                case 2:
                    Assert.That(await client.Sqlite.TryBecomeWriterAsync(default), Is.EqualTo(await client.Memory.TryBecomeWriterAsync(default)), $"step {step}");
                    break;
                default:
                    var batch = Next(random, client.Id, client.Seq, step);
                    var outcome = await TryWriteAsync(client.Memory, batch);
                    Assert.That(await TryWriteAsync(client.Sqlite, batch), Is.EqualTo(outcome), $"step {step}");
                    if (outcome == Written) clients[index] = client with { Id = batch.NewClientId ?? client.Id, Seq = Math.Max(batch.NewClientId is null ? client.Seq : 0, batch.LastSeq) };
                    await CompareAsync(client.Memory, client.Sqlite, random, step);
                    break;
            }
        }
        foreach (var client in clients) await client.Sqlite.DisposeAsync();
    }

    private static StorageBatch Next(Random random, string clientId, long seq, int step)
    {
        var owner = random.Next(12) == 0 ? $"client {step}" : null;
        var first = owner is null ? seq + 1 : 1;
        var queued = Enumerable.Range(0, random.Next(3)).Select(i => Kept.Queued(owner ?? clientId, first + i, random.Next(2) == 0 ? null : "label")).ToList();
        var numbers = Enumerable.Range(1, 8).Select(number => (long)number).ToArray();
        random.Shuffle(numbers);
        var isRecords = random.Next(2) == 0;
        return new StorageBatch
        {
            NewClientId = owner,
            Queued = [.. queued],
            LastSeq = queued.Count > 0 ? queued[^1].Place.Seq : 0,
            Settled = owner is null && seq > 0 ? [new QueuePlace(clientId, random.NextInt64(1, seq + 1))] : [],
            Puts = isRecords ? [.. Enumerable.Range(0, random.Next(3)).Select(i => Kept.Record($"r{3 * random.Next(4) + i}", $$"""{"value":{{Values[random.Next(Values.Length)]}}}""", step + 1))] : [],
            Removes = isRecords ? [Kept.Key($"gone{random.Next(3)}")] : [],
            Subscriptions = random.Next(6) == 0 ? [Kept.Subscription(Kept.All with { Limit = random.Next(1, 4) })] : [],
            Unsubscribed = random.Next(6) == 0 ? [Kept.All with { Limit = random.Next(4, 6) }] : [],
            Rejected = random.Next(4) == 0 ? [Kept.Rejection($"x{random.Next(5)}", random.Next(5))] : [],
            DealtWith = random.Next(4) == 0 ? [$"x{random.Next(5, 7)}"] : [],
            UndoSteps = [.. numbers.Take(random.Next(3)).Select(number => Kept.Step(number, $"step {step}"))],
            ForgottenUndoSteps = [.. numbers.TakeLast(random.Next(3))],
            Token = random.Next(4) == 0 ? $"token {step}" : null,
        };
    }

    private static async Task<string> TryWriteAsync(IRecordStorage storage, StorageBatch batch)
    {
        try
        {
            await storage.WriteAsync(batch, default);
            return Written;
        }
        catch (InvalidOperationException refusal)
        {
            return refusal.GetType().Name;
        }
    }

    private static async Task CompareAsync(IRecordStorage memory, IRecordStorage sqlite, Random random, int step)
    {
        var query = Kept.All with { Where = random.Next(3) == 0 ? [] : [new QueryCondition.EqualTo(FieldPath.Of("value"), CanonicalJson.Parse(Values[random.Next(Values.Length)]))] };
        var (expected, came) = (await memory.QueryAsync(query, default), await sqlite.QueryAsync(query, default));
        Assert.That(came.Select(Told).Order(StringComparer.Ordinal), Is.EqualTo(expected.Select(Told).Order(StringComparer.Ordinal)), $"step {step}, {query}");
    }

    private static string Told(Record record) => $"{record} {record.Fields}";

    private static string Told(StoredState state) => string.Join('\n',
    [
        $"{state.ClientId} {state.LastSeq} {state.IsWriter} {state.Token}",
        .. state.Queue.Select(one => $"{one.Place} {one.Label} {ProtocolCodec.ToJson(one.Transaction)}"),
        .. state.Subscriptions.Select(one => $"{one.Query} {one.Token} {one.IsFollowing} {one.Records} {one.LastUsed}").Order(StringComparer.Ordinal),
        .. state.Tray.Select(one => $"{one.Transaction.TxId} {one.Code} {one.RejectedAt}"),
        .. state.UndoSteps.Select(one => $"{one.Number} {one.Content}"),
    ]);
}
