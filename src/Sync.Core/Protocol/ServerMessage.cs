using System.Collections.Immutable;

namespace Sync;

/// <summary>What the server says on a connection. A closed union; <see cref="ProtocolCodec"/> reads and writes it.</summary>
internal abstract record ServerMessage
{
    private ServerMessage() { }

    /// <summary>
    /// The answer to hello. Other history: hello's token is not of this store's log, so that versions, receipts and claims from before mean nothing here.
    /// <c>{"type":"welcome","protocol":1,"userId","heartbeatMs","maxTransactionBytes","history"?:"other"}</c>
    /// </summary>
    public sealed record Welcome(int Protocol, string UserId, TimeSpan Heartbeat, int MaxTransactionBytes, bool IsOtherHistory = false) : ServerMessage;

    /// <summary>
    /// What the client claims to hold is not the result: the digests of what is, in the 64 children of a bucket. Without any: tell all you hold in this bucket.
    /// <c>{"type":"compare","sub","path","counts":[64 numbers],"digests":[64 digests, "" where the count is 0]}</c>
    /// </summary>
    public sealed record Compare(SubscriptionId Sub, BucketPath Path, ImmutableArray<Digest> Buckets) : ServerMessage;

    /// <summary>
    /// A piece of a first load, kept aside by the client until a checkpoint names its subscription as loaded.
    /// <c>{"type":"part","sub","records":recordMap}</c>
    /// </summary>
    public sealed record Part(SubscriptionId Sub, ImmutableArray<Record> Records) : ServerMessage;

    /// <summary>
    /// All that the session is owed up to one point of history; applied whole. Each body stands once in <c>records</c>;
    /// per subscription the ids that came in or changed and those that went out.
    /// <c>{"type":"checkpoint","token"?,"records":recordMap,"subs":[{"sub","in":[ids],"out":[ids],"loaded"?:true,"kept"?:true,"count"?,"digest"?}],"receipts":[…]}</c>
    /// </summary>
    public sealed record Checkpoint(Token Token, ImmutableArray<Record> Records, ImmutableArray<SubscriptionDelta> Subscriptions, ImmutableArray<ReceiptDelivery> Receipts) : ServerMessage;

    /// <summary>
    /// A transaction was not decided and stays in the client's queue, with all behind it: send it again after the delay. The client id stands where the queue is
    /// not that of hello. <c>{"type":"retry","clientId"?,"seq","code","retryAfterMs"}</c>
    /// </summary>
    public sealed record Retry(long Seq, string Code, TimeSpan RetryAfter, string? ClientId = null) : ServerMessage;

    /// <summary>Something asked for was refused: one subscription where <c>sub</c> stands, else the session, which closes after it. <c>{"type":"error","code","message","sub"?}</c></summary>
    public sealed record Error(string Code, string Message, SubscriptionId Sub = default) : ServerMessage;

    /// <summary><c>{"type":"ping"}</c>: a heartbeat, not answered.</summary>
    public sealed record Ping : ServerMessage
    {
        public static Ping Instance { get; } = new();
    }

    /// <summary>The server is going away: come back after the delay. <c>{"type":"drain","retryAfterMs"}</c></summary>
    public sealed record Drain(TimeSpan RetryAfter) : ServerMessage;
}

/// <summary>
/// What one checkpoint changes in one subscription. <c>IsLoaded</c>: the parts sent before and <c>In</c> together are its whole first result; with <c>IsKept</c> the
/// result is what the client claimed, with the parts and <c>In</c> put in and <c>Out</c> taken out. <c>Digest</c>: of its whole result as of this checkpoint.
/// </summary>
internal sealed record SubscriptionDelta(SubscriptionId Sub, ImmutableArray<string> In, ImmutableArray<string> Out, bool IsLoaded = false, bool IsKept = false, Digest? Digest = null);

/// <summary>
/// A receipt on its way to its author, with the keys of the touched records that it brings bodies of (in the checkpoint's records) and of those that are gone or
/// may not be read any more.
/// <c>{"txId","authorId","seq","accepted","now"?,"versions"?:[{"table","id","before","after"}],"failedConditions"?,"code"?,"message"?,"status"?,"held":[keys],"gone":[keys]}</c>
/// </summary>
internal sealed record ReceiptDelivery(long Seq, Receipt Receipt, ImmutableArray<RecordKey> Held, ImmutableArray<RecordKey> Gone);
