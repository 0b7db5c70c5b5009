namespace Sync.Server;

/// <summary>One transaction on its way through the processor.</summary>
internal sealed class Submission(Proposal proposal, TaskCreationOptions completion)
{
    private readonly TaskCompletionSource<Outcome> _outcome = new(completion);

    public Proposal Proposal { get; } = proposal;
    public TransactionId Id => Proposal.Id;
    public ClientSequence? Client => Proposal.Client;
    public Task<Outcome> Outcome => _outcome.Task;

    /// <summary>What the store said of earlier decisions, and when it was asked. Written before the transaction is ready, read by the loop.</summary>
    public EarlierDecisions Earlier { get; set; } = EarlierDecisions.Unknown;

    /// <summary>The constraint of the database that it broke in an earlier try of its group.</summary>
    public string? BrokenConstraint { get; set; }

    /// <summary>True once what it needs is loaded. Guarded by <see cref="ClientOrder"/>.</summary>
    public bool IsReady { get; set; }

    public void Complete(Outcome outcome) => _outcome.TrySetResult(outcome);
}

/// <summary>What became of a submission: a receipt that is durable, or a refusal.</summary>
/// <param name="Changes">What it changed, where it was decided just now.</param>
internal sealed record Outcome(StoredReceipt? Stored, Refusal? Refusal, IReadOnlyList<RecordChange> Changes)
{
    public static Outcome Of(StoredReceipt stored) => new(stored, null, []);
    public static Outcome Of(StoredReceipt stored, IReadOnlyList<RecordChange> changes) => new(stored, null, changes);
    public static Outcome Of(Refusal refusal) => new(null, refusal, []);
}
