using System.Buffers;

namespace Sync.Client;

/// <summary>One connection at work: a receiver that hands each message to the heart, a sender that asks it what to say next, and a heartbeat.</summary>
internal sealed class ConnectionLink
{
    /// <summary>Until welcome says otherwise.</summary>
    private static readonly TimeSpan DefaultHeartbeat = TimeSpan.FromSeconds(15);

    /// <summary>So many heartbeats without a message, and the connection is taken for dead.</summary>
    private const double MaxSilentHeartbeats = 2.5;

    private readonly ITransportConnection _connection;
    private readonly ClientHeart _heart;
    private readonly TimeProvider _time;
    private readonly ClientLog _log;
    private readonly Action<ConnectionEvent> _post;
    private readonly AsyncSignal _hasWork = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly ITimer _pulse;
    private readonly ITimer _hold;
    private readonly ITimer _pause;
    private TimeSpan _heartbeat = DefaultHeartbeat;
    private long _lastSent;
    private long _lastReceived;
    private Task _sending = Task.CompletedTask;
    private Task _receiving = Task.CompletedTask;

    public ConnectionLink(ITransportConnection connection, ClientHeart heart, TimeProvider time, ClientLog log, Action<ConnectionEvent> post)
    {
        (_connection, _heart, _time, _log, _post) = (connection, heart, time, log, post);
        _lastSent = _lastReceived = time.GetTimestamp();
        _pulse = time.CreateTimer(_ => Pulse(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _pause = time.CreateTimer(_ => _hasWork.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _hold = time.CreateTimer(_ => Release(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Start()
    {
        SetPulse(_heartbeat);
        _heart.Begin(_hasWork.Set);
        _sending = SendAllAsync();
        _receiving = ReceiveAllAsync();
    }

    /// <summary>Says goodbye and waits until both ends of the work are over. Nothing is posted any more.</summary>
    public async Task EndAsync(TransportClose close)
    {
        _ended.Cancel();
        await _pulse.DisposeAsync().ConfigureAwait(false);
        await _pause.DisposeAsync().ConfigureAwait(false);
        await _hold.DisposeAsync().ConfigureAwait(false);
        await _connection.CloseAsync(close, CancellationToken.None).ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
        await _sending.ConfigureAwait(false);
        await _receiving.ConfigureAwait(false);
        _ended.Dispose();
    }

    private async Task SendAllAsync()
    {
        var buffer = new ArrayBufferWriter<byte>();
        try
        {
            while (!_ended.IsCancellationRequested)
            {
                if (_heart.NextMessage(_time.GetElapsedTime(_lastSent) >= _heartbeat, out var pause) is not { } message)
                {
                    if (pause is { } wait) _pause.Change(wait, Timeout.InfiniteTimeSpan);
                    await _hasWork.WaitAsync(_ended.Token).ConfigureAwait(false);
                    continue;
                }
                buffer.ResetWrittenCount();
                ProtocolCodec.Write(buffer, message);
                _lastSent = _time.GetTimestamp();
                await _connection.SendAsync(buffer.WrittenMemory, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (TransportException)
        {
            // The receiver learns how the connection ended.
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested) { }
    }

    private async Task ReceiveAllAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            var received = await _connection.ReceiveAsync(CancellationToken.None).ConfigureAwait(false);
            if (_ended.IsCancellationRequested) return;
            if (received.Close is { } close)
            {
                _log.ConnectionClosed(close.Code, close.Reason);
                _post(new ConnectionEvent.Closed(close.Code));
                return;
            }
            _lastReceived = _time.GetTimestamp();
            if (!TryTake(received.Message.Span)) return;

            // A storage that is slower than the stream slows the stream down.
            await _heart.FlushAsync().ConfigureAwait(false);
        }
    }

    private bool TryTake(ReadOnlySpan<byte> frame)
    {
        if (!ProtocolCodec.TryReadServer(frame, out var message, out var fault))
        {
            _log.UnreadableFrame(fault.Code, fault.Position);
            _post(_heart.ReceiveNonsense().Event!);
            return false;
        }
        try
        {
            var news = _heart.Receive(message);
            if (news.Heartbeat is { } heartbeat) SetPulse(heartbeat);
            if (news.HoldFor is { } hold) _hold.Change(hold, Timeout.InfiniteTimeSpan);
            if (news.Event is { } happened) _post(happened);
            return true;
        }
        catch (Exception bug) // It would leave the app with a connection that looks alive. A new one starts from what the server says.
        {
            _log.MessageFailed(bug);
            _post(_heart.ReceiveNonsense().Event!);
            return false;
        }
    }

    private void SetPulse(TimeSpan heartbeat)
    {
        _heartbeat = heartbeat;
        _pulse.Change(heartbeat / 2, heartbeat / 2);
    }

    private void Pulse()
    {
        if (_time.GetElapsedTime(_lastReceived) >= _heartbeat * MaxSilentHeartbeats) _post(new ConnectionEvent.FellSilent());
        else if (_time.GetElapsedTime(_lastSent) >= _heartbeat) _hasWork.Set();
    }

    private void Release()
    {
        _heart.ReleasePushes();
        _hasWork.Set();
    }
}
