namespace Sync.Server;

/// <summary>The place that a client gave a transaction in its own queue: 1, 2, 3 …, gaps allowed.</summary>
internal readonly record struct ClientSequence(string ClientId, long Seq);
