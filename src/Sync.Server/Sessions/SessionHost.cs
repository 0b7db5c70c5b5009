using Microsoft.Extensions.Logging;

namespace Sync.Server;

/// <summary>All sessions of this node, and the publisher that feeds them.</summary>
internal sealed class SessionHost : ICommitListener, IAsyncDisposable
{
    /// <summary>How long a session that is sent away may wait for the receipts of what it has taken in.</summary>
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long the sessions that were ended then may take to be gone.</summary>
    private static readonly TimeSpan GoneTimeout = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _retryAfter;

    private readonly TimeProvider _time;
    private readonly SessionContext _context;
    private readonly TokenSeal _seal;
    private readonly SharedQueries _queries;
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
        (_time, _retryAfter) = (rooms.Time, rooms.Options.BusyRetryAfter);
        _seal = new TokenSeal(rooms.StoreInfo.TokenKey);
        var publisher = new Publisher(rooms, limits, _seal, writes, EndAll, logger);
        var history = new History(rooms.Store, _seal);
        _queries = new SharedQueries(rooms.Source, rooms.Time, rooms.RunsInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        var loader = new SubscriptionLoader(rooms.Source, _queries, rooms.Judge, new ClaimReader(history, rooms.Judge));
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
        foreach (var commit in commits)
        {
            if (commit.EndsSessionsOf is { } userId) End(userId, commit.NotBefore);
        }
        _queries.OnCommitted(commits);
        _context.Publisher.OnCommitted(commits);
    }

    public void OnSkipped(Revision head)
    {
        _queries.OnSkipped(head);
        _context.Publisher.OnSkipped(head);
    }

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

    /// <summary>
    /// Closes every session that a user has here: they must sign in again. Of one that began later than <paramref name="before"/> nobody knows whether that was ahead of the end, or whether
    /// it is the client that has signed in again: it is only sent to come back, which it can do with a sign-in that is good.
    /// </summary>
    public void End(string userId, long before = long.MaxValue)
    {
        foreach (var session in Sessions().Where(s => s.Caller.UserId == userId))
            session.End(session.BeganAt < before ? new TransportClose(TransportClose.NotSignedIn, "signed out") : new TransportClose(TransportClose.TryAgainLater, "sign in again"));
    }

    /// <summary>Reads every subscription again, so that its digest goes to its client: a simulator need not wait for <see cref="SessionLimits.VerifyEvery"/>.</summary>
    public void VerifyNow()
    {
        foreach (var session in Sessions()) session.Subscriptions.VerifyAll();
    }

    /// <summary>
    /// Takes no new sessions and sends those there are away, each once the receipts of what it has taken in are sent, so that its client need not send that again elsewhere. Waits a bounded
    /// time for them to go.
    /// </summary>
    public async ValueTask DrainAsync(TimeSpan retryAfter)
    {
        var close = new TransportClose(TransportClose.GoingAway, "the server is going away");
        var last = new ServerMessage.Drain(retryAfter);
        Task leaving;
        lock (_gate)
        {
            _isDraining = true;
            leaving = Task.WhenAll(_sessions.Values.Select(s => s.Task));
        }
        foreach (var session in Sessions()) session.Leave(close, last);
        if (await HasEndedAsync(leaving, LeaveTimeout).ConfigureAwait(false)) return;

        foreach (var session in Sessions()) session.End(close, last);
        if (await HasEndedAsync(leaving, GoneTimeout).ConfigureAwait(false)) return;
        foreach (var session in Sessions()) session.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        await DrainAsync(_retryAfter).ConfigureAwait(false);
        _context.Publisher.Stop();
        try
        {
            await _publishing.ConfigureAwait(false);
        }
        catch (OperationCanceledException) { }
        _seal.Dispose();
        _stopping.Dispose();
    }

    private async ValueTask<bool> HasEndedAsync(Task task, TimeSpan timeout)
    {
        try
        {
            await task.WaitAsync(timeout, _time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
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
