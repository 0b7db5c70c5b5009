namespace Sync.Server;

/// <summary>What a transaction comes to. A closed union.</summary>
internal abstract record Decision
{
    private Decision() { }

    /// <summary>Takes effect, once committed.</summary>
    /// <param name="Operations">The operations as they were carried out, cascades included.</param>
    public sealed record Accepted(Receipt Receipt, IReadOnlyList<RecordChange> Changes, CanonicalJson Operations) : Decision;

    /// <summary>Has no effect, for good: the receipt is stored.</summary>
    public sealed record Rejected(Receipt Receipt) : Decision;

    /// <summary>Was decided before: the stored outcome stands.</summary>
    public sealed record Duplicate(StoredReceipt Stored) : Decision;

    /// <summary>Is not taken in. Nothing is stored.</summary>
    public sealed record Refused(Refusal Refusal) : Decision;

    /// <summary>Cannot be decided without these.</summary>
    public sealed record Needs(IReadOnlyCollection<RecordKey> Keys, IReadOnlyCollection<RelatedLookup> Lookups) : Decision;
}
