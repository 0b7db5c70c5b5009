using Npgsql;
using Sync.Tests;

namespace Sync.Server.Postgres.Tests;

[TestFixture]
public sealed class ServerSettingsTests
{
    [TestCase("synchronous_commit", "off")]
    [TestCase("synchronous_commit", "local")]
    [TestCase("synchronous_commit", "remote_write")]
    public async Task A_commit_that_a_loss_of_power_could_take_is_refused_unless_asked_for(string setting, string value)
    {
        using var database = PostgresDatabase.Rent();
        var weaker = With(database, $"-c {setting}={value}");
        var refusal = Assert.CatchAsync<StoreSetupException>(async () =>
        {
            await using var store = SomeStore.Over(weaker);
            await store.OpenAsync(SomeNode.Model, CancellationToken.None);
        });
        Assert.That(refusal!.Message, Does.Contain(setting).And.Contain(value).And.Contain("AsTheDatabaseIsSet"));

        await using var asked = SomeStore.Over(weaker, new PostgresStoreOptions { Durability = PostgresDurability.AsTheDatabaseIsSet });
        Assert.That((await asked.OpenAsync(SomeNode.Model, CancellationToken.None)).Head, Is.EqualTo(Revision.None));
    }

    [Test]
    public void A_standby_is_refused()
    {
        using var database = PostgresDatabase.Rent();
        Assert.That(
            async () =>
            {
                await using var store = SomeStore.Over(With(database, "-c default_transaction_read_only=on"));
                await store.OpenAsync(SomeNode.Model, CancellationToken.None);
            },
            Throws.InstanceOf<StoreSetupException>().With.Message.Contains("takes no writes"));
    }

    [Test]
    public async Task A_stricter_isolation_that_the_role_asks_for_makes_no_difference()
    {
        using var database = PostgresDatabase.Rent();
        var strict = With(database, "-c default_transaction_isolation=serializable");
        await using var left = await SomeNode.StartAsync(strict);
        await using var right = await SomeNode.StartAsync(strict);
        await left.CreateAsync("a");
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? left : right).SetAsync("a", i)));
        Assert.That(results.Select(r => r.IsAccepted), Is.All.True);
        Assert.That(database.Scalar("SELECT version FROM sync.doc_counters"), Is.EqualTo(21));
    }

    [Test]
    public async Task A_schema_of_a_newer_package_is_left_alone()
    {
        using var database = PostgresDatabase.Rent();
        await using (await SomeNode.StartAsync(database)) { }
        database.Execute("UPDATE sync.schema SET version = 99");
        Assert.That(SomeStore.RefusalOf(database, model: SomeNode.Model), Does.Contain("newer version").And.Contain("99"));
    }

    private static string With(PostgresDatabase database, string options) => new NpgsqlConnectionStringBuilder(database.ConnectionString) { Options = options }.ConnectionString;
}
