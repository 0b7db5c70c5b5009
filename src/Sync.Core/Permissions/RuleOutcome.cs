using System.Collections.Immutable;

namespace Sync;

/// <summary>What one run of a rule came to. <see cref="Reads"/> is all that it asked for, absent answers and what was not loaded included: its dependencies.</summary>
internal abstract record RuleOutcome
{
    private RuleOutcome(RuleReads reads) => Reads = reads;

    public RuleReads Reads { get; }

    public bool IsAllowed => this is Allowed;

    public sealed record Allowed(RuleReads Reads) : RuleOutcome(Reads)
    {
        /// <summary>Allowed without a look at anything else.</summary>
        public static Allowed Freely { get; } = new(RuleReads.None);
    }

    /// <param name="Code">Of a write rule: <c>not_allowed</c> or the app's own.</param>
    /// <param name="Fault">What the rule threw, for the log and for nobody else; null when it returned.</param>
    public sealed record Denied(string Code, RuleReads Reads, Exception? Fault = null) : RuleOutcome(Reads)
    {
        /// <summary>What a table without rules answers to everything.</summary>
        public static Denied NoRule { get; } = new(ErrorCodes.NotAllowed, RuleReads.None);
    }

    /// <summary>Nothing is decided: load what is missing and run the rule again.</summary>
    public sealed record Needs(RuleReads Missing, RuleReads Reads) : RuleOutcome(Reads);
}

/// <summary>Keys and lookups in the order in which a rule first asked for them, each once.</summary>
internal sealed record RuleReads(ImmutableArray<RecordKey> Keys, ImmutableArray<RelatedLookup> Lookups)
{
    public static RuleReads None { get; } = new([], []);

    public bool IsEmpty => Keys.IsEmpty && Lookups.IsEmpty;
}
