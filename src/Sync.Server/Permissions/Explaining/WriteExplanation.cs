using System.Collections.Immutable;
using System.Text;

namespace Sync.Server;

/// <summary>What would become of a transaction, and why. Nothing is written. For the app's developers alone: it tells what the caller must not know.</summary>
public sealed record WriteExplanation
{
    public required string UserId { get; init; }
    public required bool IsAllowed { get; init; }

    /// <summary>What the author would be told; null where it is allowed.</summary>
    public string? Code { get; init; }

    public string? Message { get; init; }

    /// <summary>How often something was loaded before it could be decided.</summary>
    public int Rounds { get; init; }

    /// <summary>What was asked of the rules, in order: the read rule for each record that is there, the write rule for each that changes.</summary>
    public ImmutableArray<RuleExplanation> Rules { get; init; } = [];

    public override string ToString()
    {
        var text = new StringBuilder(IsAllowed ? $"{UserId} may make this change." : $"{UserId} may not make this change: {Code}. {Message}");
        foreach (var rule in Rules) text.AppendLine().Append(rule);
        return text.ToString();
    }
}
