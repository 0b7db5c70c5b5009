using System.Collections.Immutable;

namespace Sync;

/// <summary>One condition on one field. Comparisons follow the total order of JSON values, so no store's own collation shows.</summary>
public abstract record QueryCondition
{
    private QueryCondition(FieldPath path) => Path = path;

    public FieldPath Path { get; }

    /// <summary><c>op: "eq"</c>. Null matches a missing field too.</summary>
    public sealed record EqualTo(FieldPath Path, CanonicalJson Value) : QueryCondition(Path);

    /// <summary><c>op: "in"</c>, with a list of values.</summary>
    public sealed record AnyOf(FieldPath Path, ImmutableArray<CanonicalJson> Values) : QueryCondition(Path);

    /// <summary><c>op: "lt"</c> or <c>"lte"</c>. Only values of the same kind match.</summary>
    public sealed record LessThan(FieldPath Path, CanonicalJson Value, bool OrEqual) : QueryCondition(Path);

    /// <summary><c>op: "gt"</c> or <c>"gte"</c>. Only values of the same kind match.</summary>
    public sealed record GreaterThan(FieldPath Path, CanonicalJson Value, bool OrEqual) : QueryCondition(Path);

    /// <summary><c>op: "contains"</c>: the field is a list that holds the value.</summary>
    public sealed record Contains(FieldPath Path, CanonicalJson Value) : QueryCondition(Path);
}
