using System.Collections.Immutable;

namespace Sync.Server.Postgres;

/// <summary>Whether each index of the model has one of the table that serves it: a query on an indexed field must not read the whole table.</summary>
internal static class IndexCheck
{
    public static IEnumerable<string> Problems(TableModel model, CatalogueTable table, ImmutableArray<Column> columns)
    {
        foreach (var path in model.Indexes)
        {
            if (path.IsId || columns.FirstOrDefault(c => c.JsonName == path.Root) is not { } column) continue;
            var index = $"{model.Name} has an index on {path}";
            switch (column.Codec)
            {
                case JsonCodec { IsBinary: false }:
                    yield return $"{index}, and {table.SqlName}.{column.InTable.Name} is json, which no index serves: ALTER TABLE {table.SqlName} ALTER COLUMN {column.SqlName} TYPE jsonb; CREATE INDEX ON {table.SqlName} USING gin ({column.SqlName});";
                    break;
                case JsonCodec or ArrayCodec:
                    if (!table.Indexes.Any(i => i.ServesElements(column.InTable))) yield return $"{index}, {table.SqlName} has none that serves it: CREATE INDEX ON {table.SqlName} USING gin ({column.SqlName});";
                    break;
                default:
                    if (!table.Indexes.Any(i => i.ServesEquality(column.InTable))) yield return $"{index}, {table.SqlName} has none that serves it: CREATE INDEX ON {table.SqlName} ({column.SqlName});";
                    break;
            }
        }
    }
}
