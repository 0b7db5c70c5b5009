using System.Collections.Immutable;

namespace Sync.Server;

/// <summary>
/// A pushed transaction on its way. Its outcome comes from the processor and its effects through the publisher, in either order; the receipt leaves
/// when both are there, in the checkpoint of the effects.
/// </summary>
internal sealed class PendingWrite(Session session, string clientId, QueuedTransaction queued, TransactionId id)
{
    public Session Session { get; } = session;
    public string ClientId { get; } = clientId;
    public TransactionId Id { get; } = id;
    public long Seq { get; } = queued.Seq;
    public Transaction Transaction { get; } = queued.Transaction;

    /// <summary>Set once by the session, before the publisher hears of it.</summary>
    public WriteResult? Result { get; set; }

    /// <summary>Its receipt has entered the outbox. Under the outbox's gate.</summary>
    public bool IsDelivered { get; set; }
}

/// <summary>The touched records of one transaction as its author may see them at the revision at which they are published.</summary>
internal sealed record WriteEffects(PendingWrite Write, ImmutableArray<Record> Held, ImmutableArray<RecordKey> Gone);
