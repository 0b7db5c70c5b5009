namespace Sync.Client;

/// <summary>The connection's decisions: phase and event give the next phase and what to do. Pure, and decided for every pair.</summary>
internal static class ConnectionMachine
{
    private static readonly TransportClose Goodbye = new(TransportClose.Normal, "goodbye");
    private static readonly TransportClose Again = new(TransportClose.Normal, "will come back");
    private static readonly TransportClose Silence = new(TransportClose.Lost, "nothing came for too long");
    private static readonly TransportClose Nonsense = new(TransportClose.ProtocolError, "could not be understood");

    /// <param name="chance">From 0 up to, not including, 1: the jitter of a wait that this step begins.</param>
    public static (ConnectionPhase Next, ConnectionEffect[] Effects) Step(ConnectionPhase phase, ConnectionEvent happened, double chance) => phase switch
    {
        ConnectionPhase.Offline => Offline(phase, happened),
        ConnectionPhase.Waiting waiting => Waiting(waiting, happened),
        ConnectionPhase.Connecting connecting => Connecting(connecting, happened, chance),
        ConnectionPhase.CatchingUp catchingUp => InSession(phase, happened, catchingUp.Failures, catchingUp.HasAskedAgain, chance),
        ConnectionPhase.Live live => InSession(phase, happened, 0, live.HasAskedAgain, chance),
        ConnectionPhase.Refused => Refused(phase, happened),
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "Not a phase."),
    };

    private static (ConnectionPhase, ConnectionEffect[]) Offline(ConnectionPhase phase, ConnectionEvent happened) => happened switch
    {
        ConnectionEvent.Started => Dial(0),
        ConnectionEvent.Connected => (phase, [new ConnectionEffect.HangUp(Goodbye)]),
        _ => (phase, []),
    };

    private static (ConnectionPhase, ConnectionEffect[]) Waiting(ConnectionPhase.Waiting phase, ConnectionEvent happened) => happened switch
    {
        ConnectionEvent.TimeElapsed => Dial(phase.Failures, phase.HasAskedAgain),
        ConnectionEvent.Nudged => Dial(phase.Failures, phase.HasAskedAgain, new ConnectionEffect.StopWaiting()),
        ConnectionEvent.Stopped => (ConnectionPhase.Offline.Instance, [new ConnectionEffect.StopWaiting()]),
        ConnectionEvent.Connected => (phase, [new ConnectionEffect.HangUp(Again)]),
        _ => (phase, []),
    };

    private static (ConnectionPhase, ConnectionEffect[]) Connecting(ConnectionPhase.Connecting phase, ConnectionEvent happened, double chance) => happened switch
    {
        ConnectionEvent.Connected => (new ConnectionPhase.CatchingUp(phase.Failures, phase.HasAskedAgain), [new ConnectionEffect.Open()]),
        ConnectionEvent.DialFailed { Status: 401 } when !phase.HasAskedAgain => Dial(phase.Failures, hasAskedAgain: true),
        ConnectionEvent.DialFailed { Status: 401 or 403 } => (ConnectionPhase.Refused.Instance, []),
        ConnectionEvent.DialFailed => Wait(phase.Failures, phase.HasAskedAgain, chance),
        ConnectionEvent.Stopped => (ConnectionPhase.Offline.Instance, [new ConnectionEffect.HangUp(Goodbye)]),
        _ => (phase, []),
    };

    // Catching up and live differ in what they have proved: only what was live has earned a short wait.
    private static (ConnectionPhase, ConnectionEffect[]) InSession(ConnectionPhase phase, ConnectionEvent happened, int failures, bool hasAskedAgain, double chance) => happened switch
    {
        ConnectionEvent.CaughtUp => (new ConnectionPhase.Live(hasAskedAgain, failures), []),
        ConnectionEvent.Closed { Code: TransportClose.NotSignedIn } when !hasAskedAgain => Dial(failures, hasAskedAgain: true, new ConnectionEffect.HangUp(Again)),
        ConnectionEvent.Closed { Code: TransportClose.NotSignedIn } when phase is ConnectionPhase.CatchingUp => (ConnectionPhase.Refused.Instance, [new ConnectionEffect.HangUp(Goodbye)]),
        ConnectionEvent.Closed { Code: TransportClose.NotSignedIn } => Wait(failures, hasAskedAgain, chance, new ConnectionEffect.HangUp(Again)),
        ConnectionEvent.Closed => Wait(failures, HadToAskAgain(phase), chance, new ConnectionEffect.HangUp(Again)),
        ConnectionEvent.FellSilent => Wait(failures, HadToAskAgain(phase), chance, new ConnectionEffect.HangUp(Silence)),
        ConnectionEvent.Garbled => Wait(phase is ConnectionPhase.Live live ? live.Failures : failures, HadToAskAgain(phase), chance, new ConnectionEffect.HangUp(Nonsense)),
        ConnectionEvent.Drained drained => (
            new ConnectionPhase.Waiting(failures + 1, HadToAskAgain(phase)),
            [new ConnectionEffect.HangUp(Again), new ConnectionEffect.Wait(Backoff.AtLeast(drained.RetryAfter, failures, chance))]),
        ConnectionEvent.TurnedAway => (ConnectionPhase.Refused.Instance, [new ConnectionEffect.HangUp(Goodbye)]),
        ConnectionEvent.Stopped => (ConnectionPhase.Offline.Instance, [new ConnectionEffect.HangUp(Goodbye)]),
        _ => (phase, []),
    };

    // A sign-in that became live was good: the next refusal may ask for a token again.
    private static bool HadToAskAgain(ConnectionPhase phase) => phase is ConnectionPhase.CatchingUp { HasAskedAgain: true };

    private static (ConnectionPhase, ConnectionEffect[]) Refused(ConnectionPhase phase, ConnectionEvent happened) => happened switch
    {
        ConnectionEvent.Nudged => Dial(0),
        ConnectionEvent.Stopped => (ConnectionPhase.Offline.Instance, []),
        ConnectionEvent.Connected => (phase, [new ConnectionEffect.HangUp(Goodbye)]),
        _ => (phase, []),
    };

    private static (ConnectionPhase, ConnectionEffect[]) Dial(int failures, bool hasAskedAgain = false, params ConnectionEffect[] first) =>
        (new ConnectionPhase.Connecting(failures, hasAskedAgain), [.. first, new ConnectionEffect.Dial()]);

    private static (ConnectionPhase, ConnectionEffect[]) Wait(int failures, bool hasAskedAgain, double chance, params ConnectionEffect[] first) =>
        (new ConnectionPhase.Waiting(failures + 1, hasAskedAgain), [.. first, new ConnectionEffect.Wait(Backoff.After(failures, chance))]);
}
