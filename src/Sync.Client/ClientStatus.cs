namespace Sync.Client;

/// <summary>The connection's state and the queue's length, at one moment.</summary>
public sealed record ClientStatus(ConnectionState Connection, int PendingWrites);

/// <summary>offline, waiting (to dial again), connecting, catching up, live, refused (sign-in needed).</summary>
public enum ConnectionState { Offline, Waiting, Connecting, CatchingUp, Live, Refused }

/// <summary>A transaction that the server rejected, for a notice on the screen.</summary>
public sealed record RejectedWrite(Transaction Transaction, string? Label, string Code, string Message);

/// <summary>Who is signed in. The token callback is asked at every dial; leave it out where a cookie signs in.</summary>
public sealed record SyncUser(string Id, Func<CancellationToken, ValueTask<string?>>? AccessToken = null);
