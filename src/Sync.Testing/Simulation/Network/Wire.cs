namespace Sync.Testing;

/// <summary>
/// One direction of a simulated connection: frames arrive in order after a delay each, and only so many are on the way before the sender has to wait. Once it
/// swallows, nothing that is sent ever arrives and nobody is told.
/// </summary>
internal sealed class Wire(SimulatedClock clock, Func<TimeSpan> delay, Wire.Gates gates, Action<ReadOnlyMemory<byte>> arrived)
{
    /// <summary>What a frozen process sends or receives has to wait for it; null for an end that never freezes.</summary>
    public readonly record struct Gates(ProcessGate? Sender, ProcessGate? Receiver);

    private const int MaxOnTheWay = 32;

    private readonly InMemoryPipe _pipe = new(int.MaxValue);
    private long _lastArrival;
    private int _onTheWay;
    private bool _isSwallowing;
    private bool _isCut;
    private bool _hasGoodbye;
    private TaskCompletionSource? _room;

    /// <summary>How it ended for the receiver; null until then.</summary>
    public TransportClose? Ending { get; private set; }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        while (!_isCut && _onTheWay >= MaxOnTheWay) await WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        if (_isCut || _hasGoodbye) throw new TransportException("The connection is closed.");
        var bytes = message.ToArray();
        _onTheWay++;
        Arrives(() =>
        {
            _onTheWay--;
            MakeRoom();
            if (Ending is not null) return;
            arrived(bytes);
            _ = _pipe.WriteAsync(bytes, CancellationToken.None);
        });
    }

    public async ValueTask<TransportReceive> ReceiveAsync(CancellationToken cancellationToken) =>
        await _pipe.ReadAsync(cancellationToken).ConfigureAwait(false) is { } message ? TransportReceive.Of(message) : TransportReceive.Closed(Ending!);

    /// <summary>Says goodbye behind all that is on the way.</summary>
    public void SayGoodbye(TransportClose close)
    {
        if (_hasGoodbye || _isCut) return;
        _hasGoodbye = true;
        MakeRoom();
        Arrives(() => End(close));
    }

    /// <summary>The receiver learns now that it is over. What has arrived can still be received.</summary>
    public void End(TransportClose close) => Through(gates.Receiver, () =>
    {
        Ending ??= close;
        _pipe.Close();
    });

    /// <summary>The sender learns now that nothing more can be sent.</summary>
    public void Cut()
    {
        _isCut = true;
        MakeRoom();
    }

    public void Swallow() => _isSwallowing = true;

    private void Arrives(Action happen)
    {
        _lastArrival = Math.Max(_lastArrival, clock.Now + delay().Ticks);
        clock.After(TimeSpan.FromTicks(_lastArrival - clock.Now), () => Through(gates.Receiver, () =>
        {
            if (!_isSwallowing) happen();
        }));
    }

    private void MakeRoom()
    {
        var room = _room;
        _room = null;
        if (room is not null) Through(gates.Sender, () => room.TrySetResult());
    }

    private static void Through(ProcessGate? gate, Action happen)
    {
        if (gate is null) happen();
        else gate.Run(happen);
    }

    private async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        var room = _room ??= new TaskCompletionSource();
        using var registration = cancellationToken.UnsafeRegister(static (waiting, token) => ((TaskCompletionSource)waiting!).TrySetCanceled(token), room);
        await room.Task.ConfigureAwait(false);
    }
}
