using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Sync.Server;

/// <summary>
/// The one loop that carries commits to sessions, in revision order. It decides who gets what and puts it into outboxes; it never waits for a socket.
/// Whoever wants to be part of the stream, such as a load that is ready, asks this loop, so nothing here needs a lock.
/// </summary>
/// <remarks>
/// What is sent was judged on the state of the revision that it is sent at. The rules run on the newest state, which may be ahead of the commits
/// that are being published; where one of those ahead touched what a rule looked at, it is published in the same step and the rules run again.
/// So a record that was cleaned first and shared then is never seen dirty.
/// </remarks>
internal sealed class Publisher : ICommitListener
{
    private const int MaxCommitsPerStep = 1024;
    private const int MaxWaitingCommits = 1 << 16;
    private const int MaxRounds = 16;

    private readonly ServerRooms _rooms;
    private readonly TokenSeal _seal;
    private readonly PendingWrites _writes;
    private readonly Action<TransportClose> _endAll;
    private readonly ILogger _logger;
    private readonly Channel<PublisherEntry> _inbox;

    // The loop only.
    private readonly Queue<Commit> _commits = [];
    private readonly List<(PendingWrite Write, WriteResult Result, Revision At)> _decided = [];
    private readonly HashSet<Session> _touched = [];
    private readonly JoinQueue _joins;
    private RecentCommits _recent;
    private Revision _newest;
    private Revision _position;
    private ulong? _mark;
    private ulong _salt;
    private bool _hasSkipped;

