using Sync.Server.Sqlite;
using Sync.Testing;

namespace Sync.Server.Tests;

/// <summary>A SQLite store over a file of the test, opened, with what the app's own SQL made before.</summary>
internal static class SomeStore
{
    public const string Shelves = "CREATE TABLE shelves (id TEXT PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, name TEXT, member_ids TEXT, secret TEXT);";

    public static async Task<StoreDriver> OpenAsync(TemporaryFile file, string? appSql = null, SqliteStoreOptions? options = null, SyncModel? model = null)
    {
        if (appSql is not null) file.Execute(appSql);
        var driver = new StoreDriver(new SqliteTransactionStore(file.Path, options ?? new SqliteStoreOptions()));
        await driver.Store.OpenAsync(model ?? ConformanceModel.Model, CancellationToken.None);
        return driver;
    }

    /// <summary>Why the store does not open.</summary>
    public static string RefusalOf(TemporaryFile file, string? appSql = null, SqliteStoreOptions? options = null)
    {
        var refusal = Assert.CatchAsync<StoreSetupException>(async () =>
        {
            await using var driver = await OpenAsync(file, appSql, options);
        });
        TestContext.Out.WriteLine(refusal!.Message);
        return refusal.Message;
    }
}
