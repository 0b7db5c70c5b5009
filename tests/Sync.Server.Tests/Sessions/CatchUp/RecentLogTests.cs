namespace Sync.Server.Tests.Sessions;

public sealed class RecentLogTests
{
    private static readonly TransactionId Author = new("alice", "tx");

    [Test]
    public async Task Every_stretch_is_what_the_store_has_whatever_was_read_before()
    {
        var random = new Random(1);
        var store = await LogAsync(3000);
        for (var run = 0; run < 20; run++)
        {
            var log = new RecentLog(store);
            for (var i = 0; i < 20; i++)
            {
                var after = random.Next(0, 3001);
                var until = random.Next(after, 3001);
                var max = random.Next(1, 3000);
                var read = await log.ReadAsync(new Revision(after), new Revision(until), max, default);
                if (until - after > max) Assert.That(read, Is.Null);
                else Assert.That(read!.Select(e => e.Revision.Value), Is.EqualTo(Enumerable.Range(after + 1, until - after).Select(n => (long)n)), $"{after} to {until}, at most {max}");
            }
        }
    }

    [Test]
    public async Task What_the_store_no_longer_has_is_told_where_it_was_read_before()
    {
        var inner = await LogAsync(20, maxEntries: 20);
        var log = new RecentLog(inner);
        Assert.That(await log.ReadAsync(new Revision(5), new Revision(20), 100, default), Is.Not.Null);
        await CommitAsync(inner, 21, 15);

        Assert.That((await log.ReadAsync(new Revision(5), new Revision(35), 100, default))!.Count(), Is.EqualTo(30));
        Assert.That(await new RecentLog(inner).ReadAsync(new Revision(5), new Revision(35), 100, default), Is.Null);
    }

    private static async Task<InMemoryStore> LogAsync(int entries, int maxEntries = 10_000)
    {
        var store = new InMemoryStore(new Random(1).NextBytes, maxEntries);
        await store.OpenAsync(Board.Model, default);
        await CommitAsync(store, 1, entries);
        return store;
    }

    private static async Task CommitAsync(InMemoryStore store, int from, int count)
    {
        var entries = Enumerable.Range(from, count).Select(i => new CommitEntry(
            Author with { TxId = $"tx-{i}" }, new byte[32], new Receipt { TxId = $"tx-{i}", AuthorId = "alice", IsAccepted = true }, [], CanonicalJson.EmptyList, null, (ulong)i));
        Assert.That(await store.CommitAsync(new CommitBatch([.. entries], new Dictionary<RecordKey, long>(), []), default), Is.InstanceOf<CommitAnswer.Committed>());
    }
}
