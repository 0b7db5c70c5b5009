namespace Sync.Simulation;

/// <summary>The same operation in the other world: other values of the same kind, so that it is accepted or rejected just the same.</summary>
internal static class BoardTwin
{
    private static readonly Dictionary<string, string> Others = new()
    {
        ["a"] = "ccc", ["ccc"] = "bb", ["bb"] = "ünï𝄞", ["ünï𝄞"] = "a",
        ["red"] = "green", ["green"] = "blue", ["blue"] = "red",
    };

    public static Operation Of(Operation operation) => operation switch
    {
        Operation.Create create => create with { Value = CanonicalJson.Object(create.Value.Members.Select(member => new KeyValuePair<string, CanonicalJson>(member.Key, Other(member.Value)))) },
        Operation.Set set => set with { Value = Other(set.Value), If = Other(set.If) },
        Operation.Unset unset => unset with { If = Other(unset.If) },
        Operation.ListInsert insert => insert with { Value = Other(insert.Value) },
        Operation.ListRemove remove => remove with { Value = Other(remove.Value) },
        _ => operation,
    };

    private static Condition? Other(Condition? condition) => condition is Condition.ValueIs same ? new Condition.ValueIs(Other(same.Value)) : condition;

    public static CanonicalJson Other(CanonicalJson value) => value switch
    {
        { Kind: JsonKind.Number } => CanonicalJson.From(9 - value.AsInt64()!.Value),
        { Kind: JsonKind.String } when Others.TryGetValue(value.AsString()!, out var other) => CanonicalJson.From(other),
        _ => value,
    };
}
