using System.Collections.Frozen;
using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>Every registered table and where its records are.</summary>
internal sealed class StoreTables
{
    private readonly FrozenDictionary<string, StoredTable> _byName;

    private StoreTables(IEnumerable<StoredTable> tables, IReadOnlyList<StoreCascade> cascades)
    {
        _byName = tables.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);
        Cascades = cascades;
        ParentsFirst = InOrder();
        MayDeferReferences = _byName.Values.Any(t => t.Parents.Count > 0) && _byName.Values.All(t => t.Parents.Count == 0 || t.MayDeferReferences);
    }

    public IReadOnlyList<StoreCascade> Cascades { get; }

    /// <summary>Tables before those that refer to them. Where tables refer to each other in a ring, in any order.</summary>
    public IReadOnlyList<StoredTable> ParentsFirst { get; }

    /// <summary>True where every reference may be judged at the end of a transaction.</summary>
    public bool MayDeferReferences { get; }

    /// <summary>The app's own table; null where the records are documents, or the table is not registered.</summary>
    public RelationalTable? FindRelational(string table) => _byName.GetValueOrDefault(table) as RelationalTable;

    public StoredTable this[string table] => _byName.GetValueOrDefault(table) ?? throw new ArgumentException($"The table \"{table}\" is not registered.", nameof(table));

    /// <summary>Finds the app's tables and makes what is ours. Within the caller's transaction.</summary>
    /// <exception cref="StoreSetupException">The database does not fit the model.</exception>
    public static async Task<StoreTables> OpenAsync(NpgsqlConnection connection, SyncModel model, PostgresStoreOptions options, CancellationToken cancellationToken)
    {
        var problems = new SetupProblems();
        var found = await RelationalTables.FindAsync(connection, model, options, problems, cancellationToken).ConfigureAwait(false);
        problems.ThrowIfAny(connection.Database);
        var documents = found.Documents.Select(table => new DocumentTable(table)).ToList();
        foreach (var document in documents) await document.CreateAsync(connection, cancellationToken).ConfigureAwait(false);
        foreach (var table in found.Tables)
        {
            await Triggers.BringUpToDateAsync(connection, table, options.FollowPlainSql, cancellationToken).ConfigureAwait(false);
            await ContinueVersionsAsync(connection, table, cancellationToken).ConfigureAwait(false);
        }
        return new StoreTables([.. documents, .. found.Tables], found.Cascades);
    }

    /// <summary>A row that plain SQL inserted where a record was deleted, and no trigger saw it, goes on from the version of its tombstone.</summary>
    private static async Task ContinueVersionsAsync(NpgsqlConnection connection, RelationalTable table, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(
            $"UPDATE {table.SqlName} AS t SET {table.VersionColumn} = t.{table.VersionColumn} + b.version FROM sync.tombstones AS b WHERE b.record_table = $1 AND b.id = {table.IdText("t")}", cancellationToken, table.Name)
            .ConfigureAwait(false);
        await connection.ExecuteAsync(
            $"DELETE FROM sync.tombstones AS b USING {table.SqlName} AS t WHERE b.record_table = $1 AND b.id = {table.IdText("t")}", cancellationToken, table.Name).ConfigureAwait(false);
    }

    private List<StoredTable> InOrder()
    {
        var placed = new List<StoredTable>();
        var open = _byName.Values.OrderBy(t => t.Name, StringComparer.Ordinal).ToList();
        while (open.Count > 0)
        {
            var next = open.Find(t => !open.Exists(other => other != t && t.Parents.Contains(other.SqlName))) ?? open[0];
            open.Remove(next);
            placed.Add(next);
        }
        return placed;
    }
}
