using System.Collections.Immutable;

namespace Sync.Server.Postgres;

/// <summary>
/// How a row's id is made of its key: of one column the column's text; of several, which only tables that never leave the server may have, the canonical JSON list of their texts in the
/// key's order, <c>["w1","u1"]</c>.
/// </summary>
internal sealed class RowIds(ImmutableArray<RowIds.Part> parts)
{
    public sealed record Part(CatalogueColumn Column, ColumnCodec Codec)
    {
        public string SqlName { get; } = Sql.Name(Column.Name);

        public bool CanBe(string text) => Codec.IsNormal(CanonicalJson.From(text));
    }

    public ImmutableArray<Part> Parts => parts;

    public bool IsComposite => parts.Length > 1;

    public string Declared => IsComposite ? $"JSON lists of the texts of {string.Join(", ", parts.Select(p => p.Column.Name))}" : $"{parts[0].Column.Declared} in its canonical form";

    public bool CanBe(string id) => TextsOf(id) is { } texts && texts.Zip(parts).All(t => t.Second.CanBe(t.First));

    /// <summary>The texts of the key's columns; null for an id that is none.</summary>
    public IReadOnlyList<string>? TextsOf(string id)
    {
        if (!IsComposite) return [id];
        if (!CanonicalJson.TryParse(System.Text.Encoding.UTF8.GetBytes(id), out var list, out _) || list.Kind != JsonKind.List || list.ToString() != id) return null;
        List<string> texts = [.. list.Elements.Select(e => e.AsString()).OfType<string>()];
        return texts.Count == parts.Length && list.Elements.Count() == parts.Length ? texts : null;
    }

    public string Text(string alias) => IsComposite
        ? $"('[' || {string.Join(" || ',' || ", parts.Select(p => $"to_json({p.Codec.Read($"{alias}.{p.SqlName}")})::text"))} || ']')"
        : parts[0].Codec.Read($"{alias}.{parts[0].SqlName}");

    public string Is(string alias, string text) => string.Join(" AND ", Values(text).Select((value, i) => $"{alias}.{parts[i].SqlName} = {value}"));

    public string IsOneOf(string alias, string texts) => IsComposite
        ? $"({string.Join(", ", parts.Select(p => $"{alias}.{p.SqlName}"))}) IN (SELECT {string.Join(", ", Values("i.id"))} FROM unnest({texts}) AS i (id))"
        : $"{alias}.{parts[0].SqlName} = ANY ({texts}::{parts[0].Codec.SqlType}[])";

    /// <summary>The key's columns of the id that a text says.</summary>
    public IEnumerable<string> Values(string text) => IsComposite
        ? parts.Select((p, i) => $"({text}::json ->> {i})::{p.Codec.SqlType}")
        : [$"{text}::{parts[0].Codec.SqlType}"];

    public string Order(string alias) => IsComposite ? $"{Text(alias)} COLLATE \"C\"" : parts[0].Codec.Order($"{alias}.{parts[0].SqlName}")!;

    public SqlCondition Same(string alias, IReadOnlyList<CanonicalJson> values, SqlDraft sql)
    {
        if (!IsComposite) return parts[0].Codec.Same($"{alias}.{parts[0].SqlName}", values, sql);
        var ids = values.Select(v => v.AsString()).OfType<string>().Where(CanBe).ToList();
        return ids.Count == 0 ? SqlCondition.False : new(IsOneOf(alias, sql.AddTexts(ids)));
    }

    public SqlCondition Compare(string alias, string comparison, CanonicalJson value, SqlDraft sql)
    {
        if (!IsComposite) return parts[0].Codec.Compare($"{alias}.{parts[0].SqlName}", comparison, value, sql);
        return value.Kind == JsonKind.String ? new($"{Text(alias)} COLLATE \"C\" {comparison} {sql.AddText(value.AsString())}") : SqlCondition.False;
    }
}
