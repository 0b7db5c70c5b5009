using System.Text;

namespace Sync.Server.Postgres;

/// <summary>A list in an array: <c>text[]</c>, <c>uuid[]</c>, <c>integer[]</c>, … of one dimension.</summary>
/// <param name="element">Carries the elements. They are read as JSON, in the database's own forms.</param>
internal sealed class ArrayCodec(ColumnCodec element) : ColumnCodec(element.SqlType + "[]")
{
    public override string Read(string column) => $"to_jsonb({column})::text";

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = default;
        if (value.Kind != JsonKind.List) return false;
        var elements = new List<CanonicalJson>();
        foreach (var part in value.Elements)
        {
            var held = part;
            if (!part.IsMissingOrNull && !element.TryNormalize(part, out held)) return false;
            elements.Add(held);
        }

        normal = CanonicalJson.List(elements);
        return true;
    }

    public override CanonicalJson FromText(ReadOnlyMemory<byte> utf8)
    {
        if (!CanonicalJson.TryParse(utf8.Span, out var list, out _)) return PlainText.ToJson(utf8.Span);
        return element.IsItselfInJson ? list : CanonicalJson.List(list.Elements.Select(part => !part.IsMissingOrNull && element.TryNormalize(part, out var normal) ? normal : part));
    }

    public override string ToText(CanonicalJson value)
    {
        var text = new StringBuilder("{");
        foreach (var part in value.Elements)
        {
            if (text.Length > 1) text.Append(',');
            if (part.IsMissingOrNull) text.Append("NULL");
            else text.Append('"').Append(element.ToText(part).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }

        return text.Append('}').ToString();
    }

    /// <summary>Lists are all equal to each other, after what has no value.</summary>
    public override string? Order(string column) => $"({column} IS NOT NULL)";

    public override SqlCondition Same(string column, IReadOnlyList<CanonicalJson> values, SqlDraft sql) => values.All(v => v.Kind != JsonKind.List) ? SqlCondition.False : SqlCondition.Unknown;

    public override SqlCondition Compare(string column, string comparison, CanonicalJson value, SqlDraft sql) => SqlCondition.False;

    // @> looks into all dimensions; a list of lists does not hold what its lists hold.
    public override SqlCondition Contains(string column, CanonicalJson part, SqlDraft sql)
    {
        if (part.IsMissingOrNull) return new($"EXISTS (SELECT FROM unnest({column}) AS e WHERE e IS NULL)", IsExact: false);
        if (part.Kind is JsonKind.List) return SqlCondition.Unknown;
        if (element is EnumCodec && part.Kind == JsonKind.String && !element.IsNormal(part)) return SqlCondition.Unknown;
        return element.IsNormal(part) ? new($"({column} @> ARRAY[{sql.AddText(element.ToText(part))}::{element.SqlType}] AND array_ndims({column}) = 1)", !IsBlind) : SqlCondition.False;
    }

    public override string? Lookup(string column, string text) => IsBlind ? null : $"({column} @> ARRAY[{text}::{element.SqlType}] AND array_ndims({column}) = 1)";

    public override string? LookupText(CanonicalJson value) => element.LookupText(value);

    private bool IsBlind => element is TextCodec { IsBlind: true };
}
