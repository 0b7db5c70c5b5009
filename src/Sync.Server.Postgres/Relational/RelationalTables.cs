using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>Which registered tables are the app's own and which are left for documents.</summary>
internal sealed record RelationalTables(IReadOnlyList<RelationalTable> Tables, IReadOnlyList<TableModel> Documents, IReadOnlyList<StoreCascade> Cascades)
{
    /// <summary>Finds the app's tables. What does not fit stands among the problems afterwards, and then the tables are not whole.</summary>
    public static async Task<RelationalTables> FindAsync(NpgsqlConnection connection, SyncModel model, PostgresStoreOptions options, SetupProblems problems, CancellationToken cancellationToken)
    {
        var named = Named(options, problems);
        var relations = await Catalogue.FindRelationsAsync(connection, named.Values.Select(n => n.Schema).OfType<string>(), cancellationToken).ConfigureAwait(false);
        var found = new List<(TableModel Model, CatalogueRelation Relation)>();
        var documents = new List<TableModel>();
        foreach (var table in model.Tables)
        {
            if (options.Tables.ContainsKey(table.Name) && !named.ContainsKey(table.Name)) continue;
            if (!IsInDatabase(table, relations, named, problems, out var relation)) documents.Add(table);
            else if (relation is not null) found.Add((table, relation));
        }

        foreach (var twice in found.GroupBy(f => f.Relation.Oid).Where(g => g.Count() > 1))
            problems.Add($"The tables {string.Join(" and ", twice.Select(f => f.Model.Name))} of the model are both kept in {twice.First().Relation.SqlName}.");

        var shapes = new List<RelationalShape>();
        var match = new RelationalMatch(connection, problems);
        var catalogue = await Catalogue.ReadAsync(connection, [.. found.Select(f => f.Relation)], cancellationToken).ConfigureAwait(false);
        foreach (var ((table, _), inCatalogue) in found.Zip(catalogue))
        {
            if (await match.MatchAsync(table, inCatalogue, cancellationToken).ConfigureAwait(false) is { } shape) shapes.Add(shape);
            await CheckNoDocumentsAsync(connection, table, inCatalogue, problems, cancellationToken).ConfigureAwait(false);
        }

        if (shapes.Exists(s => s.Columns.Any(c => c.Codec is FloatCodec or ArrayCodec)) && await connection.ScalarAsync("SHOW extra_float_digits", cancellationToken).ConfigureAwait(false) is string digits && digits[0] is '0' or '-')
            problems.Add($"extra_float_digits is {digits}, so that real and double precision are not read as they are stored: take the setting away (ALTER DATABASE … RESET extra_float_digits, ALTER ROLE … RESET extra_float_digits).");

        var keys = await Catalogue.ReadForeignKeysAsync(connection, cancellationToken).ConfigureAwait(false);
        var cascades = Postgres.Cascades.Find(shapes, keys, problems);
        return new RelationalTables([.. shapes.Select(shape => Table(shape, keys))], documents, cascades);
    }

    private static RelationalTable Table(RelationalShape shape, IReadOnlyList<CatalogueForeignKey> keys)
    {
        var own = keys.Where(k => k.Child == shape.Table.Relation.Oid).ToList();
        return new RelationalTable(shape, own.Where(k => k.Parent != k.Child).Select(k => k.SqlParent).Distinct(), own.Count > 0 && own.All(k => k.IsDeferrable));
    }

    private static Dictionary<string, TableName> Named(PostgresStoreOptions options, SetupProblems problems)
    {
        var named = new Dictionary<string, TableName>(StringComparer.Ordinal);
        foreach (var (table, text) in options.Tables)
        {
            if (TableName.Parse(text) is { } name) named[table] = name;
            else problems.Add($"{table} is to be kept in {text}, which is no name of a table as SQL writes it: app.tasks, app.\"Tasks\".");
        }

        return named;
    }

    /// <summary>True where the table is to be the database's; then <paramref name="relation"/> is it, or null where it stands among the problems why not.</summary>
    private static bool IsInDatabase(TableModel table, IReadOnlyList<CatalogueRelation> relations, Dictionary<string, TableName> named, SetupProblems problems, out CatalogueRelation? relation)
    {
        relation = null;
        if (named.TryGetValue(table.Name, out var name))
        {
            relation = relations.Where(r => r.Name == name.Name && (name.Schema is null ? r.PathPlace > 0 : r.Schema == name.Schema)).OrderBy(r => r.PathPlace).FirstOrDefault();
            if (relation is null) problems.Add($"{table.Name} is to be kept in {Text(name)}, which is no table that our role can see.");
        }
        else
        {
            var plain = RelationalMatch.Plain(table.Name);
            var found = relations.Where(r => r.PathPlace > 0 && RelationalMatch.Plain(r.Name) == plain).ToList();
            if (found.Count == 0) return false;
            if (found.Count > 1)
            {
                problems.Add($"More than one table could be \"{table.Name}\": {string.Join(", ", found.Select(r => r.SqlName))}. Name the right one: UsePostgres(…, o => o.Table(\"{table.Name}\", …)).");
                return true;
            }

            relation = found[0];
        }

        if (relation is not null && !relation.IsTable)
        {
            problems.Add($"{relation.SqlName} is {KindOf(relation)}, and {table.Name} needs a table: name another one, UsePostgres(…, o => o.Table(\"{table.Name}\", …)), or give it another name.");
            relation = null;
        }

        return true;
    }

    private static async Task CheckNoDocumentsAsync(NpgsqlConnection connection, TableModel table, CatalogueTable inCatalogue, SetupProblems problems, CancellationToken cancellationToken)
    {
        var documents = Sql.Name(DocumentTable.Schema, DocumentTable.TableNameOf("doc", table.Name));
        if (await connection.ScalarAsync("SELECT to_regclass($1)::text", cancellationToken, documents).ConfigureAwait(false) is null) return;
        if (await connection.ScalarAsync($"SELECT 1 FROM {documents} LIMIT 1", cancellationToken).ConfigureAwait(false) is null) return;
        problems.Add($"The records of {table.Name} are in {documents}, and now there is a table {inCatalogue.SqlName} too: copy them into it, then DROP TABLE {documents};");
    }

    private static string Text(TableName name) => name.Schema is { } schema ? Sql.Name(schema, name.Name) : Sql.Name(name.Name);

    private static string KindOf(CatalogueRelation relation) => relation.Kind switch
    {
        "v" => "a view",
        "m" => "a materialized view",
        "f" => "a foreign table",
        _ => "no table",
    };
}
