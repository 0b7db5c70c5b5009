namespace Sync.Client;

/// <summary>
/// Where the connection stands, with only what that state needs to know.
/// <code><![CDATA[
/// offline    --started-->     connecting
/// connecting --connected-->   catching up    --failed--> waiting    --401 twice, 403--> refused
/// catching up --caught up-->  live           --lost, silent, garbled, drained--> waiting    --4401 twice, another user--> refused
/// live       --4401-->        connecting     --lost, silent, garbled, drained--> waiting
/// waiting    --time, nudge--> connecting
/// refused    --nudge-->       connecting
/// any        --stopped-->     offline
/// ]]></code>
/// </summary>
internal abstract record ConnectionPhase
{
    private ConnectionPhase() { }

    public abstract ConnectionState State { get; }

    public sealed record Offline : ConnectionPhase
    {
        public static Offline Instance { get; } = new();
        public override ConnectionState State => ConnectionState.Offline;
    }

    /// <param name="Failures">Dials since the connection was last live.</param>
    /// <param name="HasAskedAgain">Whether the token callback has been asked again after a refusal.</param>
    public sealed record Waiting(int Failures, bool HasAskedAgain = false) : ConnectionPhase
    {
        public override ConnectionState State => ConnectionState.Waiting;
    }

    public sealed record Connecting(int Failures, bool HasAskedAgain = false) : ConnectionPhase
    {
        public override ConnectionState State => ConnectionState.Connecting;
    }

    public sealed record CatchingUp(int Failures, bool HasAskedAgain = false) : ConnectionPhase
    {
        public override ConnectionState State => ConnectionState.CatchingUp;
    }

    /// <param name="Failures">Dials it took to become live. They count again if the server now sends nonsense: a loop of that must slow down.</param>
    public sealed record Live(bool HasAskedAgain = false, int Failures = 0) : ConnectionPhase
    {
        public override ConnectionState State => ConnectionState.Live;
    }

    /// <summary>The server does not take this sign-in. Only a nudge tries again.</summary>
    public sealed record Refused : ConnectionPhase
    {
        public static Refused Instance { get; } = new();
        public override ConnectionState State => ConnectionState.Refused;
    }
}
