using System.Security.Claims;

namespace Sync.Client;

/// <summary>The connection's state, the queue's length and the tray's, at one moment.</summary>
public sealed record ClientStatus(ConnectionState Connection, int PendingWrites, int NeedAttention = 0);

/// <summary>offline, waiting (to dial again), connecting, catching up, live, refused (sign-in needed).</summary>
public enum ConnectionState { Offline, Waiting, Connecting, CatchingUp, Live, Refused }

/// <summary>A transaction that the server rejected, for a notice on the screen.</summary>
public sealed record RejectedWrite(Transaction Transaction, string? Label, string Code, string Message);

/// <summary>What becomes of writes that were not sent, and of the tray, when a user signs out.</summary>
public enum UnsentWork
{
    /// <summary>They stay on this device, with the user's records, and go out after the next sign-in of the same user.</summary>
    Keep,

    /// <summary>They are handed over as JSON; then everything of the user leaves this device.</summary>
    Export,

    /// <summary>They are lost, and everything of the user leaves this device.</summary>
    Discard,
}

/// <summary>Who is signed in. The token callback is asked at every dial; leave it out where a cookie signs in.</summary>
public sealed record SyncUser(string Id, Func<CancellationToken, ValueTask<string?>>? AccessToken = null)
{
    /// <summary>The user's claims, for rules that run on this device (<see cref="SyncClient.Advise"/>). The server goes by what the token says.</summary>
    public ClaimsPrincipal? Principal { get; init; }
}
