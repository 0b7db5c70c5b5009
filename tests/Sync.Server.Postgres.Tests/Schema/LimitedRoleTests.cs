using Npgsql;
using Sync.Tests;

namespace Sync.Server.Postgres.Tests;

/// <summary>An app that runs as a role which may write rows and make nothing: what a migration ran for it is enough.</summary>
[TestFixture]
public sealed class LimitedRoleTests
{
    private const string Role = "sync_test_limited";

    [Test, CancelAfter(60_000)]
    public async Task A_role_that_may_make_nothing_works_over_what_was_printed(CancellationToken patience)
    {
        using var database = PostgresDatabase.Rent();
        database.Execute("CREATE TABLE counters (id text PRIMARY KEY, version bigint NOT NULL DEFAULT 1, owner text NOT NULL, count int NOT NULL DEFAULT 0); CREATE INDEX counters_owner ON counters (owner);");
        await using (var source = NpgsqlDataSource.Create(database.ConnectionString))
            database.Execute(await PostgresTriggers.ScriptAsync(source, SomeNode.Model, cancellationToken: patience));
        database.Execute($"""
            DO $$ BEGIN CREATE ROLE {Role} LOGIN PASSWORD '{Role}'; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
            REVOKE CREATE ON SCHEMA public FROM PUBLIC;
            GRANT USAGE ON SCHEMA public, sync TO {Role};
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public, sync TO {Role};
            """);

        var limited = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = Role, Password = Role }.ConnectionString;
        await using var node = await SomeNode.StartAsync(limited, store: o => o.FollowPlainSql = true);
        Assert.That((await node.CreateAsync("a")).IsAccepted);
        await using (var source = NpgsqlDataSource.Create(limited))
        await using (var update = source.CreateCommand("UPDATE counters SET count = 5"))
            await update.ExecuteNonQueryAsync(patience);

        await using var told = node.Server.Changes(new Revision(1), patience).GetAsyncEnumerator(patience);
        Assert.That(await told.MoveNextAsync());
        Assert.That((await node.GetAsync("a"))?.Count, Is.EqualTo(5));
    }
}
