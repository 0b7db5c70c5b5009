using System.Collections.Immutable;

namespace Sync.Server.Postgres;

/// <summary>
/// The columns of an app's table that the record type does not have. They stay in the database; a tombstone keeps them as a JSON object of their texts, so that a restore brings the
/// whole row back.
/// </summary>
internal sealed class HiddenColumns(ImmutableArray<CatalogueColumn> columns)
{
    public bool AreNone => columns.IsEmpty;

    public bool HasIdentities => columns.Any(c => c.IsAlwaysIdentity);

    public IEnumerable<string> Names => columns.Select(c => Sql.Name(c.Name));

    /// <summary>An expression of type text over a row; null where there are none.</summary>
    public string? Read(string alias) => AreNone ? null
        : $"json_object(ARRAY[{string.Join(", ", columns.Select(c => Sql.Text(c.Name)))}]::text[], ARRAY[{string.Join(", ", columns.Select(c => Text(alias, c)))}]::text[])::text";

    /// <summary>The columns from <paramref name="kept"/>, of type jsonb. One that was added later gets its default.</summary>
    public IEnumerable<string> Write(string kept) =>
        columns.Select(c => $"CASE WHEN {kept} ? {Sql.Text(c.Name)} THEN ({kept} ->> {Sql.Text(c.Name)})::{c.SqlType} ELSE {c.Default ?? "NULL"} END");

    /// <summary>Days and times in a form that is read the same whatever a session is set to.</summary>
    private static string Text(string alias, CatalogueColumn column)
    {
        var name = $"{alias}.{Sql.Name(column.Name)}";
        return column.BaseName is "date" or "timestamp" or "timestamptz" ? $"to_jsonb({name}) #>> '{{}}'" : $"{name}::text";
    }
}
