namespace Sync.Server.Postgres;

/// <summary>A list or object, or any value at all, in <c>jsonb</c>, or in <c>json</c>, whose conditions SQL does not judge.</summary>
internal sealed class JsonCodec(FieldKind kind, bool isBinary) : ColumnCodec(isBinary ? "jsonb" : "json")
{
    public bool IsBinary => isBinary;

    /// <summary>False where a value may stand there by itself.</summary>
    public bool HoldsLists => kind == FieldKind.List;

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = value;
        return kind switch
        {
            FieldKind.List => value.Kind == JsonKind.List,
            FieldKind.Object => value.Kind == JsonKind.Object,
            _ => true,
        };
    }

    /// <summary>Text that no record may hold, which only the app's own SQL can have written, is shown as a string.</summary>
    public override CanonicalJson FromText(ReadOnlyMemory<byte> utf8)
    {
        if (!CanonicalJson.TryParse(utf8.Span, out var value, out _)) return PlainText.ToJson(utf8.Span);
        return value.Kind == JsonKind.Null ? default : value;
    }

    public override string ToText(CanonicalJson value) => value.ToString();

    public override string? Order(string column) => null;

    public override SqlCondition Same(string column, IReadOnlyList<CanonicalJson> values, SqlDraft sql)
    {
        if (!isBinary) return SqlCondition.Unknown;
        if (values is not [var value]) return new($"{column} = ANY ({sql.AddTexts(values.Select(v => v.ToString()))}::jsonb[])");
        var parameter = sql.AddText(value.ToString());
        return new($"({column} @> {parameter}::jsonb AND {column} = {parameter}::jsonb)");
    }

    public override SqlCondition Compare(string column, string comparison, CanonicalJson value, SqlDraft sql) => SqlCondition.Unknown;

    // For lists and objects within the list, @> finds also those that have more in them.
    public override SqlCondition Contains(string column, CanonicalJson element, SqlDraft sql) => !isBinary
        ? SqlCondition.Unknown
        : new($"({column} @> {sql.AddText(CanonicalJson.List(element).ToString())}::jsonb AND jsonb_typeof({column}) = 'array')", element.Kind is not (JsonKind.List or JsonKind.Object));

    public override SqlCondition Empty(string column) => isBinary ? new($"({column} IS NULL OR {column} = 'null')") : SqlCondition.Unknown;

    public override string? Lookup(string column, string text) => isBinary ? $"{column} @> {text}::jsonb" : null;

    // To PostgreSQL a list contains its plain elements, and a plain value itself. So does a plain value in brackets not, which is right for a field of lists.
    public override string? LookupText(CanonicalJson value) =>
        value.Kind is JsonKind.Missing or JsonKind.Null or JsonKind.List or JsonKind.Object ? null : HoldsLists ? CanonicalJson.List(value).ToString() : value.ToString();
}
