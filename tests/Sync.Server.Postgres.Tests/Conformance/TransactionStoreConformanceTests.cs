using Sync.Testing;

namespace Sync.Server.Postgres.Tests;

[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class TransactionStoreConformanceTests
{
    private const StoreFeatures OfDocuments = StoreFeatures.Durable | StoreFeatures.ShortLog | StoreFeatures.Shared;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static IEnumerable<TestCaseData> Cases() =>
        from isRelational in new[] { false, true }
        from storeCase in TransactionStoreConformance.Cases
        where storeCase.CanRunIn(isRelational ? OfDocuments | StoreFeatures.Relations : OfDocuments)
        select new TestCaseData(isRelational, storeCase).SetName($"{(isRelational ? "PostgreSQL_app_tables" : "PostgreSQL_documents")}.{storeCase}");

    [TestCaseSource(nameof(Cases))]
    public async Task Conforms(bool isRelational, TransactionStoreCase storeCase)
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var home = new PostgresHome(isRelational);
        await storeCase.RunAsync(home, patience.Token);
    }
}
