using System.Net.WebSockets;

namespace Sync.Transport.WebSockets;

/// <summary>
/// Whole messages over any open <see cref="WebSocket"/>, on either end: text, and as binary what begins with a control character. A message larger than the bound ends
/// the connection with 1009, broken UTF-8 with 1007, a binary one with 1003 but for the end that dialled. Cancelling a receive leaves the connection and the message alone; cancelling a send drops the connection.
/// </summary>
public sealed class WebSocketConnection : ITransportConnection
{
    public const int DefaultMaxMessageBytes = 1024 * 1024;

    /// <summary>How long a goodbye waits for the peer before the socket is dropped.</summary>
    public static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly WebSocket _socket;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<TransportClose> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Whoever holds the receiver's place: ReceiveAsync, or CloseAsync while it waits for the peer's goodbye.
    private int _isReceiving;
    private readonly MessageBuffer _buffer;
    private Task<TransportReceive>? _pending;

    // Cancelled to drop the socket: not every stream under a socket wakes its readers and writers when it is disposed.
    private readonly CancellationTokenSource _dropped = new();
    private TransportClose? _said;

    /// <summary>Takes over the socket: it is disposed with the connection.</summary>
    public WebSocketConnection(WebSocket socket, int maxMessageBytes = DefaultMaxMessageBytes, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxMessageBytes);
        _socket = socket;
        _time = time ?? TimeProvider.System;
        _buffer = new MessageBuffer(maxMessageBytes);
    }

    /// <summary>Only a server wraps messages, so only the end that dialled takes binary ones.</summary>
    internal bool TakesBinary { get; init; }

    /// <summary>True once this end has dropped the socket: bytes that the peer never reads may still lie in what carries it.</summary>
    public bool IsDropped => _dropped.IsCancellationRequested;

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        try
        {
            using var dropping = cancellationToken.UnsafeRegister(static connection => ((WebSocketConnection)connection!).Drop(), this);
            await _socket.SendAsync(message, TypeOf(message.Span), endOfMessage: true, _dropped.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (SocketEnds.IsEnd(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new TransportException("The connection is gone.", inner: e);
        }
    }

    public async ValueTask<TransportReceive> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (!TryBecomeReceiver()) return TransportReceive.Closed(await _end.Task.WaitAsync(cancellationToken).ConfigureAwait(false));
        try
        {
            return await NextAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            StopReceiving();
        }
    }

    public async ValueTask CloseAsync(TransportClose close, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(CloseTimeout, _time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await SayAsync(close, deadline.Token).ConfigureAwait(false);
            await WaitForEndAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Drop();
        }
    }

    public ValueTask DisposeAsync()
    {
        // After an end it is only let go: to abort it would reset the connection under a goodbye that is still on its way.
        if (!_end.Task.IsCompleted) Drop();
        _socket.Dispose();
        if (TryBecomeReceiver() && _pending is null) _buffer.Clear();
        _end.TrySetResult(_said ?? SocketEnds.Lost);
        return ValueTask.CompletedTask;
    }

    // The read itself is never cancelled, only the wait for it: a WebSocket whose receive is cancelled is lost. The next caller finds the same read.
    private async ValueTask<TransportReceive> NextAsync(CancellationToken cancellationToken)
    {
        if (_pending is null)
        {
            var read = ReadMessageAsync();
            if (read.IsCompletedSuccessfully) return read.Result;
            _pending = read.AsTask();
        }

        var received = await _pending.WaitAsync(cancellationToken).ConfigureAwait(false);
        _pending = null;
        return received;
    }

    private async ValueTask<TransportReceive> ReadMessageAsync()
    {
        _buffer.Clear();
        if (_end.Task.IsCompleted) return Ended(_end.Task.Result);
        try
        {
            // An empty read waits for a frame without holding a buffer: an idle connection costs none. A browser has no such read.
            var room = OperatingSystem.IsBrowser() ? _buffer.Room() : Memory<byte>.Empty;
            while (true)
            {
                var part = await _socket.ReceiveAsync(room, _dropped.Token).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close) return Ended(await AnswerCloseAsync().ConfigureAwait(false));
                if (part.MessageType == WebSocketMessageType.Binary && !TakesBinary) return Ended(await RefuseAsync(SocketEnds.NotText).ConfigureAwait(false));

                _buffer.Advance(part.Count);
                if (_buffer.IsOverfull) return Ended(await RefuseAsync(SocketEnds.TooBig(_buffer.Bound)).ConfigureAwait(false));
                if (part.EndOfMessage) return TransportReceive.Of(_buffer.Written);
                room = _buffer.Room();
            }
        }
        catch (Exception e) when (SocketEnds.IsEnd(e))
        {
            return Ended(SocketEnds.Of(e));
        }
    }

    private async ValueTask<TransportClose> AnswerCloseAsync()
    {
        var close = SocketEnds.Of(_socket);
        using var timeout = new CancellationTokenSource(CloseTimeout, _time);
        if (_socket.State == WebSocketState.CloseReceived) await SayAsync(close, timeout.Token).ConfigureAwait(false);
        return close;
    }

    // The rest of what the peer is sending is read and dropped: closed over unread bytes, TCP would reset and the peer would never see why.
    private async ValueTask<TransportClose> RefuseAsync(TransportClose close)
    {
        using var timeout = new CancellationTokenSource(CloseTimeout, _time);
        await SayAsync(close, timeout.Token).ConfigureAwait(false);
        try
        {
            var scratch = _buffer.Scratch();
            while (_socket.State is WebSocketState.CloseSent)
                await _socket.ReceiveAsync(scratch, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (SocketEnds.IsEnd(e))
        {
            Drop();
        }

        return close;
    }

    private async ValueTask SayAsync(TransportClose close, CancellationToken cancellationToken)
    {
        if (_socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        if (Interlocked.CompareExchange(ref _said, close, null) is not null) return;
        if (close.Code == TransportClose.Lost)
        {
            Drop();
            return;
        }

        try
        {
            await _socket.CloseOutputAsync(SocketEnds.StatusOf(close), SocketEnds.ReasonOf(close), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (SocketEnds.IsEnd(e))
        {
            Drop();
        }
    }

    private async ValueTask WaitForEndAsync(CancellationToken cancellationToken)
    {
        if (!TryBecomeReceiver())
        {
            await _end.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            while (!(await NextAsync(cancellationToken).ConfigureAwait(false)).IsClosed) { }
        }
        finally
        {
            StopReceiving();
        }
    }

    private TransportReceive Ended(TransportClose close)
    {
        _buffer.Clear();
        _end.TrySetResult(_said ?? close);
        return TransportReceive.Closed(_end.Task.Result);
    }

    private static WebSocketMessageType TypeOf(ReadOnlySpan<byte> message) => message is [< 0x20, ..] ? WebSocketMessageType.Binary : WebSocketMessageType.Text;

    private void Drop()
    {
        _dropped.Cancel();
        _socket.Abort();
    }

    private bool TryBecomeReceiver() => Interlocked.Exchange(ref _isReceiving, 1) == 0;

    private void StopReceiving() => Volatile.Write(ref _isReceiving, 0);
}
