using System.Collections.Immutable;

namespace Sync;

/// <summary>What a client says on its connection. A closed union; <see cref="ProtocolCodec"/> reads and writes it.</summary>
internal abstract record ClientMessage
{
    private ClientMessage() { }

    /// <summary>The first message. <c>{"type":"hello","protocol":1,"clientId"}</c></summary>
    public sealed record Hello(int Protocol, string ClientId) : ClientMessage;

    /// <summary><c>{"type":"subscribe","sub","query","token"?,"count"?,"digest"?}</c>: token, count and digest of what the client holds already.</summary>
    public sealed record Subscribe(SubscriptionId Sub, Query Query, Token Token = default, long Count = 0, string? Digest = null) : ClientMessage;

    /// <summary><c>{"type":"unsubscribe","sub"}</c></summary>
    public sealed record Unsubscribe(SubscriptionId Sub) : ClientMessage;

    /// <summary><c>{"type":"push","transactions":[{"seq",…transaction}]}</c>, oldest first. Each keeps its own fate.</summary>
    public sealed record Push(ImmutableArray<QueuedTransaction> Transactions) : ClientMessage;

    /// <summary><c>{"type":"ping"}</c>: a heartbeat, not answered.</summary>
    public sealed record Ping : ClientMessage
    {
        public static Ping Instance { get; } = new();
    }
}

/// <summary>A transaction with its place in its client's queue: 1, 2, 3 … under one client id, gaps allowed.</summary>
internal readonly record struct QueuedTransaction(long Seq, Transaction Transaction);
