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
        var promises = RecordStorageConformance.Cases.Select(one => one.Promise).Distinct().Order(StringComparer.Ordinal);
        Assert.That(promises, Is.EqualTo(new[] { "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9" }));
    }

    [Test]
    public void No_two_cases_have_one_name() => Assert.That(RecordStorageConformance.Cases.Select(one => one.Name), Is.Unique);
}
