namespace Sync.Server.Postgres;

/// <summary>A list or object, or any value at all, in <c>jsonb</c>, or in <c>json</c>, whose conditions SQL does not judge.</summary>
internal sealed class JsonCodec(FieldKind kind, bool isBinary) : ColumnCodec(isBinary ? "jsonb" : "json")
{
    public bool IsBinary => isBinary;

    /// <summary>False where a value may stand there by itself.</summary>
    public bool HoldsLists => kind == FieldKind.List;

    /// <summary>The JSON value null is no value.</summary>
    public override string Read(string column) => isBinary ? $"nullif({column}::text, 'null')" : $"nullif(btrim({column}::text, E' \\n\\r\\t'), 'null')";

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
    public override CanonicalJson FromText(ReadOnlyMemory<byte> utf8) => CanonicalJson.TryParse(utf8.Span, out var value, out _) ? value : PlainText.ToJson(utf8.Span);

    public override string ToText(CanonicalJson value) => value.ToString();

    public override string? Order(string column) => null;

    public override SqlCondition Same(string column, IReadOnlyList<CanonicalJson> values, SqlDraft sql)
    {
        if (!isBinary) return SqlCondition.Unknown;
        var parameter = Parameter(values, sql);
        return new($"({column} @> {parameter} AND {column} = {parameter})");
    }

    /// <summary>Holds where the value at a path within the column is one of these.</summary>
    public SqlCondition SameWithin(string column, IEnumerable<string> path, IReadOnlyList<CanonicalJson> values, SqlDraft sql) => isBinary
        ? new($"{column} @> {Parameter([.. values.Select(value => At(path, value))], sql)}", values.All(IsPlain))
        : SqlCondition.Unknown;

    public SqlCondition ContainsWithin(string column, IEnumerable<string> path, CanonicalJson element, SqlDraft sql) => isBinary
        ? new($"{column} @> {Parameter([At(path, CanonicalJson.List(element))], sql)}", IsPlain(element))
        : SqlCondition.Unknown;

    public override SqlCondition Compare(string column, string comparison, CanonicalJson value, SqlDraft sql) => SqlCondition.Unknown;

    public override SqlCondition Contains(string column, CanonicalJson element, SqlDraft sql) => !isBinary
        ? SqlCondition.Unknown
        : new($"({column} @> {sql.AddText(CanonicalJson.List(element).ToString())}::jsonb AND jsonb_typeof({column}) = 'array')", IsPlain(element));

    public override SqlCondition Empty(string column) => isBinary ? new($"({column} IS NULL OR {column} = 'null')") : SqlCondition.Unknown;

    public override string? Lookup(string column, string text) => isBinary ? $"{column} @> {text}::jsonb" : null;

    // To PostgreSQL a list contains its plain elements, and a plain value itself. So does a plain value in brackets not, which is right for a field of lists.
    public override string? LookupText(CanonicalJson value) =>
        value.Kind is JsonKind.Missing or JsonKind.Null or JsonKind.List or JsonKind.Object ? null : HoldsLists ? CanonicalJson.List(value).ToString() : value.ToString();

    /// <summary>Where lists and objects are asked for, @> finds also those that have more in them.</summary>
    private static bool IsPlain(CanonicalJson value) => value.Kind is not (JsonKind.List or JsonKind.Object);

    private static CanonicalJson At(IEnumerable<string> path, CanonicalJson value) =>
        path.Reverse().Aggregate(value, (inner, name) => CanonicalJson.Object(new KeyValuePair<string, CanonicalJson>(name, inner)));

    private static string Parameter(IReadOnlyList<CanonicalJson> values, SqlDraft sql) =>
        values is [var value] ? $"{sql.AddText(value.ToString())}::jsonb" : $"ANY ({sql.AddTexts(values.Select(v => v.ToString()))}::jsonb[])";
}