    public Publisher(ServerRooms rooms, SessionLimits limits, TokenSeal seal, PendingWrites writes, Action<TransportClose> endAll, ILogger logger)
    {
        (_rooms, _seal, _writes, _endAll, _logger) = (rooms, seal, writes, endAll, logger);
        _position = _newest = rooms.StoreInfo.Head;
        _recent = new RecentCommits(_position);
        _salt = RandomSalt(rooms.Random);
        _joins = new JoinQueue(rooms.Judge, Router, limits);
        _inbox = Channel.CreateUnbounded<PublisherEntry>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = rooms.RunsInline });
    }

    public Router Router { get; } = new();

    public void OnCommitted(IReadOnlyList<Commit> commits) => Tell(new PublisherEntry.Committed(commits));

    public void OnSkipped(Revision head) => Tell(new PublisherEntry.Skipped(head));

    public void Tell(PublisherEntry entry) => _inbox.Writer.TryWrite(entry);

    public void Stop() => _inbox.Writer.TryComplete();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await _inbox.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await PublishAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // A publisher that stopped would leave every session stale without a word: end them, they come back and load afresh.
                SessionLog.PublisherFailed(_logger, error);
                StartAgain();
            }
        }
    }

    private async ValueTask PublishAsync(CancellationToken cancellationToken)
    {
        do
        {
            Receive();
            if (_hasSkipped) StartAgain();
            if (_commits.Count > 0) await StepAsync(cancellationToken).ConfigureAwait(false);
            await JoinAsync(cancellationToken).ConfigureAwait(false);
            Decide();
            WakeTouched();
        }
        while (_commits.Count > 0 || _hasSkipped || _joins.HasReady(_position) || _inbox.Reader.TryPeek(out _));
    }

    private void Receive()
    {
        while (_inbox.Reader.TryRead(out var entry))
        {
            switch (entry)
            {
                case PublisherEntry.Committed committed:
                    foreach (var commit in committed.Commits) _commits.Enqueue(commit);
                    if (committed.Commits.Count > 0) _newest = committed.Commits[^1].Revision;
                    break;
                case PublisherEntry.Skipped skipped: (_newest, _hasSkipped) = (skipped.Head, true); break;
                case PublisherEntry.Loaded loaded: _joins.Add(loaded.Rows); break;
                case PublisherEntry.Decided decided: Take(decided); break;
                case PublisherEntry.Verify verify: Verify(verify.Subscription); break;
                case PublisherEntry.Closed closed: Router.Remove(closed.Subscription); break;
                default: throw new InvalidOperationException($"No case for {entry}.");
            }
        }
        if (_commits.Count > MaxWaitingCommits) throw new InvalidOperationException("More commits wait to be published than are kept.");
    }

    private async ValueTask StepAsync(CancellationToken cancellationToken)
    {
        var (step, plan) = await PlanAsync(cancellationToken).ConfigureAwait(false);
        foreach (var commit in step.Commits) _recent.Add(commit);
        (_position, _mark) = (step.Revision, step.Commits[^1].Mark);
        var token = NewToken();
        foreach (var work in plan.Sessions) Publish(work, token);
        foreach (var subscription in plan.Stale) Refresh(subscription);
    }

    private async ValueTask<(Step Step, StepPlan Plan)> PlanAsync(CancellationToken cancellationToken)
    {
        var step = new Step();
        var writes = new Dictionary<TransactionId, IReadOnlyList<PendingWrite>>();
        for (var taken = MaxCommitsPerStep; taken > 0 && _commits.TryDequeue(out var commit); taken--) step.Add(commit);
        for (var round = 1; ; round++)
        {
            var plan = StepPlan.Of(step, Router, WritesOf);
            var judgedAt = await JudgeAsync(plan, cancellationToken).ConfigureAwait(false);
            await ReceiveUntilAsync(judgedAt, cancellationToken).ConfigureAwait(false);
            var ahead = ChangesUntil(judgedAt);
            var overtaken = ahead.Length == 0 ? [] : plan.Sessions.Where(w => w.IsTouchedBy(ahead)).ToList();
            if (overtaken.Count == 0) return (step, plan);
            if (round == MaxRounds)
            {
                foreach (var work in overtaken) work.HasFailed = true;
                return (step, plan);
            }
            while (_commits.TryPeek(out var next) && next.Revision <= judgedAt) step.Add(_commits.Dequeue());
        }

        IReadOnlyList<PendingWrite> WritesOf(TransactionId id)
        {
            if (!writes.TryGetValue(id, out var found)) writes[id] = found = _writes.Take(id);
            return found;
        }
    }

    private async ValueTask<Revision> JudgeAsync(StepPlan plan, CancellationToken cancellationToken)
    {
        var judgedAt = Revision.None;
        foreach (var work in plan.Sessions)
        {
            try
            {
                await work.JudgeAsync(_rooms.Judge, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // A store's fault, of any type. This session cannot be told what it is owed; the others can.
                SessionLog.JudgingFailed(_logger, error);
                work.HasFailed = true;
            }
            if (work.JudgedAt > judgedAt) judgedAt = work.JudgedAt;
        }
        return judgedAt;
    }

    // The newest state is ahead of what was heard only while a commit is on its way here.
    private async ValueTask ReceiveUntilAsync(Revision revision, CancellationToken cancellationToken)
    {
        Receive();
        while (_newest < revision && await _inbox.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false)) Receive();
    }

    private RecordChange[] ChangesUntil(Revision revision) => [.. _commits.TakeWhile(c => c.Revision <= revision).SelectMany(c => c.Changes)];

    private void Publish(SessionWork work, Token token)
    {
        var session = work.Session;
        _touched.Add(session);
        if (work.HasFailed)
        {
            session.End(new TransportClose(TransportClose.TryAgainLater, "busy"));
            return;
        }
        var publication = new Publication(token);
        var told = new List<RowChange>(1);
        foreach (var (subscription, record) in work.Arrivals)
        {
            if (subscription.IsClosed) continue;
            Router.AddDependencies(subscription, work.DependenciesOf(subscription));
            Note(subscription, work.Seen(record) is { } seen ? subscription.Rows.Put(seen, told) : subscription.Rows.Remove(record.Id, told));
        }
        foreach (var (subscription, id) in work.Departures) Note(subscription, subscription.Rows.Remove(id, told));
        foreach (var (write, touched) in work.Writes) publication.Effects.Add(work.EffectsOf(write, touched));
        if (!publication.IsEmpty) session.Post(publication);

        void Note(Subscription subscription, bool isExact)
        {
            foreach (var row in told) publication.Rows.Add((subscription, row));
            told.Clear();
            if (!isExact) Refresh(subscription);
        }
    }

    private static void Refresh(Subscription subscription)
    {
        if (subscription.IsLoading || subscription.IsClosed) return;
        subscription.IsLoading = true;
        subscription.Session.Subscriptions.Load(subscription);
    }

    private static void Verify(Subscription subscription)
    {
        if (!subscription.HasJoined || subscription.IsLoading || subscription.IsClosed) return;
        subscription.IsToBeVerified = true;
        Refresh(subscription);
    }

    private async ValueTask JoinAsync(CancellationToken cancellationToken)
    {
        if (!_joins.HasReady(_position)) return;
        _mark ??= await HeadMarkAsync(cancellationToken).ConfigureAwait(false);

        // A new one for the same place: by one that it has already a session would learn that nothing happened since, nor what it may not see.
        var token = NewToken();
        foreach (var loaded in _joins.TakeReady(_position))
        {
            var session = loaded.Subscription.Session;
            _touched.Add(session);
            try
            {
                var change = await _joins.PrepareAsync(loaded, _recent, cancellationToken).ConfigureAwait(false);
                await ReceiveUntilAsync(change?.JudgedAt ?? Revision.None, cancellationToken).ConfigureAwait(false);
                if (change is null) session.Subscriptions.Load(loaded.Subscription);
                else if (change.Dependencies.AreTouchedBy(ChangesUntil(change.JudgedAt))) _joins.Add(loaded);
                else _joins.Join(change, token);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                SessionLog.JudgingFailed(_logger, error);
                session.End(new TransportClose(TransportClose.TryAgainLater, "busy"));
            }
        }
    }

    // A commit of this transaction that is yet to be published brings its effects, and the receipt waits for them. Else it was decided before, or
    // changed nothing: then it goes as soon as the stream has reached the state that its records were read at.
    private void Take(PublisherEntry.Decided decided)
    {
        var (write, result) = decided;
        if (result.IsAccepted && result.Revision > _position) return;
        _decided.Add((write, result, result.ReadAt));
    }

    private void Decide()
    {
        for (var i = 0; i < _decided.Count; i++)
        {
            var (write, result, at) = _decided[i];
            if (at > _position) continue;
            _decided.RemoveAt(i--);
            _writes.Remove(write);
            write.Session.Outbox.Decide(write, result);
            _touched.Add(write.Session);
        }
    }

    // May run the session, its client and more on this stack: last, and over a copy.
    private void WakeTouched()
    {
        if (_touched.Count == 0) return;
        var touched = _touched.ToArray();
        _touched.Clear();
        foreach (var session in touched) session.Wake();
    }

    private void StartAgain()
    {
        _endAll(new TransportClose(TransportClose.TryAgainLater, "busy"));
        _position = _newest;
        _recent = new RecentCommits(_position);
        _mark = null;
        _hasSkipped = false;
        _commits.Clear();
        _decided.Clear();
        _joins.Clear();
        _touched.Clear();
    }

    private Token NewToken() => _mark is { } mark ? _seal.Seal(_position, mark, ++_salt) : Token.None;

    private static ulong RandomSalt(FillRandom random)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        random(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    private async ValueTask<ulong?> HeadMarkAsync(CancellationToken cancellationToken)
    {
        if (_position == Revision.None) return null;
        try
        {
            var page = await _rooms.Store.ReadLogAsync(new Revision(_position.Value - 1), 1, cancellationToken).ConfigureAwait(false);
            return page.Entries is [var head, ..] && head.Revision == _position ? head.Mark : null;
        }
        catch (Exception error) when (error is not OperationCanceledException) // A store's fault, of any type. Without a token clients come back a longer way; without a publisher they would wait for ever.
        {
            SessionLog.HeadNotRead(_logger, error);
            return null;
        }
    }
}
