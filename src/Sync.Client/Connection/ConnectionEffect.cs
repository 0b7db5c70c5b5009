namespace Sync.Client;

/// <summary>What the loop has to do after a step of the connection.</summary>
internal abstract record ConnectionEffect
{
    private ConnectionEffect() { }

    /// <summary>Ask for a token and dial.</summary>
    public sealed record Dial : ConnectionEffect;

    /// <summary>Start a session on the connection that has been made.</summary>
    public sealed record Open : ConnectionEffect;

    /// <summary>End the connection, or the dial, if there is one.</summary>
    public sealed record HangUp(TransportClose Close) : ConnectionEffect;

    /// <summary>Say <see cref="ConnectionEvent.TimeElapsed"/> after this time, instead of any time asked for before.</summary>
    public sealed record Wait(TimeSpan Delay) : ConnectionEffect;

    public sealed record StopWaiting : ConnectionEffect;
}
