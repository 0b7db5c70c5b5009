namespace Sync.Server;

/// <summary>A transaction with all that is known of it but the records: who sends it, from which place of which queue, and what was decided before.</summary>
/// <param name="Receipt">What is stored under the same author and id, if anything.</param>
/// <param name="Position">How far the client is decided; null for a client that never was.</param>
internal sealed record Proposal(Caller Caller, Transaction Transaction, ReadOnlyMemory<byte> ContentHash, ClientSequence? Client, StoredReceipt? Receipt = null, ClientPosition? Position = null)
{
    /// <summary>Set where it is no transaction but says that this user's sessions end: it is accepted as it is.</summary>
    public string? EndsSessionsOf { get; init; }

    public TransactionId Id => new(Caller.UserId, Transaction.TxId);
}
