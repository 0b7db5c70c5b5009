namespace Sync.Server;

/// <summary>Brings a record's fields to the form that the store gives back: <see cref="ITransactionStore.Normalize"/>.</summary>
internal delegate NormalizeResult NormalizeFields(RecordKey key, CanonicalJson fields, DateTimeOffset now);

/// <summary>Decides transactions. Pure: what it answers depends on its arguments alone, and it changes nothing.</summary>
internal sealed class Decider(SyncModel model, RuleBook rules, NormalizeFields normalize, IReadOnlyList<StoreCascade> cascades, SyncServerOptions options)
{
    public SyncModel Model { get; } = model;
    public RuleBook Rules { get; } = rules;
    public NormalizeFields Normalize { get; } = normalize;
    public IReadOnlyList<StoreCascade> Cascades { get; } = cascades;
    public SyncServerOptions Options { get; } = options;

    /// <param name="snapshot">The records before the transaction, as far as they are known. What is not known is asked for by <see cref="Decision.Needs"/>.</param>
    /// <param name="isLastRound">True when nothing more will be loaded: a rule that still asks gives no access.</param>
    /// <param name="asked">Takes what was asked of the rules, for whoever has to explain the decision.</param>
    public Decision Decide(Proposal proposal, IRelatedSource snapshot, DateTimeOffset now, bool isLastRound = false, ICollection<RuleQuestion>? asked = null) =>
        new DecisionRun(this, proposal, snapshot, now, isLastRound, asked).Decide();
}

/// <summary>What a decision asked of a read or a write rule, and what it came to.</summary>
internal sealed record RuleQuestion(RecordKey Key, bool IsWrite, RuleOutcome Outcome);
