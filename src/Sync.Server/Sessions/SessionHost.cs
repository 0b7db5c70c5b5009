using Microsoft.Extensions.Logging;

namespace Sync.Server;

/// <summary>All sessions of this node, and the publisher that feeds them.</summary>
internal sealed class SessionHost : ICommitListener, IAsyncDisposable
{
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly SessionContext _context;
    private readonly TokenSeal _seal;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _publishing;

    private readonly Lock _gate = new();
    private readonly Dictionary<Session, TaskCompletionSource> _sessions = [];
    private bool _isDraining;

    public SessionHost(ServerRooms rooms) : this(rooms, SessionLimits.Of(rooms.Options)) { }

    public SessionHost(ServerRooms rooms, SessionLimits limits)
    {
        var logger = rooms.Loggers.CreateLogger("Sync.Server.Sessions");
        var writes = new PendingWrites();
        _time = rooms.Time;
        _seal = new TokenSeal(rooms.StoreInfo.TokenKey);
        var publisher = new Publisher(rooms, limits, _seal, writes, EndAll, logger);
        var history = new History(rooms.Store, _seal);
        var loader = new SubscriptionLoader(rooms.Source, rooms.Judge, new ClaimReader(history, rooms.Judge));
        _context = new SessionContext(rooms, limits, publisher, loader, history, writes, new CheckpointEncoder(), logger);
        _publishing = publisher.RunAsync(_stopping.Token);
    }

    public SessionContext Context => _context;

    public int SessionCount
    {
        get { lock (_gate) return _sessions.Count; }
    }

    public int SubscriptionCount
    {
        get { lock (_gate) return _sessions.Keys.Sum(s => s.Subscriptions.Count); }
    }

    public void OnCommitted(IReadOnlyList<Commit> commits)
    {
        foreach (var userId in commits.Select(commit => commit.EndsSessionsOf).OfType<string>()) End(userId);
        _context.Publisher.OnCommitted(commits);
    }

    public void OnSkipped(Revision head) => _context.Publisher.OnSkipped(head);

    /// <summary>Speaks with one peer until either side ends it.</summary>
    public async Task<TransportClose> RunAsync(ITransportConnection connection, Caller caller, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        using var session = new Session(_context, connection, caller);
        if (!TryEnter(session))
        {
            var refused = new TransportClose(TransportClose.TryAgainLater, "the server is going away");
            await connection.CloseAsync(refused, cancellationToken).ConfigureAwait(false);
            return refused;
        }
        SessionLog.Started(_context.Logger, caller.UserId);
        try
        {
            var close = await session.RunAsync(expires, cancellationToken).ConfigureAwait(false);
            SessionLog.Ended(_context.Logger, caller.UserId, close.Code, close.Reason);
            return close;
        }
        finally
        {
            Leave(session);
        }
    }

    /// <summary>Closes every session that a user has here: they must sign in again.</summary>
    public void End(string userId)
    {
        foreach (var session in Sessions().Where(s => s.Caller.UserId == userId)) session.End(new TransportClose(TransportClose.NotSignedIn, "signed out"));
    }

    /// <summary>Reads every subscription again, so that its digest goes to its client: a simulator need not wait for <see cref="SessionLimits.VerifyEvery"/>.</summary>
    public void VerifyNow()
    {
        foreach (var session in Sessions()) session.Subscriptions.VerifyAll();
    }

    /// <summary>Takes no new sessions, sends those there are away, and waits a bounded time for them to go.</summary>
    public async ValueTask DrainAsync(TimeSpan retryAfter)
    {
        Task[] leaving;
        lock (_gate)
        {
            _isDraining = true;
            leaving = [.. _sessions.Values.Select(s => s.Task)];
        }
        foreach (var session in Sessions()) session.End(new TransportClose(TransportClose.GoingAway, "the server is going away"), new ServerMessage.Drain(retryAfter));
        try
        {
            await Task.WhenAll(leaving).WaitAsync(DrainTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            foreach (var session in Sessions()) session.Abort();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DrainAsync(DefaultRetryAfter).ConfigureAwait(false);
        _context.Publisher.Stop();
        try
        {
            await _publishing.ConfigureAwait(false);
        }
        catch (OperationCanceledException) { }
        _seal.Dispose();
        _stopping.Dispose();
    }

    private void EndAll(TransportClose close)
    {
        foreach (var session in Sessions()) session.End(close);
    }

    private Session[] Sessions()
    {
        lock (_gate) return [.. _sessions.Keys];
    }

    private bool TryEnter(Session session)
    {
        lock (_gate) return !_isDraining && _sessions.TryAdd(session, new TaskCompletionSource());
    }

    private void Leave(Session session)
    {
        TaskCompletionSource? gone;
        lock (_gate) _sessions.Remove(session, out gone);
        gone?.TrySetResult();
    }
}
