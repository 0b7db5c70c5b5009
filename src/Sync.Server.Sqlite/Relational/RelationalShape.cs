using System.Collections.Immutable;

namespace Sync.Server.Sqlite;

/// <summary>How a registered table lies over one of the app's own tables.</summary>
/// <param name="Columns">In the order of the fields' names by code point.</param>
/// <param name="Hidden">Columns that the record type does not have.</param>
/// <param name="HasTriggers">True where the app's own triggers may change a row behind a write.</param>
/// <param name="Lists">Side indexes of list columns, by field.</param>
internal sealed record RelationalShape(
    TableModel Model,
    string SqlTable,
    CatalogueColumn Id,
    CatalogueColumn Version,
    ImmutableArray<Column> Columns,
    ImmutableArray<string> Hidden,
    bool HasTriggers,
    ImmutableDictionary<string, ListIndex> Lists)
{
    public bool HasIntegerIds => Id.Affinity == Affinity.Integer;
    public ColumnCodec IdCodec => HasIntegerIds ? IntegerTextCodec.Instance : TextCodec.Instance;

    public ListIndex? ListIndexOf(Column column) => Lists.GetValueOrDefault(column.JsonName);
}
