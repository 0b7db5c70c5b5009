using System.Threading.Channels;

namespace Sync.Client;

/// <summary>
/// The one loop: takes what happened, asks <see cref="ConnectionMachine"/> what follows, and does it. Dials, links and timers say what happened by
/// posting; what belongs to a dial or link that has been given up is dropped by its number.
/// </summary>
internal sealed class ConnectionLoop
{
    private readonly ClientHeart _heart;
    private readonly ITransport _transport;
    private readonly Func<SyncUser> _user;
    private readonly SyncClientOptions _options;
    private readonly TimeProvider _time;
    private readonly Chance _chance;
    private readonly ClientLog _log;
    private readonly Action<ConnectionState> _changed;

    // Few can be waiting: one result of a dial, one end of a link, one elapsed time, and nudges, of which one at a time is let in.
    private readonly Channel<Posted> _inbox = Channel.CreateUnbounded<Posted>(new() { SingleReader = true, AllowSynchronousContinuations = true });
    private int _hasNudge;

    // Only the loop touches these.
    private readonly List<Task> _ending = [];
    private ConnectionPhase _phase = ConnectionPhase.Offline.Instance;
    private int _attempt;
    private CancellationTokenSource? _dialling;
    private ITransportConnection? _connected;
    private ConnectionLink? _link;
    private ITimer? _timer;
    private Task _running = Task.CompletedTask;

    public ConnectionLoop(ClientHeart heart, ITransport transport, Func<SyncUser> user, SyncClientOptions options, TimeProvider time, Chance chance, ClientLog log, Action<ConnectionState> changed) =>
        (_heart, _transport, _user, _options, _time, _chance, _log, _changed) = (heart, transport, user, options, time, chance, log, changed);

    public void Start()
    {
        _running = RunAsync();
        Post(new ConnectionEvent.Started());
    }

    public void Nudge()
    {
        if (Interlocked.Exchange(ref _hasNudge, 1) == 0) Post(new ConnectionEvent.Nudged());
    }

    /// <summary>Ends the connection and waits until nothing runs any more.</summary>
    public async Task StopAsync()
    {
        Post(new ConnectionEvent.Stopped());
        _inbox.Writer.TryComplete();
        await _running.ConfigureAwait(false);
    }

    private bool Post(ConnectionEvent happened, int? attempt = null, ITransportConnection? connection = null) =>
        _inbox.Writer.TryWrite(new Posted(happened, attempt, connection));

    private async Task RunAsync()
    {
        await foreach (var posted in _inbox.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (posted.Happened is ConnectionEvent.Nudged) Volatile.Write(ref _hasNudge, 0);
            if (posted.Attempt is { } attempt && attempt != _attempt)
            {
                if (posted.Connection is { } late) _ending.Add(late.DisposeAsync().AsTask());
                continue;
            }
            if (posted.Happened is ConnectionEvent.Connected or ConnectionEvent.DialFailed) EndDial();
            _connected = posted.Connection ?? _connected;
            var before = _phase.State;
            var (next, effects) = ConnectionMachine.Step(_phase, posted.Happened, _chance.NextDouble());
            _phase = next;
            _log.ConnectionStepped(before, next.State, posted.Happened);
            foreach (var effect in effects) Act(effect);
            _ending.RemoveAll(task => task.IsCompleted);
            if (before != next.State) _changed(next.State);
        }
        await Task.WhenAll(_ending).ConfigureAwait(false);
        if (_timer is { } timer) await timer.DisposeAsync().ConfigureAwait(false);
    }

    private void Act(ConnectionEffect effect)
    {
        switch (effect)
        {
            case ConnectionEffect.Dial:
                _dialling = new CancellationTokenSource(_options.DialTimeout, _time);
                _ending.Add(DialAsync(++_attempt, _dialling.Token));
                break;
            case ConnectionEffect.Open:
                var opened = _attempt;
                _link = new ConnectionLink(_connected!, _heart, _time, _log, happened => _ = Post(happened, opened));
                _connected = null;
                _link.Start();
                break;
            case ConnectionEffect.HangUp hangUp:
                HangUp(hangUp.Close);
                break;
            case ConnectionEffect.Wait wait:
                _timer ??= _time.CreateTimer(_ => Post(new ConnectionEvent.TimeElapsed()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _timer.Change(wait.Delay, Timeout.InfiniteTimeSpan);
                break;
            case ConnectionEffect.StopWaiting:
                _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect, "Not an effect.");
        }
    }

    private void HangUp(TransportClose close)
    {
        _attempt++;
        _dialling?.Cancel();
        EndDial();
        if (_connected is { } unused) _ending.Add(unused.DisposeAsync().AsTask());
        _connected = null;
        if (_link is not { } link) return;
        _link = null;
        _ending.Add(link.EndAsync(close));
        _heart.End();
    }

    private void EndDial()
    {
        _dialling?.Dispose();
        _dialling = null;
    }

    private async Task DialAsync(int attempt, CancellationToken giveUp)
    {
        var status = 0;
        try
        {
            SyncDiagnostics.Dials.Add(1);
            var token = _user().AccessToken is { } ask ? await ask(giveUp).ConfigureAwait(false) : null;
            var connection = await _transport.ConnectAsync(new TransportRequest(_options.Server!, token), giveUp).ConfigureAwait(false);
            if (!Post(new ConnectionEvent.Connected(), attempt, connection)) await connection.DisposeAsync().ConfigureAwait(false);
            return;
        }
        catch (TransportException failure)
        {
            status = failure.Status;
            _log.DialFailed(failure.Status, failure);
        }
        catch (Exception failure) // The app's token callback may throw anything; whatever it is, there is no connection and the next dial asks again.
        {
            _log.DialFailed(0, failure);
        }
        Post(new ConnectionEvent.DialFailed(status), attempt);
    }

    private readonly record struct Posted(ConnectionEvent Happened, int? Attempt, ITransportConnection? Connection);
}
