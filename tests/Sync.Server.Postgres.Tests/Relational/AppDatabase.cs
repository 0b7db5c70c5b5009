using Npgsql;
using Sync.Tests;

namespace Sync.Server.Postgres.Tests;

/// <summary>A database with tables of an app, whose statements are run as a store would.</summary>
internal sealed class AppDatabase : IAsyncDisposable
{
    private readonly PostgresDatabase _database = PostgresDatabase.Rent();
    private NpgsqlConnection? _connection;

    public string ConnectionString => _database.ConnectionString;

    public static async Task<AppDatabase> WithAsync(string sql)
    {
        var database = new AppDatabase();
        database._database.Execute(sql);
        database._connection = new NpgsqlConnection(database._database.ConnectionString);
        await database._connection.OpenAsync();
        await using var transaction = await database._connection.BeginTransactionAsync();
        await StoreSchema.MigrateAsync(database._connection, default);
        await transaction.CommitAsync();
        return database;
    }

    public NpgsqlConnection Connection => _connection!;

    public async Task<RelationalTable> FindTableAsync(SyncModel model, PostgresStoreOptions? options = null)
    {
        var (found, problems) = await FindAsync(model, options);
        Assert.That(problems, Is.Empty);
        return found.Tables.Single();
    }

    public async Task<(RelationalTables Found, IReadOnlyList<string> Problems)> FindAsync(SyncModel model, PostgresStoreOptions? options = null)
    {
        var problems = new SetupProblems();
        var found = await RelationalTables.FindAsync(Connection, model, options ?? new PostgresStoreOptions(), problems, default);
        return (found, problems.All);
    }

    public void Execute(string sql) => _database.Execute(sql);

    public async Task RunAsync(IEnumerable<SqlDraft> statements)
    {
        await using var transaction = await Connection.BeginTransactionAsync();
        foreach (var sql in statements) await Connection.ExecuteAsync(sql, default);
        await transaction.CommitAsync();
    }

    /// <summary>All rows, in the order of their ids.</summary>
    public async Task<IReadOnlyList<Record>> ReadAllAsync(StoredTable table) =>
        [.. (await ReadAsync(table, new SqlDraft($"SELECT {RecordRows.Columns(table)} FROM {table.SqlName} AS t"))).OrderBy(r => r.Id, StringComparer.Ordinal)];

    public async Task<IReadOnlyList<Record>> ReadAsync(StoredTable table, SqlDraft sql)
    {
        var records = new List<Record>();
        await using var command = new NpgsqlCommand(sql.Text, Connection);
        foreach (var parameter in sql.Parameters) command.Parameters.Add(parameter);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync()) records.Add(RecordRows.Read(table, rows, 0));
        return records;
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        _database.Dispose();
    }
}
