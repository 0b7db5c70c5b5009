using Sync.Testing;

namespace Sync.Client.Sqlite.Tests;

/// <summary>Storages that former versions left behind.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class FormerStorageTests
{
    [Test]
    public async Task A_storage_of_schema_1_keeps_all_that_was_in_it_and_takes_undo_steps()
    {
        await using var home = new SqliteStorageHome();
        home.Execute(StorageScene.Ann, Script("storage-1.sql"));
        await using (var storage = await home.Provider.OpenAsync(StorageScene.Ann, default))
        {
            var state = await storage.LoadAsync("c", default);
            Assert.That((state.ClientId, state.LastSeq, state.IsWriter, state.Token), Is.EqualTo(("b", 3L, true, "t1")));
            Assert.That(state.Queue.Select(queued => (queued.Place, queued.Label)), Is.EqualTo(new[]
            {
                (new QueuePlace("a", 1), null), (new QueuePlace("a", 2), null), (new QueuePlace("b", 2), "Rename"), (new QueuePlace("b", 3), (string?)null),
            }));
            foreach (var queued in state.Queue) Kept.ExpectSame(Kept.Queued(queued.Place.ClientId, queued.Place.Seq, queued.Label), queued);
            Assert.That(state.Subscriptions.Single().Query, Is.EqualTo(Kept.All));
            Assert.That(state.Tray.Select(one => (one.Transaction.TxId, one.Code, one.RejectedAt)), Is.EqualTo(new[] { ("x", ErrorCodes.NotAllowed, Kept.Then) }));
            Assert.That(state.UndoSteps, Is.Empty);
            var records = await storage.QueryAsync(Kept.All, default);
            Assert.That(records.Select(record => $"{record.Id} {record.Version} {record.Fields}").Order(StringComparer.Ordinal), Is.EqualTo(new[] { """one 1 {"title":"1"}""", "two 7 {}" }));
            await storage.WriteAsync(new StorageBatch { UndoSteps = [Kept.Step(1, "one")] }, default);
        }
        await using var again = await home.Provider.OpenAsync(StorageScene.Ann, default);
        Kept.ExpectSteps(await again.LoadAsync("d", default), Kept.Step(1, "one"));
    }

    [Test]
    public async Task Undo_steps_go_with_their_partition_also_where_a_former_version_that_still_runs_removes_it()
    {
        await using var home = new SqliteStorageHome();
        var storage = await home.Provider.OpenAsync(StorageScene.Ann, default);
        await storage.LoadAsync("a", default);
        await storage.WriteAsync(new StorageBatch { UndoSteps = [Kept.Step(1, "one")] }, default);
        await storage.DisposeAsync();
        Assert.That(home.Count(StorageScene.Ann, "undo_steps"), Is.EqualTo(1));
        home.Execute(StorageScene.Ann, "DELETE FROM partitions WHERE client_id = 'a'");
        Assert.That(home.Count(StorageScene.Ann, "undo_steps"), Is.Zero);
    }

    private static string Script(string name)
    {
        using var reader = new StreamReader(typeof(FormerStorageTests).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
