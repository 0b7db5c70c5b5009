using System.Collections.Immutable;

namespace Sync;

/// <summary>One condition on one field. Comparisons follow the total order of JSON values, so no store's own collation shows.</summary>
public abstract record QueryCondition
{
    private QueryCondition(FieldPath path) => Path = path;

    public FieldPath Path { get; }

    internal abstract bool Holds(Record record);

    /// <summary><c>op: "eq"</c>. Null matches a missing field too.</summary>
    public sealed record EqualTo(FieldPath Path, CanonicalJson Value) : QueryCondition(Path)
    {
        internal override bool Holds(Record record) => IsSame(record.Get(Path), Value);
    }

    /// <summary><c>op: "in"</c>, with a list of values.</summary>
    public sealed record AnyOf(FieldPath Path, ImmutableArray<CanonicalJson> Values) : QueryCondition(Path)
    {
        private HashSet<CanonicalJson>? _set;

        // By hand, because a copy is made to differ and must not take the set along.
        private AnyOf(AnyOf original) : base(original) => Values = original.Values;

        public bool Equals(AnyOf? other) => other is not null && Path == other.Path && Values.AsSpan().SequenceEqual(other.Values.AsSpan());
        public override int GetHashCode() => HashCode.Combine(Path, Values.IsDefault ? 0 : Values.Length);

        internal override bool Holds(Record record)
        {
            var found = record.Get(Path);
            return (_set ??= [.. Values.IsDefault ? [] : Values.Select(OneNull)]).Contains(OneNull(found));
        }

        private static CanonicalJson OneNull(CanonicalJson value) => value.IsMissing ? CanonicalJson.Null : value;
    }

    /// <summary><c>op: "lt"</c> or <c>"lte"</c>. Only values of the same kind match.</summary>
    public sealed record LessThan(FieldPath Path, CanonicalJson Value, bool OrEqual) : QueryCondition(Path)
    {
        internal override bool Holds(Record record)
        {
            var found = record.Get(Path);
            if (!CanBeOrdered(found, Value)) return false;
            var order = found.CompareTo(Value);
            return order < 0 || (OrEqual && order == 0);
        }
    }

    /// <summary><c>op: "gt"</c> or <c>"gte"</c>. Only values of the same kind match.</summary>
    public sealed record GreaterThan(FieldPath Path, CanonicalJson Value, bool OrEqual) : QueryCondition(Path)
    {
        internal override bool Holds(Record record)
        {
            var found = record.Get(Path);
            if (!CanBeOrdered(found, Value)) return false;
            var order = found.CompareTo(Value);
            return order > 0 || (OrEqual && order == 0);
        }
    }

    /// <summary><c>op: "contains"</c>: the field is a list that holds the value.</summary>
    public sealed record Contains(FieldPath Path, CanonicalJson Value) : QueryCondition(Path)
    {
        internal override bool Holds(Record record)
        {
            foreach (var element in record.Get(Path).Elements)
            {
                if (IsSame(element, Value)) return true;
            }
            return false;
        }
    }

    private static bool IsSame(CanonicalJson left, CanonicalJson right) => left == right || (left.IsMissingOrNull && right.IsMissingOrNull);

    /// <summary>Whether both are of one kind that has an order: null and missing are one kind, false and true too; lists and objects have none.</summary>
    private static bool CanBeOrdered(CanonicalJson left, CanonicalJson right) => OrderedKind(left.Kind) is var kind && kind != JsonKind.List && kind == OrderedKind(right.Kind);

    private static JsonKind OrderedKind(JsonKind kind) => kind switch
    {
        JsonKind.Missing => JsonKind.Null,
        JsonKind.False => JsonKind.True,
        JsonKind.Object => JsonKind.List,
        _ => kind,
    };
}
