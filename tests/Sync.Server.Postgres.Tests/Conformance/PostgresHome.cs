using Sync.Server.Postgres;
using Sync.Testing;
using Sync.Tests;

namespace Sync.Server.Postgres.Tests;

/// <summary>A database of the shared cluster, with document tables or with tables of an app.</summary>
internal sealed class PostgresHome : TransactionStoreHome
{
    public const string AppTables = """
        CREATE TABLE shelves (
            id text PRIMARY KEY,
            version bigint NOT NULL DEFAULT 1,
            name varchar(200) NOT NULL UNIQUE,
            member_ids text[] NOT NULL DEFAULT '{}',
            secret text
        );
        CREATE INDEX shelves_members ON shelves USING gin (member_ids);
        CREATE TABLE "Books" (
            "Id" text PRIMARY KEY,
            "Version" bigint NOT NULL DEFAULT 1,
            "ShelfId" text REFERENCES shelves (id) ON DELETE CASCADE DEFERRABLE,
            lent_to text REFERENCES shelves (id) ON DELETE SET NULL DEFERRABLE,
            title text NOT NULL,
            status text NOT NULL DEFAULT 'in',
            pages bigint NOT NULL DEFAULT 0 CONSTRAINT pages_are_not_negative CHECK (pages >= 0),
            weight double precision,
            is_lent boolean,
            due_date date,
            created_at timestamptz NOT NULL DEFAULT now(),
            changed_at timestamptz,
            tags jsonb,
            details jsonb
        );
        CREATE INDEX books_shelf ON "Books" ("ShelfId");
        CREATE INDEX books_tags ON "Books" USING gin (tags);
        """;

    private readonly PostgresDatabase _database = PostgresDatabase.Rent();
    private readonly bool _isRelational;

    public PostgresHome(bool isRelational)
    {
        _isRelational = isRelational;
        if (isRelational) _database.Execute(AppTables);
    }

    public override StoreFeatures Offers => StoreFeatures.Durable | StoreFeatures.ShortLog | StoreFeatures.Shared | (_isRelational ? StoreFeatures.Relations : StoreFeatures.None);

    public override ITransactionStore Create() => SomeStore.Over(_database);

    public override ITransactionStore CreateWithShortLog(int maxEntries) => SomeStore.Over(_database, new PostgresStoreOptions { MaxLogEntries = maxEntries });

    public override ValueTask DisposeAsync()
    {
        _database.Dispose();
        return ValueTask.CompletedTask;
    }
}
