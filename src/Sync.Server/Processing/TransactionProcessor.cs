using Microsoft.Extensions.Logging;

namespace Sync.Server;

/// <summary>
/// Takes transactions in, decides them in one loop and commits them in groups. What a decision reads is loaded before the loop, by the one who submits;
/// the loop waits for its commits and, rarely, for what was missed.
/// </summary>
internal sealed class TransactionProcessor : IAsyncDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);

    private readonly Decider _decider;
    private readonly ITransactionStore _store;
    private readonly RecordSource _source;
    private readonly WriteAnswers _answers;
    private readonly SyncServerOptions _options;
    private readonly TimeProvider _time;
    private readonly TaskCreationOptions _completions;
    private readonly ILogger _logger;

    private readonly RecentDecisions _recent = new();
    private readonly ClientOrder _order = new();
    private readonly CommitFollower _follower;
    private readonly GroupCommit _group;
    private readonly CancellationTokenSource _stopping = new();

    private readonly WaitingSubmissions _waiting;
    private ITimer? _poll;
    private long _groupStarted;
    private Task _loop = Task.CompletedTask;

    public TransactionProcessor(Decider decider, ITransactionStore store, RecordSource source, Judge judge, SyncServerOptions options, TimeProvider time, FillRandom random, TaskCreationOptions completions, ILogger logger)
    {
        (_decider, _store, _source, _options, _time, _completions, _logger) = (decider, store, source, options, time, completions, logger);
        _answers = new WriteAnswers(judge, source);
        _follower = new CommitFollower(store, source, time, logger);
        _group = new GroupCommit(decider, store, source, _recent, _order, _follower, options, time, random, logger);
        _waiting = new WaitingSubmissions(options.MaxQueuedTransactions);
    }

    /// <summary>How long the loop has been at its present group; zero while it waits for work.</summary>
    public TimeSpan BusyFor => Interlocked.Read(ref _groupStarted) is var started and not 0 ? _time.GetElapsedTime(started) : TimeSpan.Zero;

    /// <param name="isShared">Whether others write to the store too: its log is then looked at on its hints, and now and then, since hints get lost.</param>
    public void Start(ICommitListener? listener, bool isShared = false)
    {
        _follower.Listener = listener;
        _source.OnBehind = _waiting.LookAtLog;
        _loop = RunAsync();
        if (!isShared) return;
        _store.Watch(_waiting.LookAtLog);
        _poll = _time.CreateTimer(_ => _waiting.LookAtLog(), null, _options.LogPoll, _options.LogPoll);
    }

    /// <summary>
    /// Decides a transaction and waits until it is durable. Transactions of one client are decided in the order of the calls. A rejection and a refusal are values.
    /// Giving up waiting does not take the transaction back.
    /// </summary>
    public async ValueTask<WriteResult> SubmitAsync(Caller caller, Transaction transaction, ClientSequence? client, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        if (Admission.Check(caller, transaction, client, _options, out var content) is { } refusal) return new WriteResult { Refusal = refusal };
        var outcome = await DecideAsync(new Proposal(caller, transaction, content, client), cancellationToken).ConfigureAwait(false);
        var result = await _answers.AnswerAsync(caller, transaction, outcome, cancellationToken).ConfigureAwait(false);
        SyncDiagnostics.WriteTime.Record(_time.GetElapsedTime(started).TotalSeconds);
        return result;
    }

    /// <summary>Writes into the change log that a user's sessions end. Returns why not, if it could not.</summary>
    public async ValueTask<Refusal?> TellSessionsEndAsync(string txId, string userId)
    {
        var entry = new Transaction { TxId = txId, Operations = [] };
        var outcome = await DecideAsync(new Proposal(SessionsEnd.Author, entry, entry.HashContent(), null) { EndsSessionsOf = userId }, CancellationToken.None).ConfigureAwait(false);
        return outcome.Refusal;
    }

    /// <summary>Takes nothing more in, decides what waits, and gives up on a store that does not answer in time.</summary>
    public async ValueTask DisposeAsync()
    {
        _source.OnBehind = null;
        if (_poll is not null) await _poll.DisposeAsync().ConfigureAwait(false);
        _waiting.End();
        try
        {
            await _loop.WaitAsync(DrainTime, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            await _loop.ConfigureAwait(false);
        }
    }

    private async ValueTask<Outcome> DecideAsync(Proposal proposal, CancellationToken cancellationToken)
    {
        var submission = new Submission(proposal, _completions);
        if (!_waiting.TryEnter())
        {
            if (proposal.Client is { } numbered) _order.Refused(numbered);
            return Outcome.Of(new Refusal(ErrorCodes.Busy, "Too many transactions wait to be decided.", _options.BusyRetryAfter));
        }

        _order.Enter(submission);
        await PrepareAsync(submission).ConfigureAwait(false);
        _order.Ready(submission, Enqueue);
        return await submission.Outcome.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Loads what the decision will read. What fails here is tried once more by the loop.</summary>
    private async ValueTask PrepareAsync(Submission submission)
    {
        try
        {
            submission.Earlier = await EarlierDecisions.AskAsync(_store, _recent, submission, _stopping.Token).ConfigureAwait(false);
            if (submission.Earlier.Receipt is null && !submission.Proposal.Transaction.Operations.All(operation => _source.TryGet(operation.Key, out _)))
                await RehearseAsync(submission.Proposal).ConfigureAwait(false);
        }
        catch (Exception fault) // A store may throw anything from a read.
        {
            if (!_stopping.IsCancellationRequested) _logger.StoreFailed(fault, "records were loaded for a transaction");
        }
    }

    /// <summary>Decides to find out what deciding needs.</summary>
    private async ValueTask RehearseAsync(Proposal proposal)
    {
        var snapshot = new WorkingSnapshot(_source);
        for (var round = 0; round < Judge.MaxRounds; round++)
        {
            if (_decider.Decide(proposal, snapshot, _time.GetUtcNow()) is not Decision.Needs needs) return;
            snapshot.Pin(await _source.SnapshotAsync(needs.Keys, needs.Lookups, _stopping.Token).ConfigureAwait(false));
        }
    }

    private void Enqueue(Submission submission)
    {
        if (!_waiting.TryAdd(submission)) submission.Complete(Outcome.Of(Stopped));
    }

    private async Task RunAsync()
    {
        while (await _waiting.WaitAsync().ConfigureAwait(false))
        {
            var group = _waiting.Take(_options.MaxTransactionsPerCommit, out var mustLook);
            if (mustLook) await CatchUpAsync().ConfigureAwait(false);
            if (group.Count == 0) continue;
            Interlocked.Exchange(ref _groupStarted, Math.Max(1, _time.GetTimestamp()));
            await _group.RunAsync(group, _waiting, _stopping.Token).ConfigureAwait(false);
            Interlocked.Exchange(ref _groupStarted, 0);
        }
    }

    private async ValueTask CatchUpAsync()
    {
        try
        {
            await _follower.CatchUpAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (Exception fault) // A store may throw anything from a read; whoever waits asks again.
        {
            if (!_stopping.IsCancellationRequested) _logger.StoreFailed(fault, "its log was read");
        }
    }

    private Refusal Stopped => new(ErrorCodes.Busy, "The server is stopping.", _options.BusyRetryAfter);
}
