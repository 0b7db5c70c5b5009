using Sync.Server.Sqlite;
using Sync.Testing;

namespace Sync.Server.Tests;

/// <summary>A SQLite file, with document tables or with tables of an app.</summary>
internal sealed class SqliteHome : TransactionStoreHome
{
    public const string AppTables = """
        CREATE TABLE shelves (
            id TEXT PRIMARY KEY,
            version INTEGER NOT NULL DEFAULT 1,
            name TEXT NOT NULL UNIQUE,
            member_ids TEXT NOT NULL DEFAULT '[]',
            secret TEXT
        );
        CREATE TABLE "Books" (
            "Id" TEXT PRIMARY KEY,
            "Version" INTEGER NOT NULL DEFAULT 1,
            "ShelfId" TEXT REFERENCES shelves (id) ON DELETE CASCADE,
            lent_to TEXT REFERENCES shelves (id) ON DELETE SET NULL,
            title TEXT NOT NULL,
            status TEXT NOT NULL DEFAULT 'in',
            pages INTEGER NOT NULL DEFAULT 0 CONSTRAINT pages_are_not_negative CHECK (pages >= 0),
            weight REAL,
            is_lent BOOLEAN,
            due_date TEXT,
            created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
            changed_at TEXT,
            tags TEXT,
            details JSON
        );
        CREATE INDEX books_shelf ON "Books" ("ShelfId");
        """;

    private readonly TemporaryFile _file = new();
    private readonly bool _isRelational;

    public SqliteHome(bool isRelational)
    {
        _isRelational = isRelational;
        if (isRelational) _file.Execute(AppTables);
    }

    public override StoreFeatures Offers => StoreFeatures.Durable | StoreFeatures.ShortLog | (_isRelational ? StoreFeatures.Relations : StoreFeatures.None);

    public override ITransactionStore Create() => new SqliteTransactionStore(_file.Path, new SqliteStoreOptions());

    public override ITransactionStore CreateWithShortLog(int maxEntries) => new SqliteTransactionStore(_file.Path, new SqliteStoreOptions { MaxLogEntries = maxEntries });

    public override ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }
}
