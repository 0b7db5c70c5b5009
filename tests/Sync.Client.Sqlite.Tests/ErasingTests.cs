using System.Text;
using Microsoft.Extensions.Time.Testing;
using Sync.Testing;

namespace Sync.Client.Sqlite.Tests;

/// <summary>What was removed can be found in no byte of the files.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
public sealed class ErasingTests : IAsyncDisposable
{
    private const string Secret = "the merger with Acme";

    private readonly SqliteStorageHome _home = new();
    private readonly FakeTimeProvider _time = new();

    public ValueTask DisposeAsync() => _home.DisposeAsync();

    [Test]
    public async Task What_was_removed_is_in_no_byte_a_second_later()
    {
        await using var storage = await OpenAsync();
        await storage.WriteAsync(new StorageBatch { Puts = [Some(1, Secret), Some(2, "public")] }, default);
        Assert.That(await FoundAsync(), Is.Not.Zero, "it is there before");

        await storage.WriteAsync(new StorageBatch { Removes = [Some(1, "").Key] }, default);
        _time.Advance(Erasing.Delay);

        Assert.That(await FoundAsync(), Is.Zero);
        Assert.That(await storage.FindAsync([Some(2, "").Key], default), Has.Count.EqualTo(1));
    }

    [TestCase(1)]
    [TestCase(2)]
    public async Task What_was_moved_about_in_the_file_before_it_was_removed_has_left_no_copy(int seed)
    {
        const int Records = 1500;
        var random = new Random(seed);
        var order = Enumerable.Range(0, Records).ToArray();
        random.Shuffle(order);
        var isSecret = order.Take(Records / 3).ToHashSet();
        random.Shuffle(order);

        await using var storage = await OpenAsync();
        for (var i = 0; i < Records; i += 20)
        {
            var puts = order.Skip(i).Take(20).Concat(random.GetItems(order[..(i + 20)], 10)).Distinct()
                .Select(n => Some(n, (isSecret.Contains(n) ? Secret : "public") + new string('p', random.Next(20) == 0 ? random.Next(9000) : random.Next(200))));
            await storage.WriteAsync(new StorageBatch { Puts = [.. puts] }, default);
        }
        await storage.WriteAsync(new StorageBatch { Removes = [.. isSecret.Select(n => Some(n, "").Key)] }, default);
        _time.Advance(Erasing.Delay);

        Assert.That(await FoundAsync(), Is.Zero);
        Assert.That(await storage.QueryAsync(Kept.All, default), Has.Count.EqualTo(Records - isSecret.Count));
    }

    [Test]
    public async Task What_somebody_reads_meanwhile_is_erased_when_the_reading_has_ended()
    {
        await using var storage = await OpenAsync();
        await storage.WriteAsync(new StorageBatch { Puts = [Some(1, Secret)] }, default);
        ((SqliteRecordStorage)storage).Database.Read(session =>
        {
            session.Scalar("SELECT count(*) FROM records");
            storage.WriteAsync(new StorageBatch { Removes = [Some(1, "").Key] }, default).AsTask().GetAwaiter().GetResult();
            _time.Advance(Erasing.Delay);
            return true;
        });
        Assert.That(await FoundAsync(), Is.Not.Zero, "it was being read");

        _time.Advance(Erasing.Delay);
        Assert.That(await FoundAsync(), Is.Zero);
    }

    [Test]
    public async Task What_a_crash_left_is_erased_after_the_next_opening()
    {
        var storage = await OpenAsync();
        await storage.WriteAsync(new StorageBatch { Puts = [Some(1, Secret)] }, default);
        await storage.WriteAsync(new StorageBatch { Removes = [Some(1, "").Key] }, default);
        await _home.CrashAsync(storage);
        Assert.That(await FoundAsync(), Is.Not.Zero, "it is in the journal");

        await using var again = await OpenAsync();
        _time.Advance(Erasing.DelayAfterOpening);
        Assert.That(await FoundAsync(), Is.Zero);
    }

    [Test]
    public async Task A_storage_that_is_closed_at_once_leaves_nothing_either()
    {
        await using (var storage = await OpenAsync())
        {
            await storage.WriteAsync(new StorageBatch { Puts = [Some(1, Secret)] }, default);
            await storage.WriteAsync(new StorageBatch { Removes = [Some(1, "").Key] }, default);
        }

        Assert.That(await FoundAsync(), Is.Zero);
    }

    [Test]
    public async Task A_write_goes_through_while_another_process_keeps_the_journal_from_being_emptied()
    {
        await using var storage = await OpenAsync();
        await using var other = await OpenAsync();
        await storage.WriteAsync(new StorageBatch { Puts = [Some(1, Secret)] }, default);
        ((SqliteRecordStorage)other).Database.Write(_ =>
        {
            _time.Advance(Erasing.DelayAfterOpening);
            return true;
        });

        await storage.WriteAsync(new StorageBatch { Removes = [Some(1, "").Key] }, default);
        _time.Advance(Erasing.Delay);
        Assert.That(await FoundAsync(), Is.Zero);
    }

    private async Task<IRecordStorage> OpenAsync()
    {
        var storage = await new SqliteStorageProvider(_home.Folder, new SqliteStorageOptions(), _time).OpenAsync(StorageScene.Ann, default);
        await storage.LoadAsync($"client-{Guid.NewGuid()}", default);
        return storage;
    }

    private async Task<int> FoundAsync()
    {
        var (bytes, found) = (await _home.ReadRawAsync(StorageScene.Ann), 0);
        for (var at = 0; bytes.AsSpan(at).IndexOf(Encoding.UTF8.GetBytes(Secret)) is >= 0 and var next; at += next + 1) found++;
        return found;
    }

    private static Record Some(int n, string text) => new(new RecordKey("things", $"thing-{n:0000}"), 1, CanonicalJson.Parse($$"""{"text":"{{text}}"}"""));
}
