namespace Sync.Server;

/// <summary>What a lookup finds: live records whose field has the value or is a list that holds it. Null finds records without the field too.</summary>
internal static class LookupRule
{
    public static bool Finds(this RelatedLookup lookup, Record record)
    {
        if (record.IsDeleted || record.Table != lookup.Table) return false;
        foreach (var value in ValuesOf(record, lookup.Field))
        {
            if (value == lookup.Value) return true;
        }
        return false;
    }

    /// <summary>The values by which a record is found through a field, null standing for a missing one. A value may come twice.</summary>
    public static IEnumerable<CanonicalJson> ValuesOf(Record record, FieldPath field)
    {
        var value = record.Get(field);
        if (value.Kind == JsonKind.List) return value.Elements.Append(value);
        return [value.IsMissing ? CanonicalJson.Null : value];
    }

    public static Query ToQuery(this RelatedLookup lookup, TableModel table)
    {
        var isList = table.FindField(lookup.Field.Root) is { Kind: FieldKind.List } && lookup.Value.Kind != JsonKind.List;
        QueryCondition condition = isList ? new QueryCondition.Contains(lookup.Field, lookup.Value) : new QueryCondition.EqualTo(lookup.Field, lookup.Value);
        return new Query { Table = lookup.Table, Where = [condition] };
    }
}
