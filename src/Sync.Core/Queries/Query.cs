using System.Collections.Immutable;

namespace Sync;

/// <summary>A table, conditions joined by and, an order whose last part is always the id, and a limit. Equal queries are the same query.</summary>
/// <remarks>
/// On the wire <c>{"table","where":[{"field","op","value"}],"orderBy":[{"field","descending"}],"limit"}</c>.
/// Two queries are equal when their <see cref="Key"/> is: the order of conditions, and of the values of an <c>in</c>, does not matter, nor does naming one twice.
/// </remarks>
public sealed record Query
{
    /// <summary>Most conditions that a query may have.</summary>
    public const int MaxConditions = 20;

    /// <summary>Most values that one <c>in</c> may list.</summary>
    public const int MaxValues = 1000;

    /// <summary>Most fields that a query may order by.</summary>
    public const int MaxSortFields = 8;

    private byte[]? _key;

    public Query() { }

    // By hand, because a copy is made to differ and must not take the key along.
    private Query(Query original) => (Table, Where, OrderBy, Limit) = (original.Table, original.Where, original.OrderBy, original.Limit);

    public required string Table { get; init; }
    public ImmutableArray<QueryCondition> Where { get; init; } = [];
    public ImmutableArray<SortField> OrderBy { get; init; } = [];

    /// <summary>Most records that the result holds; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>The query's one canonical form: the same for equal queries, in every process. What subscriptions and stored results go by.</summary>
    public CanonicalJson Key => CanonicalJson.FromCanonicalBytes(_key ??= ProtocolCodec.CanonicalBytes(this, QueryJson.Write));

    /// <summary>The query that names one record.</summary>
    public static Query ForRecord(RecordKey key) =>
        new() { Table = key.Table, Where = [new QueryCondition.EqualTo(FieldPath.Id, CanonicalJson.From(key.Id))] };

    /// <summary>Whether a record meets every condition. Deleted records never do; order and limit play no part.</summary>
    public bool Matches(Record record)
    {
        if (record.IsDeleted || record.Table != Table) return false;
        if (Where.IsDefault) return true;
        foreach (var condition in Where)
        {
            if (!condition.Holds(record)) return false;
        }
        return true;
    }

    /// <summary>The order of results: by <see cref="OrderBy"/>, ties by id ascending by code point.</summary>
    public int Compare(Record left, Record right)
    {
        if (!OrderBy.IsDefault)
        {
            foreach (var (path, descending) in OrderBy)
            {
                var order = path.IsId ? CodePointOrder.Compare(left.Id, right.Id) : left.Get(path).CompareTo(right.Get(path));
                if (order != 0) return descending ? -order : order;
            }
        }
        return CodePointOrder.Compare(left.Id, right.Id);
    }

    /// <summary>Why this query is refused everywhere (it is larger than the bounds, or asks for what can't be asked), or null.</summary>
    public ApplyError? Check()
    {
        if (Where is { IsDefault: false, Length: > MaxConditions }) return Bad($"A query may have at most {MaxConditions} conditions, but {Where.Length} came.");
        if (OrderBy is { IsDefault: false, Length: > MaxSortFields }) return Bad($"A query may order by at most {MaxSortFields} fields, but {OrderBy.Length} came.");
        if (Limit < 1) return Bad("A query's limit must be at least 1; leave it out for all records.");
        foreach (var condition in Where.IsDefault ? [] : Where)
        {
            if (IsVersion(condition.Path)) return Bad("A query can't ask for 'version'.");
            if (condition is QueryCondition.AnyOf { Values: { IsDefault: false, Length: > MaxValues } values })
                return Bad($"An 'in' may list at most {MaxValues} values, but {values.Length} came.");
            if (condition is QueryCondition.LessThan { Value.Kind: JsonKind.List or JsonKind.Object } or QueryCondition.GreaterThan { Value.Kind: JsonKind.List or JsonKind.Object })
                return Bad("Lists and objects have no order: less and greater take null, a boolean, a number or a string.");
        }
        foreach (var sort in OrderBy.IsDefault ? [] : OrderBy)
        {
            if (IsVersion(sort.Path)) return Bad("A query can't order by 'version'.");
        }
        return null;
    }

    public bool Equals(Query? other) => ReferenceEquals(this, other) || (other is not null && Key == other.Key);
    public override int GetHashCode() => Key.GetHashCode();
    public override string ToString() => Key.ToString();

    private static bool IsVersion(FieldPath path) => path.Segments is ["version", ..];
    private static ApplyError Bad(string message) => new(ErrorCodes.BadQuery, message);
}

/// <summary>One field to order by. Missing and null come first, then false, true, numbers, strings; lists and objects last and equal.</summary>
public readonly record struct SortField(FieldPath Path, bool Descending = false);
