using Sync.Testing;

namespace Sync.Server.Tests;

[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class TransactionStoreConformanceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly (string Name, Func<TransactionStoreHome> Make)[] Homes =
    [
        ("Memory", () => new MemoryHome()),
        ("SQLite_documents", () => new SqliteHome(isRelational: false)),
        ("SQLite_app_tables", () => new SqliteHome(isRelational: true)),
    ];

    private static IEnumerable<TestCaseData> Cases() =>
        from home in Homes
        from storeCase in TransactionStoreConformance.Cases
        where storeCase.CanRunIn(OfferedBy(home.Make))
        select new TestCaseData(home.Make, storeCase).SetName($"{home.Name}.{storeCase}");

    [TestCaseSource(nameof(Cases))]
    public async Task Conforms(Func<TransactionStoreHome> makeHome, TransactionStoreCase storeCase)
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var home = makeHome();
        await storeCase.RunAsync(home, patience.Token);
    }

    [Test]
    public void Every_case_is_run_by_some_store()
    {
        // Those of stores that are shared run in Sync.Server.Postgres.Tests.
        var run = Cases().Select(c => (TransactionStoreCase)c.Arguments[1]!).ToHashSet();
        Assert.That(TransactionStoreConformance.Cases.Where(c => !c.Needs.HasFlag(StoreFeatures.Shared)).Except(run), Is.Empty);
    }

    [Test]
    public void Every_promise_has_a_case()
    {
        var promises = TransactionStoreConformance.Cases.Select(c => c.Promise).Distinct().OrderBy(promise => int.Parse(promise[1..]));
        Assert.That(promises, Is.EqualTo(new[] { "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11" }));
    }

    [Test]
    public void No_two_cases_have_one_name() => Assert.That(TransactionStoreConformance.Cases.Select(c => c.Name), Is.Unique);

    private static StoreFeatures OfferedBy(Func<TransactionStoreHome> makeHome)
    {
        var home = makeHome();
        var offered = home.Offers;
        home.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return offered;
    }
}
