namespace Sync.Server;

/// <summary>The place that a client gave a transaction in its own queue: 1, 2, 3 …, gaps allowed.</summary>
/// <param name="Connection">
/// The session that it came by. After a transient refusal nothing later of the client is decided until the refused place (or an earlier one) comes again, or
/// something comes by another connection.
/// </param>
internal readonly record struct ClientSequence(string ClientId, long Seq, object? Connection = null);
