using Sync.Testing;

namespace Sync.Client.Tests;

[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class RecordStorageConformanceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static IEnumerable<TestCaseData> Cases() =>
        from storageCase in RecordStorageConformance.Cases
        where storageCase.CanRunIn(StorageFeatures.Freezing)
        select new TestCaseData(storageCase).SetName($"Memory.{storageCase}");

    [TestCaseSource(nameof(Cases))]
    public async Task Conforms(RecordStorageCase storageCase)
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var home = new MemoryStorageHome();
        await storageCase.RunAsync(home, patience.Token);
    }

    [Test]
    public void Every_promise_has_a_case()
    {
        var promises = RecordStorageConformance.Cases.Select(one => one.Promise).ToHashSet();
        Assert.That(promises, Is.EquivalentTo(Enumerable.Range(1, 10).Select(number => $"R{number}")));
    }

    [Test]
    public async Task Undo_steps_of_an_adopted_partition_are_dropped_and_alone_make_none_worth_adopting()
    {
        var disk = new MemoryDisk();
        var former = new Dictionary<string, InMemoryStorage> { ["a"] = new(disk), ["b"] = new(disk), ["c"] = new(disk) };
        foreach (var (id, one) in former) await one.LoadAsync(id, default);
        await former["a"].WriteAsync(Kept.Enqueue("a", 1) with { UndoSteps = [Kept.Step(1, "of a")] }, default);
        await former["b"].WriteAsync(new StorageBatch { UndoSteps = [Kept.Step(1, "of b")] }, default);
        foreach (var one in former.Values) one.Release();
        await new InMemoryStorage(disk).LoadAsync("d", default);
        Assert.That(disk.Partitions.Select(partition => (partition.ClientId, partition.Queue.Count, partition.UndoSteps.Count)), Is.EqualTo(new[] { ("a", 1, 0), ("c", 0, 0) }));
    }

    [Test]
    public void No_two_cases_have_one_name() => Assert.That(RecordStorageConformance.Cases.Select(one => one.Name), Is.Unique);
}
