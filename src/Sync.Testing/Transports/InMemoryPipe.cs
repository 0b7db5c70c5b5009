namespace Sync.Testing;

/// <summary>
/// One direction of an in-memory connection: messages in order, at most so many at once. Whoever waits on either side is resumed on the stack of the one
/// who ended the wait. (A bounded channel resumes its writers on the thread pool, whatever its options say.)
/// </summary>
internal sealed class InMemoryPipe(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _messages = [];
    private TaskCompletionSource? _reader;
    private TaskCompletionSource? _writer;
    private bool _isClosed;

    /// <summary>False when the pipe is closed.</summary>
    public async ValueTask<bool> WriteAsync(byte[] message, CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource? reader;
            TaskCompletionSource? room = null;
            lock (_gate)
            {
                if (_isClosed) return false;
                if (_messages.Count < capacity)
                {
                    _messages.Enqueue(message);
                    (reader, _reader) = (_reader, null);
                }
                else
                {
                    reader = null;
                    room = _writer ??= new TaskCompletionSource();
                }
            }
            if (room is null)
            {
                reader?.TrySetResult();
                return true;
            }
            await WaitAsync(room, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The next message; null when the pipe is closed and empty.</summary>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            byte[]? message;
            TaskCompletionSource? writer = null;
            TaskCompletionSource? arrival = null;
            lock (_gate)
            {
                if (_messages.TryDequeue(out message)) (writer, _writer) = (_writer, null);
                else if (_isClosed) return null;
                else arrival = _reader ??= new TaskCompletionSource();
            }
            if (arrival is null)
            {
                writer?.TrySetResult();
                return message;
            }
            await WaitAsync(arrival, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Close()
    {
        TaskCompletionSource? reader, writer;
        lock (_gate)
        {
            _isClosed = true;
            (reader, writer) = (_reader, _writer);
            (_reader, _writer) = (null, null);
        }
        reader?.TrySetResult();
        writer?.TrySetResult();
    }

    private async ValueTask WaitAsync(TaskCompletionSource signal, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister((_, token) => Cancel(signal, token), null);
        await signal.Task.ConfigureAwait(false);
    }

    // A wait that was given up must not be the one that the next signal goes to.
    private void Cancel(TaskCompletionSource signal, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_reader, signal)) _reader = null;
            if (ReferenceEquals(_writer, signal)) _writer = null;
        }
        signal.TrySetCanceled(cancellationToken);
    }
}
