using Sync.Testing;
using Sync.Tests;

namespace Sync.Server.Postgres.Tests;

/// <summary>Stores over a database of the test.</summary>
internal static class SomeStore
{
    public static PostgresTransactionStore Over(PostgresDatabase database, PostgresStoreOptions? options = null) => Over(database.ConnectionString, options);

    public static PostgresTransactionStore Over(string connectionString, PostgresStoreOptions? options = null)
    {
        options ??= new PostgresStoreOptions();
        return new PostgresTransactionStore(new Database(connectionString, options), options, TimeProvider.System);
    }

    /// <summary>Opened, with what the app's own SQL made before.</summary>
    public static async Task<StoreDriver> OpenAsync(PostgresDatabase database, string? appSql = null, PostgresStoreOptions? options = null, SyncModel? model = null)
    {
        if (appSql is not null) database.Execute(appSql);
        var driver = new StoreDriver(Over(database, options));
        await driver.Store.OpenAsync(model ?? ConformanceModel.Model, CancellationToken.None);
        return driver;
    }

    /// <summary>Why the store does not open.</summary>
    public static string RefusalOf(PostgresDatabase database, string? appSql = null, PostgresStoreOptions? options = null, SyncModel? model = null)
    {
        var refusal = Assert.CatchAsync<StoreSetupException>(async () =>
        {
            await using var driver = await OpenAsync(database, appSql, options, model);
        });
        TestContext.Out.WriteLine(refusal!.Message);
        return refusal.Message;
    }
}
