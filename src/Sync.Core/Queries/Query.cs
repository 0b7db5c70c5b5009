using System.Collections.Immutable;

namespace Sync;

/// <summary>A table, conditions joined by and, an order whose last part is always the id, and a limit. Equal queries are the same query.</summary>
/// <remarks>On the wire <c>{"table","where":[{"field","op","value"}],"orderBy":[{"field","descending"}],"limit"}</c>.</remarks>
public sealed partial record Query
{
    public required string Table { get; init; }
    public ImmutableArray<QueryCondition> Where { get; init; } = [];
    public ImmutableArray<SortField> OrderBy { get; init; } = [];

    /// <summary>Most records that the result holds; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>The query that names one record.</summary>
    public static Query ForRecord(RecordKey key) =>
        new() { Table = key.Table, Where = [new QueryCondition.EqualTo(FieldPath.Id, CanonicalJson.From(key.Id))] };

    /// <summary>Whether a record meets every condition. Deleted records never do; order and limit play no part.</summary>
    public bool Matches(Record record) => throw new NotImplementedException();

    /// <summary>The order of results: by <see cref="OrderBy"/>, ties by id ascending by code point.</summary>
    public int Compare(Record left, Record right) => throw new NotImplementedException();
}

/// <summary>One field to order by. Missing and null come first, then false, true, numbers, strings; lists and objects last and equal.</summary>
public readonly record struct SortField(FieldPath Path, bool Descending = false);
