using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>The values of one field of which every record of a query has at least one.</summary>
internal sealed record QueryRoute(FieldPath Path, ImmutableArray<CanonicalJson> Values)
{
    /// <summary>Null for a condition that names no values.</summary>
    public static QueryRoute? Of(QueryCondition condition) => condition switch
    {
        QueryCondition.EqualTo equal => new(equal.Path, [equal.Value]),
        QueryCondition.AnyOf any => new(any.Path, any.Values.IsDefault ? [] : [.. any.Values.Distinct()]),
        QueryCondition.Contains contains => new(contains.Path, [contains.Value]),
        _ => null,
    };

    public IEnumerable<string> Ids() => Values.Select(value => value.AsString()).OfType<string>();
}
