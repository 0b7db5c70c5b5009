namespace Sync.Server.Postgres;

/// <summary>Tables of which we could not keep our promises.</summary>
internal static class TableCheck
{
    public static void Check(TableModel model, CatalogueTable table, SetupProblems problems)
    {
        var relation = table.Relation;
        if (model.AllowsUnknownFields)
            problems.Add($"The record type of {model.Name} keeps fields that it does not know, for which {table.SqlName} has no columns: take its extension data away, or give it a column of type jsonb as a field.");
        if (relation.IsUnlogged)
            problems.Add($"{table.SqlName} is unlogged, so a crash of the database empties it: ALTER TABLE {table.SqlName} SET LOGGED;");
        if (relation.HasRowSecurity)
            problems.Add($"{table.SqlName} has row security in force for our role, which would hide rows from the server: ALTER ROLE … BYPASSRLS; or connect as the table's owner without FORCE ROW LEVEL SECURITY.");
        if (relation.HasHeirs)
            problems.Add($"Other tables inherit from {table.SqlName}, so its ids are not unique: use partitions, or a table of its own.");
        if (relation.HasRules)
            problems.Add($"{table.SqlName} has rules (CREATE RULE) that may turn a write into another: use triggers.");
        if (relation.LackingPrivileges is [_, ..] lacking)
            problems.Add($"Our role may not {string.Join(", ", lacking)} on {table.SqlName}: GRANT {string.Join(", ", lacking)} ON {table.SqlName} TO CURRENT_USER; as the table's owner, with our role's name in place of CURRENT_USER.");
        foreach (var sequence in relation.ClosedSequences)
            problems.Add($"Our role may not draw from {sequence}, which numbers new rows of {table.SqlName}: GRANT USAGE ON SEQUENCE {sequence} TO CURRENT_USER; as its owner, with our role's name in place of CURRENT_USER.");
    }
}
