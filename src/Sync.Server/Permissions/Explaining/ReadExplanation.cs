using System.Collections.Immutable;
using System.Text;

namespace Sync.Server;

/// <summary>Why a caller may read a record or not. For the app's developers alone: it tells what the caller must not know.</summary>
public sealed record ReadExplanation
{
    public required string UserId { get; init; }
    public required RecordKey Key { get; init; }

    /// <summary>The version of the record or of its tombstone; 0 where there never was one.</summary>
    public long Version { get; init; }

    public required bool MayRead { get; init; }

    /// <summary>In a sentence: what decided.</summary>
    public required string Reason { get; init; }

    /// <summary>What the table's read rule said; null where none was asked.</summary>
    public RuleExplanation? Rule { get; init; }

    /// <summary>How the conditions came about that go to the store with the caller's queries; null where none were asked for.</summary>
    public RuleExplanation? Readable { get; init; }

    /// <summary>The conditions; empty where the rules name none.</summary>
    public ImmutableArray<QueryCondition> Conditions { get; init; } = [];

    /// <summary>Whether the record meets them. One that may be read and does not is missing from every query: the rules contradict each other.</summary>
    public bool MeetsConditions { get; init; } = true;

    public override string ToString()
    {
        var text = new StringBuilder($"{UserId} {(MayRead ? "may" : "may not")} read {Key}{(Version > 0 ? $" (version {Version})" : "")}: {Reason}");
        if (Rule is not null) text.AppendLine().Append(Rule);
        if (Readable is { IsAllowed: false }) text.AppendLine().Append(Readable);
        if (!Conditions.IsEmpty)
        {
            text.AppendLine().Append($"Queries are narrowed to {string.Join(" and ", Conditions.Select(TextOf))}, which the record {(MeetsConditions ? "meets" : "does not meet")}.");
            if (Readable is { Related.IsEmpty: false }) text.Append($" For that, Readable looked at {string.Join("; ", Readable.Related)}.");
        }
        if (MayRead && !MeetsConditions) text.AppendLine().Append("It may be read by its id, yet no query finds it: Readable must hold for all that MayRead allows.");
        return text.ToString();
    }

    private static string TextOf(QueryCondition condition) => condition switch
    {
        QueryCondition.EqualTo equal => $"{equal.Path} = {equal.Value}",
        QueryCondition.AnyOf any => $"{any.Path} in [{string.Join(", ", any.Values)}]",
        QueryCondition.LessThan less => $"{less.Path} {(less.OrEqual ? "<=" : "<")} {less.Value}",
        QueryCondition.GreaterThan greater => $"{greater.Path} {(greater.OrEqual ? ">=" : ">")} {greater.Value}",
        QueryCondition.Contains contains => $"{contains.Path} contains {contains.Value}",
        _ => throw new InvalidOperationException($"No such condition: {condition.GetType().Name}."),
    };
}
