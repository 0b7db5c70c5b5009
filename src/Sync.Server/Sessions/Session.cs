namespace Sync.Server;

/// <summary>
/// The server's side of one connection: one loop hears, one sends, and beside them run the loads of its subscriptions and the outcomes of its
/// transactions. What is owed to it is put into its outbox by others.
/// </summary>
internal sealed class Session : IDisposable
{
    private readonly SessionContext _context;
    private readonly ITransportConnection _connection;
    private readonly Heartbeat _heartbeat;
    private readonly TokenBucket _messages;
    private readonly CancellationTokenSource _aborted = new();
    private readonly ITimer _deadline;
    private volatile IDialect? _dialect;
    private volatile Goodbye? _leaving;

    public Session(SessionContext context, ITransportConnection connection, Caller caller)
    {
        (_context, _connection, Caller) = (context, connection, caller);
        BeganAt = context.Rooms.Time.GetTimestamp();
        _heartbeat = new Heartbeat(context.Rooms.Time, context.Limits);
        _deadline = context.Rooms.Time.CreateTimer(static s => ((Session)s!).GiveUp(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _messages = new TokenBucket(context.Rooms.Time, context.Limits.MessagesPerSecond, context.Limits.MessageBurst);
        Outbox = new Outbox(context.Limits);
        Subscriptions = new SessionSubscriptions(this, context);
        Writes = new SessionWrites(this, context);
    }

    public Caller Caller { get; }
    public long BeganAt { get; }
    public Outbox Outbox { get; }
    public SessionSubscriptions Subscriptions { get; }
    public SessionWrites Writes { get; }

    /// <summary>Fires when nothing more can be sent or heard.</summary>
    public CancellationToken Ended => _aborted.Token;

    /// <param name="expires">When the caller's sign-in ends.</param>
    /// <param name="cancellationToken">The server is going away.</param>
    public async Task<TransportClose> RunAsync(DateTimeOffset expires, CancellationToken cancellationToken)
    {
        using var expiry = new Expiry(_context.Rooms.Time, expires, () => End(new TransportClose(TransportClose.NotSignedIn, "The sign-in has expired.")));
        using var leaving = cancellationToken.UnsafeRegister(static s => ((Session)s!).End(new TransportClose(TransportClose.GoingAway, "the server is going away")), this);
        using var timer = _context.Rooms.Time.CreateTimer(static s => ((Session)s!).Tick(), this, _heartbeat.Period, _heartbeat.Period);
        var hands = new List<Task> { GuardAsync(SendAsync), GuardAsync(Writes.DecideAsync) };
        for (var i = 0; i < _context.Limits.LoadsAtOnce; i++) hands.Add(GuardAsync(Subscriptions.LoadAsync));
        await GuardAsync(HearAsync).ConfigureAwait(false);
        Subscriptions.CloseAll();
        Writes.End();
        await Task.WhenAll(hands.ToArray()).ConfigureAwait(false);
        return Outbox.Ending!;
    }

    /// <summary>Closes the connection in this way once what is being sent is sent, or gives it up where that takes too long. The first end counts; called from anywhere.</summary>
    public void End(TransportClose close, ServerMessage? last = null)
    {
        Outbox.End(close, last);
        _deadline.Change(_context.Limits.EndTimeout, Timeout.InfiniteTimeSpan);
        Outbox.Wake();
    }

    /// <summary>Takes nothing more in, and ends in this way once the receipts of all that was pushed before are sent.</summary>
    public void Leave(TransportClose close, ServerMessage last)
    {
        Writes.Leave();
        _leaving = new Goodbye(close, last);
        Outbox.Wake();
    }

    /// <summary>Something else than content. A peer that lets such things pile up is too slow to be kept.</summary>
    public void Say(ServerMessage message)
    {
        if (Outbox.Say(message)) Outbox.Wake();
        else EndTooSlow();
    }

    /// <summary>What came cannot be understood or is not allowed: says why and closes.</summary>
    public void Reject(JsonFault fault) =>
        End(new TransportClose(CloseCodeOf(fault.Code), fault.Code), new ServerMessage.Error(fault.Code, fault.Message));

    public void Post(Publication publication)
    {
        if (!Outbox.Post(publication)) EndTooSlow();
    }

    public void Post(LoadedPublication loaded)
    {
        if (!Outbox.Post(loaded)) EndTooSlow();
    }

    /// <summary>What a comparison found out goes to the client.</summary>
    public void Settle(Comparison comparison)
    {
        if (Outbox.Settle(comparison)) Outbox.Wake();
        else EndTooSlow();
    }

    public void Wake() => Outbox.Wake();

    /// <summary>Gives up on the connection at once: nothing that is owed to it is sent.</summary>
    public void Abort() => _aborted.Cancel();

    private async Task HearAsync(CancellationToken aborted)
    {
        while (true)
        {
            var received = await _connection.ReceiveAsync(aborted).ConfigureAwait(false);
            if (received.Close is { } close)
            {
                End(close);
                return;
            }
            _heartbeat.NoteReceived();
            if (Outbox.HasEnded || _leaving is not null) continue;
            if (!_messages.TryTake()) End(new TransportClose(TransportClose.RateLimited, ErrorCodes.RateLimited), new ServerMessage.Error(ErrorCodes.RateLimited, "Too many messages."));
            else await HearAsync(received.Message, aborted).ConfigureAwait(false);
        }
    }

    private ValueTask HearAsync(ReadOnlyMemory<byte> frame, CancellationToken aborted)
    {
        _dialect ??= FirstMessage.Choose(this, _context, frame.Span);
        return _dialect?.HearAsync(frame, aborted) ?? default;
    }

    private async Task SendAsync(CancellationToken aborted)
    {
        try
        {
            while (true)
            {
                // The frame before is sent, so what it settled has arrived at the socket.
                if (_leaving is { } leaving && Writes.IsSettled) End(leaving.Close, leaving.Last);
                var (message, end) = Outbox.Take();
                if (end is not null) break;
                if (message is null) await Outbox.WaitAsync().ConfigureAwait(false);
                else await SendAsync(message, aborted).ConfigureAwait(false);
            }
            await _connection.CloseAsync(Outbox.Ending!, aborted).ConfigureAwait(false);
        }
        finally
        {
            Abort();
        }
    }

    private async ValueTask SendAsync(ServerMessage message, CancellationToken aborted)
    {
        var frame = _dialect?.Encode(message) ?? _context.Encoder.Encode(message);
        if (frame.IsEmpty) return;
        _heartbeat.NoteSending();
        await _connection.SendAsync(frame, aborted).ConfigureAwait(false);
        _heartbeat.NoteSent();
    }

    private void GiveUp()
    {
        try
        {
            Abort();
        }
        catch (ObjectDisposedException)
        {
            // It has ended while the timer came.
        }
    }

    private void Tick()
    {
        if (_heartbeat.IsSendStuck)
        {
            EndTooSlow();
            Abort();
        }
        else if (_dialect is { HasHeartbeats: false }) return;
        else if (_heartbeat.IsPeerSilent) End(new TransportClose(TransportClose.GoingAway, "nothing was heard"));
        else if (_heartbeat.IsPingDue && _dialect is not null) Say(ServerMessage.Ping.Instance);
        Subscriptions.Tick();
    }

    private void EndTooSlow() => End(new TransportClose(TransportClose.TooSlow, "too slow"));

    // The one place where the world, or a bug, ends a session. Nothing of either goes to the wire.
    private async Task GuardAsync(Func<CancellationToken, Task> hand)
    {
        try
        {
            await hand(Ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_aborted.IsCancellationRequested)
        {
            End(new TransportClose(TransportClose.Lost, "the connection was lost"));
        }
        catch (TransportException)
        {
            End(new TransportClose(TransportClose.Lost, "the connection was lost"));
            Abort();
        }
        catch (Exception error)
        {
            SessionLog.SessionFailed(_context.Logger, error);
            End(new TransportClose(TransportClose.InternalError, ErrorCodes.Internal));
        }
    }

    private static int CloseCodeOf(string code) => code switch
    {
        ErrorCodes.BadJson or ErrorCodes.BadUnicode or ErrorCodes.TooDeep or ErrorCodes.DuplicateKey or ErrorCodes.NumberRange => TransportClose.BadData,
        ErrorCodes.UnknownMessage or ErrorCodes.UnsupportedProtocol => TransportClose.ProtocolError,
        _ => TransportClose.PolicyViolation,
    };

    private sealed record Goodbye(TransportClose Close, ServerMessage Last);

    public void Dispose()
    {
        _deadline.Dispose();
        _aborted.Dispose();
    }
}
