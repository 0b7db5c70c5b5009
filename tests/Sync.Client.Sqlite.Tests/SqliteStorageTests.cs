using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Sync.Testing;

namespace Sync.Client.Sqlite.Tests;

[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class SqliteStorageTests
{
    [Test]
    public async Task A_file_that_is_no_database_is_refused_and_left_untouched()
    {
        await using var home = new SqliteStorageHome();
        foreach (var text in new[] { "x", "a text that somebody put here", new string('x', 10_000) })
        {
            await File.WriteAllTextAsync(home.PathOf(StorageScene.Ann), text);
            Assert.That(async () => await home.Provider.OpenAsync(StorageScene.Ann, default), Throws.TypeOf<StorageFormatException>().With.Message.Contains(home.Folder));
            Assert.That(await File.ReadAllTextAsync(home.PathOf(StorageScene.Ann)), Is.EqualTo(text));
        }
    }

    [Test]
    public async Task A_file_that_was_cut_off_is_refused_and_left_untouched()
    {
        await using var home = new SqliteStorageHome();
        await FillAsync(home);
        await using (var file = new FileStream(home.PathOf(StorageScene.Ann), FileMode.Open)) file.SetLength(file.Length / 2);
        var before = await home.ReadRawAsync(StorageScene.Ann);
        Assert.That(async () => await home.Provider.OpenAsync(StorageScene.Ann, default), Throws.TypeOf<StorageFormatException>());
        Assert.That(await home.ReadRawAsync(StorageScene.Ann), Is.EqualTo(before));
    }

    [TestCase("CREATE TABLE customers (id INTEGER)")]
    [TestCase("CREATE TABLE customers (id INTEGER); PRAGMA user_version=1")]
    public async Task A_database_of_somebody_else_is_refused_and_left_untouched(string sql)
    {
        await using var home = new SqliteStorageHome();
        home.Execute(StorageScene.Ann, sql);
        var before = await home.ReadRawAsync(StorageScene.Ann);
        Assert.That(async () => await home.Provider.OpenAsync(StorageScene.Ann, default), Throws.TypeOf<StorageFormatException>().With.Message.Contains("not one of Sync.Client.Sqlite"));
        Assert.That(await home.ReadRawAsync(StorageScene.Ann), Is.EqualTo(before));
    }

    [Test]
    public async Task Damage_that_shows_only_when_records_are_read_is_told_by_the_same_exception()
    {
        await using var home = new SqliteStorageHome();
        await FillAsync(home);
        await using (var file = new FileStream(home.PathOf(StorageScene.Ann), FileMode.Open))
        {
            file.Seek(file.Length - 40 * 4096, SeekOrigin.Begin);
            file.Write(new byte[39 * 4096]);
        }
        await using var storage = await home.Provider.OpenAsync(StorageScene.Ann, default);
        Assert.That(async () => await storage.QueryAsync(Kept.All, default), Throws.TypeOf<StorageFormatException>());
    }

    [Test]
    public async Task A_journal_that_a_crash_left_is_read_before_it_is_judged()
    {
        await using var home = new SqliteStorageHome();
        var storage = await home.Provider.OpenAsync(StorageScene.Ann, default);
        await storage.LoadAsync("a", default);
        await storage.WriteAsync(Kept.Enqueue("a", 1), default);
        await home.CrashAsync(storage);
        Assert.That(new FileInfo(home.PathOf(StorageScene.Ann) + "-wal").Length, Is.GreaterThan(0), "the crash left a journal");
        await using var again = await home.Provider.OpenAsync(StorageScene.Ann, default);
        Assert.That((await again.LoadAsync("b", default)).Queue, Has.Length.EqualTo(1));
    }

    [Test]
    public async Task A_crash_while_the_file_was_made_leaves_a_storage_that_opens()
    {
        await using var home = new SqliteStorageHome();
        await using var elsewhere = new SqliteStorageHome();
        var (making, crashed) = (elsewhere.PathOf(StorageScene.Ann), home.PathOf(StorageScene.Ann));
        using (var connection = new SqliteConnection($"Data Source={making};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = """
                PRAGMA cache_size=1;
                BEGIN;
                CREATE TABLE state (last_opening INTEGER);
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO state SELECT i FROM n;
                """;
            command.ExecuteNonQuery();
            File.Copy(making, crashed);
            File.Copy(making + "-journal", crashed + "-journal");
        }
        Assert.That(new FileInfo(crashed).Length, Is.GreaterThan(0), "something was in the file already");

        await using var storage = await home.Provider.OpenAsync(StorageScene.Ann, default);
        Assert.That((await storage.LoadAsync("a", default)).Queue, Is.Empty);
    }

    [Test]
    public async Task A_write_that_waits_too_long_for_another_process_fails_and_the_next_one_is_written()
    {
        await using var home = new SqliteStorageHome();
        var impatient = new SqliteStorageProvider(home.Folder, new SqliteStorageOptions { BusyTimeout = TimeSpan.Zero }, TimeProvider.System);
        await using var storage = await impatient.OpenAsync(StorageScene.Ann, default);
        await storage.LoadAsync("a", default);
        using (var other = new SqliteConnection($"Data Source={home.PathOf(StorageScene.Ann)};Pooling=False"))
        {
            other.Open();
            using var transaction = other.BeginTransaction();
            Assert.That(async () => await storage.WriteAsync(Kept.Enqueue("a", 1) with { NewClientId = "b" }, default), Throws.TypeOf<SqliteException>());
            Assert.That(async () => await storage.TryBecomeWriterAsync(default), Throws.TypeOf<SqliteException>());
        }
        await storage.WriteAsync(Kept.Enqueue("a", 2), default);
        await home.CrashAsync(storage);
        await using var again = await home.Provider.OpenAsync(StorageScene.Ann, default);
        var state = await again.LoadAsync("c", default);
        Assert.That((state.ClientId, state.Queue.Single().Place.Seq), Is.EqualTo(("a", 2L)));
    }

    [Test]
    public async Task A_write_for_which_there_is_no_room_fails_by_type_and_the_next_one_is_written()
    {
        await using var home = new SqliteStorageHome();
        await using var storage = (SqliteRecordStorage)await home.Provider.OpenAsync(StorageScene.Ann, default);
        await storage.LoadAsync("a", default);
        storage.Database.Write(session => session.Scalar("PRAGMA max_page_count=60"));
        var large = Kept.Record("large", $$"""{"text":"{{new string('x', 1_000_000)}}"}""");
        Assert.That(async () => await storage.WriteAsync(Kept.Put(large) with { Queued = [Kept.Queued("a", 1)], LastSeq = 1 }, default), Throws.TypeOf<StorageFullException>());
        Assert.That(async () => await storage.WriteAsync(new StorageBatch { NewClientId = "b", Queued = [Kept.Queued("b", 1, new string('x', 1_000_000))], LastSeq = 1 }, default), Throws.TypeOf<StorageFullException>());
        using (var free = FileLock.TryTake(new StorageFiles(home.Folder, StorageScene.Ann).PartitionLock("b"))) Assert.That(free, Is.Not.Null, "the lock of the id that was not taken");
        await storage.WriteAsync(Kept.Put(Kept.Record("small")) with { Queued = [Kept.Queued("a", 2)], LastSeq = 2 }, default);
        Assert.That((await storage.QueryAsync(Kept.All, default)).Select(record => record.Id), Is.EqualTo(new[] { "small" }));
        await home.CrashAsync(storage);
        await using var again = await home.Provider.OpenAsync(StorageScene.Ann, default);
        Assert.That((await again.LoadAsync("c", default)).Queue.Select(one => one.Place), Is.EqualTo(new[] { new QueuePlace("a", 2) }));
    }

    [Test]
    public async Task Undo_steps_of_partitions_that_are_adopted_left_or_removed_leave_the_disk()
    {
        await using var home = new SqliteStorageHome();
        var (a, b, c) = (await OpenAsync("a"), await OpenAsync("b"), await OpenAsync("c"));
        await a.WriteAsync(Kept.Enqueue("a", 1) with { UndoSteps = [Kept.Step(1, "of a")] }, default);
        await b.WriteAsync(new StorageBatch { UndoSteps = [Kept.Step(1, "of b")] }, default);
        await c.WriteAsync(new StorageBatch { UndoSteps = [Kept.Step(1, "of c")] }, default);
        Assert.That(home.Count(StorageScene.Ann, "undo_steps"), Is.EqualTo(3));
        foreach (var one in new[] { a, b, c }) await home.CrashAsync(one);

        await using var heir = await OpenAsync("d");
        Assert.That(home.Count(StorageScene.Ann, "undo_steps"), Is.EqualTo(1), "those of its own partition");
        await heir.WriteAsync(new StorageBatch { NewClientId = "new" }, default);
        Assert.That(home.Count(StorageScene.Ann, "undo_steps"), Is.Zero);

        async Task<IRecordStorage> OpenAsync(string clientId)
        {
            var storage = await home.Provider.OpenAsync(StorageScene.Ann, default);
            await storage.LoadAsync(clientId, default);
            return storage;
        }
    }

    [Test]
    public async Task What_was_deleted_cannot_be_read_in_the_files()
    {
        await using var home = new SqliteStorageHome();
        var storage = await home.Provider.OpenAsync(StorageScene.Ann, default);
        await storage.LoadAsync("a", default);
        await storage.WriteAsync(Kept.Put(Kept.Record("one", """{"title":"a secret of ann"}""")) with { Queued = [Kept.Queued("a", 1, "a secret of ann")], LastSeq = 1, UndoSteps = [Kept.Step(1, "a secret of ann")] }, default);
        Assert.That(await HoldsAsync(), Is.True);
        await storage.DeleteAsync(default);
        await storage.DisposeAsync();
        Assert.That(await HoldsAsync(), Is.False);
        Assert.That(Directory.GetFiles(home.Folder, "*.lock"), Is.Empty, "locks of partitions that are gone");

        async Task<bool> HoldsAsync() => System.Text.Encoding.UTF8.GetString(await home.ReadRawAsync(StorageScene.Ann)).Contains("a secret of ann", StringComparison.Ordinal);
    }

    [Test]
    public async Task A_folder_that_is_a_file_is_refused()
    {
        await using var home = new SqliteStorageHome();
        var path = Path.Combine(home.Folder, "file");
        await File.WriteAllTextAsync(path, "");
        var provider = new SqliteStorageProvider(path, new SqliteStorageOptions(), TimeProvider.System);
        Assert.That(async () => await provider.OpenAsync(StorageScene.Ann, default), Throws.TypeOf<IOException>().With.Message.Contains("takes a folder"));
    }

    [Test]
    public async Task A_folder_is_made_where_there_is_none()
    {
        await using var home = new SqliteStorageHome();
        var provider = new SqliteStorageProvider(Path.Combine(home.Folder, "a", "b"), new SqliteStorageOptions { Durability = SqliteDurability.LosesNewestOnPowerLoss }, TimeProvider.System);
        await using var storage = await provider.OpenAsync(StorageScene.Ann, default);
        Assert.That((await storage.LoadAsync("a", default)).IsWriter);
    }

    [Test]
    public void Options_are_checked_when_the_client_is_wired()
    {
        var builder = new ServiceCollection().AddSyncClient(ConformanceModel.Model);
        Assert.That(() => builder.UseSqlite("folder", o => o.Durability = (SqliteDurability)9), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => builder.UseSqlite("folder", o => o.BusyTimeout = TimeSpan.FromSeconds(-1)), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => builder.UseSqlite(""), Throws.ArgumentException);
    }

    [Test]
    public async Task A_lock_is_held_by_one_at_a_time()
    {
        await using var home = new SqliteStorageHome();
        var path = Path.Combine(home.Folder, "a.lock");
        var first = FileLock.TryTakeForCertain(path);
        Assert.That(first, Is.Not.Null);
        Assert.That(FileLock.TryTake(path), Is.Null);
        first!.Dispose();
        var second = FileLock.TryTake(path);
        Assert.That(second, Is.Not.Null);
        second!.Remove();
        Assert.That(File.Exists(path), Is.False);
    }

    private static async Task FillAsync(SqliteStorageHome home)
    {
        await using var storage = await home.Provider.OpenAsync(StorageScene.Ann, default);
        await storage.LoadAsync("a", default);
        await storage.WriteAsync(Kept.Put([.. Enumerable.Range(0, 5_000).Select(i => Kept.Record($"r{i}", $$"""{"text":"{{new string('x', 200)}}"}"""))]), default);
    }
}
