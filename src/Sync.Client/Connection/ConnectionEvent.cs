namespace Sync.Client;

/// <summary>What can happen to a connection.</summary>
internal abstract record ConnectionEvent
{
    private ConnectionEvent() { }

    public sealed record Started : ConnectionEvent;

    public sealed record Stopped : ConnectionEvent;

    /// <summary>Now is a good time to try: the app came to the front, the network is back, a new token is there.</summary>
    public sealed record Nudged : ConnectionEvent;

    /// <summary>The time to wait is over.</summary>
    public sealed record TimeElapsed : ConnectionEvent;

    public sealed record Connected : ConnectionEvent;

    /// <param name="Status">The HTTP status where there was one, else 0.</param>
    public sealed record DialFailed(int Status) : ConnectionEvent;

    /// <summary>The server answered hello as another user, or closed the door for good.</summary>
    public sealed record TurnedAway : ConnectionEvent;

    /// <summary>All that is subscribed to has been answered.</summary>
    public sealed record CaughtUp : ConnectionEvent;

    /// <param name="Code">The close code.</param>
    public sealed record Closed(int Code) : ConnectionEvent;

    /// <summary>Nothing has come for too long.</summary>
    public sealed record FellSilent : ConnectionEvent;

    /// <summary>The server sent what can't be read, or what makes no sense.</summary>
    public sealed record Garbled : ConnectionEvent;

    /// <summary>The server is going away.</summary>
    public sealed record Drained(TimeSpan RetryAfter) : ConnectionEvent;
}
