using System.Collections.Immutable;

namespace Sync.Server;

/// <summary>One question to one table's rules, and what became of it.</summary>
public sealed record RuleExplanation
{
    /// <summary>The rule class, or the rules that it was made of.</summary>
    public required string Rules { get; init; }

    /// <summary><c>MayRead</c>, <c>MayWrite</c> or <c>Readable</c>.</summary>
    public required string Question { get; init; }

    public required RecordKey Key { get; init; }
    public required bool IsAllowed { get; init; }

    /// <summary>Of a write that was denied: the code that the author is told.</summary>
    public string? Code { get; init; }

    /// <summary>What the rule threw, which counts as no access; null where it returned.</summary>
    public Exception? Fault { get; init; }

    /// <summary>The rule still asked for records when no more were loaded, which counts as no access.</summary>
    public bool IsCutShort { get; init; }

    /// <summary>How often something was loaded for it before it could say.</summary>
    public int Rounds { get; init; }

    /// <summary>All that it looked at: a change to any of it makes it run again.</summary>
    public ImmutableArray<RelatedRead> Related { get; init; } = [];

    public override string ToString()
    {
        var what = Fault is not null ? $"threw {Fault.GetType().Name} (\"{Fault.Message}\"), which is no access"
            : IsCutShort ? $"still asked for records after {Rounds} rounds of loading, which is no access"
            : IsAllowed ? "allows it"
            : Code is null ? "denies it" : $"denies it with \"{Code}\"";
        var looked = Related.IsEmpty ? "It looked at nothing else." : $"It looked at {string.Join("; ", Related)}.";
        return $"{Question} of {Rules} for {Key} {what}. {looked}";
    }
}
