using System.Collections.Immutable;

namespace Sync.Server.Postgres;

/// <summary>How a registered table lies over one of the app's own tables.</summary>
/// <param name="Columns">In the order of the fields' names by code point.</param>
/// <param name="Hidden">Columns that the record type does not have and that can be written.</param>
internal sealed record RelationalShape(
    TableModel Model,
    CatalogueTable Table,
    RowIds Ids,
    CatalogueColumn Version,
    ImmutableArray<Column> Columns,
    ImmutableArray<CatalogueColumn> Hidden)
{
    public string SqlTable => Table.SqlName;

    /// <summary>The field whose column is a part of a composite key: its place in the id; -1 for other fields.</summary>
    public int PlaceInId(Column column) => Ids.IsComposite ? Ids.Parts.ToList().FindIndex(p => p.Column == column.InTable) : -1;

    /// <summary>True where the database may put something else into a row than was written.</summary>
    public bool SetsValuesItself => Table.Relation.HasTriggers || Columns.Any(c => c.IsReadOnly || c.Default is ColumnDefault.ByDatabase);
}
