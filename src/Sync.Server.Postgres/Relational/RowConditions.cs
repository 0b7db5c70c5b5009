namespace Sync.Server.Postgres;

/// <summary>Conditions and orders of queries as SQL over the app's columns.</summary>
internal sealed class RowConditions(RelationalShape shape)
{
    private readonly Dictionary<string, Column> _columns = shape.Columns.ToDictionary(c => c.JsonName, StringComparer.Ordinal);

    public string Where(IReadOnlyList<QueryCondition> conditions, SqlDraft sql, out bool isExact)
    {
        isExact = true;
        var parts = new List<string>();
        foreach (var condition in conditions)
        {
            var part = Of(condition, sql);
            isExact &= part.IsExact;
            if (part.Text.Length > 0) parts.Add(part.Text);
        }

        return string.Join(" AND ", parts);
    }

    public string? OrderBy(Query query)
    {
        var parts = new List<string>();
        foreach (var (path, descending) in query.OrderBy.IsDefault ? [] : query.OrderBy)
        {
            if (path.IsId)
            {
                parts.Add(shape.Ids.Order("t") + (descending ? " DESC" : ""));
                return string.Join(", ", parts);
            }

            // A field that no column has is missing in all records.
            if (!_columns.TryGetValue(path.Root, out var column)) continue;
            if (path.Segments.Length > 1 && column.Codec is not JsonCodec) continue;
            if (path.Segments.Length > 1 || column.Codec.Order(column.InRow) is not { } order) return null;
            var nulls = column.InTable.NotNull ? "" : descending ? " NULLS LAST" : " NULLS FIRST";
            parts.Add($"{order}{(descending ? " DESC" : "")}{nulls}");
        }

        parts.Add(shape.Ids.Order("t"));
        return string.Join(", ", parts);
    }

    public string? Lookup(FieldPath field)
    {
        if (field.IsId) return shape.Ids.Is("t", "v.value");
        return ColumnOf(field) is { } column ? column.Codec.Lookup(column.InRow, "v.value") : null;
    }

    public string? LookupText(FieldPath field, CanonicalJson value)
    {
        if (field.IsId) return value.AsString() is { } id && shape.Ids.CanBe(id) ? id : null;
        return ColumnOf(field)?.Codec.LookupText(value);
    }

    private Column? ColumnOf(FieldPath path) => path.Segments.Length == 1 ? _columns.GetValueOrDefault(path.Root) : null;

    private SqlCondition Of(QueryCondition condition, SqlDraft sql)
    {
        if (condition.Path.IsId) return OfId(condition, sql);
        if (!_columns.TryGetValue(condition.Path.Root, out var column)) return OfMissing(condition);
        if (condition.Path.Segments.Length == 1) return Of(condition, column.InRow, column.Codec, sql);
        return column.Codec is JsonCodec json ? WithinJson(condition, column, json, sql) : OfMissing(condition);
    }

    /// <summary>An id is a string and never empty.</summary>
    private SqlCondition OfId(QueryCondition condition, SqlDraft sql) => condition switch
    {
        QueryCondition.EqualTo c => shape.Ids.Same("t", [c.Value], sql),
        QueryCondition.AnyOf c => shape.Ids.Same("t", c.Values.IsDefault ? [] : c.Values, sql),
        QueryCondition.LessThan c => shape.Ids.Compare("t", c.OrEqual ? "<=" : "<", c.Value, sql),
        QueryCondition.GreaterThan c => shape.Ids.Compare("t", c.OrEqual ? ">=" : ">", c.Value, sql),
        _ => SqlCondition.False,
    };

    private static SqlCondition Of(QueryCondition condition, string column, ColumnCodec codec, SqlDraft sql) => condition switch
    {
        QueryCondition.EqualTo { Value.IsMissingOrNull: true } => codec.Empty(column),
        QueryCondition.EqualTo c => codec.Same(column, [c.Value], sql),
        QueryCondition.AnyOf c => AnyOf(c.Values.IsDefault ? [] : c.Values, column, codec, sql),
        QueryCondition.LessThan { Value.IsMissingOrNull: true } c => c.OrEqual ? codec.Empty(column) : SqlCondition.False,
        QueryCondition.GreaterThan { Value.IsMissingOrNull: true } c => c.OrEqual ? codec.Empty(column) : SqlCondition.False,
        QueryCondition.LessThan c => codec.Compare(column, c.OrEqual ? "<=" : "<", c.Value, sql),
        QueryCondition.GreaterThan c => codec.Compare(column, c.OrEqual ? ">=" : ">", c.Value, sql),
        QueryCondition.Contains c => codec.Contains(column, c.Value, sql),
        _ => throw new InvalidOperationException($"No such condition: {condition.GetType().Name}."),
    };

    private static SqlCondition AnyOf(IReadOnlyList<CanonicalJson> values, string column, ColumnCodec codec, SqlDraft sql)
    {
        var given = values.Where(v => !v.IsMissingOrNull).ToList();
        var same = given.Count == 0 ? SqlCondition.False : codec.Same(column, given, sql);
        if (given.Count == values.Count) return same;
        var empty = codec.Empty(column);
        return same.Text.Length == 0 || empty.Text.Length == 0 ? SqlCondition.Unknown : new($"({same.Text} OR {empty.Text})", same.IsExact && empty.IsExact);
    }

    /// <summary>A path into a JSON column: an index on the column finds equal values within it.</summary>
    private static SqlCondition WithinJson(QueryCondition condition, Column column, JsonCodec json, SqlDraft sql)
    {
        var path = condition.Path.Segments.Skip(1);
        return condition switch
        {
            QueryCondition.EqualTo { Value.IsMissingOrNull: false } c => json.SameWithin(column.InRow, path, [c.Value], sql),
            QueryCondition.AnyOf { Values: { IsDefaultOrEmpty: false } values } when values.All(v => !v.IsMissingOrNull) => json.SameWithin(column.InRow, path, values, sql),
            QueryCondition.Contains c => json.ContainsWithin(column.InRow, path, c.Value, sql),
            _ => SqlCondition.Unknown,
        };
    }

    private static SqlCondition OfMissing(QueryCondition condition) => condition switch
    {
        QueryCondition.EqualTo { Value.IsMissingOrNull: true }
            or QueryCondition.LessThan { Value.IsMissingOrNull: true, OrEqual: true }
            or QueryCondition.GreaterThan { Value.IsMissingOrNull: true, OrEqual: true } => new(""),
        QueryCondition.AnyOf { Values.IsDefault: false } c when c.Values.Any(v => v.IsMissingOrNull) => new(""),
        _ => SqlCondition.False,
    };
}
