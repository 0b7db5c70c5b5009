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
    public async Task Undo_steps_of_an_adopted_partition_are_dropped_with_the_adoption()
    {
        var disk = new MemoryDisk();
        var (first, second, heir) = (new InMemoryStorage(disk), new InMemoryStorage(disk), new InMemoryStorage(disk));
        await first.LoadAsync("a", default);
        await second.LoadAsync("b", default);
        await first.WriteAsync(Kept.Enqueue("a", 1) with { UndoSteps = [Kept.Step(1, "of a")] }, default);
        first.Release();
        second.Release();
        await heir.LoadAsync("c", default);
        Assert.That(disk.Partitions.Select(partition => (partition.Queue.Count, partition.UndoSteps.Count)), Is.EqualTo(new[] { (1, 0), (0, 0) }));
    }

    [Test]
    public void No_two_cases_have_one_name() => Assert.That(RecordStorageConformance.Cases.Select(one => one.Name), Is.Unique);
}
