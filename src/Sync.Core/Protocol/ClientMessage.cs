using System.Collections.Immutable;

namespace Sync;

/// <summary>What a client says on its connection. A closed union; <see cref="ProtocolCodec"/> reads and writes it.</summary>
internal abstract record ClientMessage
{
    private ClientMessage() { }

    /// <summary>
    /// The first message; the token is the newest place in history that the client has, and large messages may come wrapped in one of the formats that it names.
    /// <c>{"type":"hello","protocol":1,"clientId","token"?,"accept"?:["br","gzip"]}</c>
    /// </summary>
    public sealed record Hello(int Protocol, string ClientId, Token Token = default, ImmutableArray<string> Accept = default) : ClientMessage
    {
        public ImmutableArray<string> Accept { get; init; } = Accept.IsDefault ? [] : Accept;
    }

    /// <summary><c>{"type":"subscribe","sub","query","token"?,"count"?,"digest"?}</c>: what the client holds of the result already, and the place in history that it is of.</summary>
    public sealed record Subscribe(SubscriptionId Sub, Query Query, Token Token = default, Digest? Claim = null) : ClientMessage;

    /// <summary>
    /// The answer to compare: of each bucket that differs all that the client holds in it, or that it holds so much that the bucket had better be divided.
    /// <c>{"type":"inventory","sub","buckets":[{"path","entries":[{"id","version","hash"}]}],"deeper":[paths]}</c>
    /// </summary>
    public sealed record Inventory(SubscriptionId Sub, ImmutableArray<BucketInventory> Buckets, ImmutableArray<BucketPath> Deeper) : ClientMessage;

    /// <summary><c>{"type":"unsubscribe","sub"}</c></summary>
    public sealed record Unsubscribe(SubscriptionId Sub) : ClientMessage;

    /// <summary>
    /// <c>{"type":"push","clientId"?,"transactions":[{"seq",…transaction}]}</c>, oldest first. Each keeps its own fate. The client id stands where the queue is not
    /// that of hello: one adopted from another client of the same author.
    /// </summary>
    public sealed record Push(ImmutableArray<QueuedTransaction> Transactions, string? ClientId = null) : ClientMessage;

    /// <summary><c>{"type":"ping"}</c>: a heartbeat, not answered.</summary>
    public sealed record Ping : ClientMessage
    {
        public static Ping Instance { get; } = new();
    }
}

/// <summary>A transaction with its place in its client's queue: 1, 2, 3 … under one client id, gaps allowed.</summary>
internal readonly record struct QueuedTransaction(long Seq, Transaction Transaction);

/// <summary>All that a client holds in one bucket.</summary>
internal sealed record BucketInventory(BucketPath Path, ImmutableArray<InventoryEntry> Entries);

internal readonly record struct InventoryEntry(string Id, long Version, RecordHash Hash);
