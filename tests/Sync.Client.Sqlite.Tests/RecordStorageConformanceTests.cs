using Sync.Testing;

namespace Sync.Client.Sqlite.Tests;

[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class RecordStorageConformanceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static IEnumerable<TestCaseData> Cases() => RecordStorageConformance.Cases.Select(one => new TestCaseData(one).SetName($"SQLite.{one}"));

    [TestCaseSource(nameof(Cases))]
    public async Task Conforms(RecordStorageCase storageCase)
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var home = new SqliteStorageHome();
        Assert.That(storageCase.CanRunIn(home.Offers), "SQLite offers all that a case may need.");
        await storageCase.RunAsync(home, patience.Token);
    }
}
