namespace Sync.Testing;

/// <summary>One connection between a client and the server, with what can befall it.</summary>
internal sealed class SimulatedLink
{
    private static readonly TransportClose Lost = new(TransportClose.Lost, "the connection was lost");

    private readonly SimulatedClock _clock;
    private readonly Wire _up;
    private readonly Wire _down;

    public SimulatedLink(SimulatedClock clock, int client, int number, Func<TimeSpan> delay, ProcessGate gate, ILinkWatcher watcher)
    {
        (_clock, Client, Number) = (clock, client, number);
        _up = new Wire(clock, delay, new Wire.Gates(Sender: gate, Receiver: null), frame => watcher.Arrived(this, isUp: true, frame.Span));
        _down = new Wire(clock, delay, new Wire.Gates(Sender: null, Receiver: gate), frame => watcher.Arrived(this, isUp: false, frame.Span));
        ClientEnd = new LinkEnd(_down, _up, _ => { });
        ServerEnd = new LinkEnd(_up, _down, frame => watcher.ServerSends(this, frame.Span));
    }

    public int Client { get; }
    public int Number { get; }

    /// <summary>The server's node at its other end.</summary>
    public int Node { get; set; }

    /// <summary>Whether it has lost anything.</summary>
    public bool IsBroken { get; private set; }

    public ITransportConnection ClientEnd { get; }
    public ITransportConnection ServerEnd { get; }

    /// <summary>The client learns at once; the server later, and till then what was on the way to it still arrives, perhaps behind what the client's next connection brings.</summary>
    public void Cut(TimeSpan untilServerLearns)
    {
        IsBroken = true;
        _up.Cut();
        _down.Swallow();
        _down.End(Lost);
        _clock.After(untilServerLearns, () => LoseServerEnd());
    }

    /// <summary>Nothing arrives any more, in one direction or in both, and neither end is told.</summary>
    public void HalfOpen(bool swallowsUp, bool swallowsDown)
    {
        IsBroken |= swallowsUp || swallowsDown;
        if (swallowsUp) _up.Swallow();
        if (swallowsDown) _down.Swallow();
    }

    /// <summary>Both ends learn that it is over.</summary>
    public void Reset()
    {
        LoseServerEnd();
        LoseClientEnd();
    }

    public void LoseClientEnd()
    {
        _up.Cut();
        _down.End(Lost);
    }

    public void LoseServerEnd()
    {
        _down.Cut();
        _up.End(Lost);
    }
}

/// <summary>Who sees all that goes over links.</summary>
internal interface ILinkWatcher
{
    /// <summary>The server's session hands a frame to its end.</summary>
    void ServerSends(SimulatedLink link, ReadOnlySpan<byte> frame);
    void Arrived(SimulatedLink link, bool isUp, ReadOnlySpan<byte> frame);
}
