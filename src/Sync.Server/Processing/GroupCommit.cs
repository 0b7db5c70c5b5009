using Microsoft.Extensions.Logging;

namespace Sync.Server;

/// <summary>
/// Decides a group of transactions one after the other over one working snapshot and commits them in one storage transaction. Runs in the processor's loop,
/// one group at a time.
/// </summary>
internal sealed class GroupCommit(
    Decider decider, ITransactionStore store, RecordSource source, RecentDecisions recent, ClientOrder order, CommitFollower follower, SyncServerOptions options, TimeProvider time, FillRandom random, ILogger logger)
{
    /// <summary>Most times that a group is decided again because it was lost, or because its outcome was not known.</summary>
    private const int MaxTries = 10;

    private static readonly TimeSpan ReadBackDelay = TimeSpan.FromMilliseconds(200);

    private readonly Contention _contention = new();

    /// <param name="group">What waits, in order.</param>
    /// <param name="waiting">What has come meanwhile: asked when the turn to commit has come, which may be long after.</param>
    /// <param name="stopping">Gives up.</param>
    public async ValueTask RunAsync(IReadOnlyList<Submission> group, WaitingSubmissions waiting, CancellationToken stopping)
    {
        List<Submission> open = [.. group.Where(submission => !IsHeldBack(submission))];
        try
        {
            await DecideUntilCommittedAsync(open, waiting, stopping).ConfigureAwait(false);
        }
        catch (Exception fault) // A store may throw anything from a read, and our own bugs must not leave every writer waiting. What was decided is found again by its receipt.
        {
            if (!stopping.IsCancellationRequested) logger.StoreFailed(fault, "a group of transactions was decided");
            foreach (var submission in open) RefuseBusy(submission);
        }
    }

    private async ValueTask DecideUntilCommittedAsync(List<Submission> open, WaitingSubmissions waiting, CancellationToken stopping)
    {
        var tries = 1;
        while (open.Count > 0 && tries <= MaxTries)
        {
            var (draft, answer) = await TryAsync(open, waiting, stopping).ConfigureAwait(false);
            switch (answer)
            {
                case null:
                    Complete(draft.Outcomes);
                    return;

                case CommitAnswer.Committed committed:
                    await PublishAsync(draft, committed, stopping).ConfigureAwait(false);
                    return;

                case CommitAnswer.Lost lost:
                    logger.CommitLost(draft.EntryCount, tries);
                    await TakeInAsync(lost, draft, isFirst: tries++ == 1, stopping).ConfigureAwait(false);
                    break;

                case CommitAnswer.Blocked { EntryIndexes.Count: > 0 } blocked:
                    SendAwayBlocked(open, draft, blocked.EntryIndexes);
                    break;

                case CommitAnswer.Refused refused when draft.SubmissionOf(refused.EntryIndex) is { BrokenConstraint: null } submission:
                    submission.BrokenConstraint = refused.ConstraintName ?? "(not named)";
                    logger.ConstraintBroken(submission.BrokenConstraint);
                    break;

                case CommitAnswer.Unknown unknown:
                    logger.CommitUnknown(draft.EntryCount, unknown.Reason);
                    tries++;
                    await ReadBackAsync(open, stopping).ConfigureAwait(false);
                    break;

                case CommitAnswer.Unavailable unavailable:
                    logger.StoreUnavailable(unavailable.Reason);
                    Complete(draft.OutcomesWithoutCommit);
                    return;

                case var other:
                    throw new InvalidOperationException($"The store answered a commit by {other}, which makes no sense here.");
            }
        }

        if (open.Count == 0) return;
        logger.StoreUnavailable($"A group was decided {MaxTries} times and never committed.");
        foreach (var submission in open) RefuseBusy(submission);
    }

    /// <summary>Decides and commits, in the store's turn where others write too. No answer where there is nothing to commit.</summary>
    private async ValueTask<(GroupDraft Draft, CommitAnswer? Answer)> TryAsync(List<Submission> open, WaitingSubmissions waiting, CancellationToken stopping)
    {
        var turn = _contention.IsOn ? await store.TakeTurnAsync(stopping).ConfigureAwait(false) : null;
        try
        {
            var between = turn is null ? [] : await follower.TakeInAsync(turn.Head, stopping).ConfigureAwait(false);
            var waited = open.Count;
            // Who asks meanwhile to look at the log means nothing newer: nobody else commits while the turn is held.
            if (turn is not null) open.AddRange(waiting.Take(options.MaxTransactionsPerCommit - open.Count, out _).Where(submission => !IsHeldBack(submission)));
            var expected = source.Head.Next;
            var draft = await DecideAsync(open, stopping).ConfigureAwait(false);
            if (draft.EntryCount == 0) return (draft, null);

            var answer = await CommitAsync(draft, turn, stopping).ConfigureAwait(false);
            if (answer is CommitAnswer.Lost) _contention.Lost();
            if (answer is CommitAnswer.Committed committed)
                _contention.Committed(wouldHaveBeenLost: draft.Snapshot.IsTouchedBy(between), isCrowded: turn is null ? committed.First > expected && waiting.ReadyCount > 0 : between.Count > 0 && open.Count > waited);
            return (draft, answer);
        }
        finally
        {
            if (turn is not null) await GiveBackAsync(turn).ConfigureAwait(false);
        }
    }

    private async ValueTask GiveBackAsync(ICommitTurn turn)
    {
        try
        {
            await turn.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception fault) // A store may throw anything. The turn ends with its connection at the latest, and what was answered stands.
        {
            logger.StoreFailed(fault, "the turn to commit was given back");
        }
    }

    /// <summary>Mostly the log tells what the others wrote, with the records. What it does not explain is read again from the store, at the second loss at the latest.</summary>
    private async ValueTask TakeInAsync(CommitAnswer.Lost lost, GroupDraft draft, bool isFirst, CancellationToken stopping)
    {
        var known = source.Head;
        await follower.CatchUpAsync(stopping).ConfigureAwait(false);
        if (!isFirst || source.Head == known) source.Forget(lost.Keys, draft.Snapshot.Lookups);
    }

    /// <summary>Sends away those whose records somebody holds, with what is behind them in the queue of the same client.</summary>
    private void SendAwayBlocked(List<Submission> open, GroupDraft draft, IReadOnlyCollection<int> entryIndexes)
    {
        logger.CommitBlocked(entryIndexes.Count, draft.EntryCount);
        var blocked = entryIndexes.Select(draft.SubmissionOf).ToHashSet();
        var clients = new HashSet<string>(StringComparer.Ordinal);
        var left = new List<Submission>(open.Count);
        foreach (var submission in open)
        {
            var client = submission.Client?.ClientId;
            var mustWait = blocked.Contains(submission) || (client is not null && clients.Contains(client));
            if (!mustWait)
            {
                left.Add(submission);
                continue;
            }
            if (client is not null) clients.Add(client);
            Count(null);
            RefuseBusy(submission);
        }
        open.Clear();
        open.AddRange(left);
    }

    private async ValueTask<GroupDraft> DecideAsync(IReadOnlyList<Submission> open, CancellationToken stopping)
    {
        var draft = new GroupDraft(source, recent, random);
        var heldBack = new HashSet<string>(StringComparer.Ordinal);
        foreach (var submission in open)
        {
            var client = submission.Client?.ClientId;
            var decision = client is not null && heldBack.Contains(client)
                ? new Decision.Refused(Busy())
                : await DecideAsync(submission, draft, stopping).ConfigureAwait(false);
            if (client is not null && decision is Decision.Refused { Refusal.RetryAfter.Ticks: > 0 }) heldBack.Add(client);
            draft.Add(submission, decision);
        }
        return draft;
    }

    private async ValueTask<Decision> DecideAsync(Submission submission, GroupDraft draft, CancellationToken stopping)
    {
        var now = Now();
        for (var round = 0; ; round++)
        {
            if (draft.ProposalOf(submission) is not { } proposal)
            {
                submission.Earlier = await EarlierDecisions.AskAsync(store, recent, submission, stopping).ConfigureAwait(false);
                continue;
            }

            switch (Decide(proposal, draft.Snapshot, now, isLastRound: round >= Judge.MaxRounds))
            {
                case Decision.Needs when round > Judge.MaxRounds:
                    return new Decision.Refused(Busy());
                case Decision.Needs needs:
                    SyncDiagnostics.LoopLoads.Add(1);
                    draft.Snapshot.Pin(await source.SnapshotAsync(needs.Keys, needs.Lookups, follower.ReachAsync, stopping).ConfigureAwait(false));
                    break;
                case Decision.Accepted when submission.BrokenConstraint is not null:
                    return new Decision.Rejected(Rejection.Of(proposal, now, ErrorCodes.Constraint, "A constraint of the database does not hold for this change."));
                case var decision:
                    return decision;
            }
        }
    }

    private Decision Decide(Proposal proposal, WorkingSnapshot snapshot, DateTimeOffset now, bool isLastRound)
    {
        try
        {
            return decider.Decide(proposal, snapshot, now, isLastRound);
        }
        catch (Exception fault) // The app's own checks run in there: one bad transaction must not refuse its neighbours.
        {
            logger.DecisionFailed(fault);
            return new Decision.Refused(new Refusal(ErrorCodes.Internal, "The transaction could not be decided."));
        }
    }

    private async ValueTask<CommitAnswer> CommitAsync(GroupDraft draft, ICommitTurn? turn, CancellationToken stopping)
    {
        using var activity = SyncDiagnostics.Activities.StartActivity("sync.commit");
        activity?.SetTag("sync.transactions", draft.EntryCount);
        var started = time.GetTimestamp();
        CommitAnswer answer;
        try
        {
            var batch = draft.ToBatch();
            answer = await (turn?.CommitAsync(batch, stopping) ?? store.CommitAsync(batch, stopping)).ConfigureAwait(false);
        }
        catch (Exception fault) // Whatever a store throws from a commit, it may have taken effect.
        {
            answer = new CommitAnswer.Unknown($"The store threw {fault.GetType().Name}.");
        }

        SyncDiagnostics.CommitTime.Record(time.GetElapsedTime(started).TotalSeconds);
        SyncDiagnostics.BatchSize.Record(draft.EntryCount);
        SyncDiagnostics.Commits.Add(1, new("answer", answer.GetType().Name), new("turn", turn is not null));
        return answer;
    }

    private async ValueTask PublishAsync(GroupDraft draft, CommitAnswer.Committed committed, CancellationToken stopping)
    {
        var (commits, receipts) = draft.Number(committed);
        foreach (var (receipt, position) in receipts) recent.Remember(receipt, position);
        await follower.PublishAsync(commits, stopping).ConfigureAwait(false);
        Complete(draft.Outcomes);
    }

    /// <summary>Asks until the store answers: till then nothing more may be decided. What it has is then found as decided.</summary>
    private async ValueTask ReadBackAsync(IReadOnlyList<Submission> open, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await EarlierDecisions.AskAgainAsync(store, recent, open, stopping).ConfigureAwait(false);
                await follower.CatchUpAsync(stopping).ConfigureAwait(false);
                return;
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested) // Any fault of the store means the same: ask again.
            {
                logger.StoreFailed(fault, "receipts were read back");
                await Task.Delay(ReadBackDelay, time, stopping).ConfigureAwait(false);
            }
        }
    }

    private bool IsHeldBack(Submission submission)
    {
        if (submission.Client is not { } client || !order.IsHeldBack(client)) return false;
        submission.Complete(Outcome.Of(Busy()));
        return true;
    }

    private void Complete(IEnumerable<(Submission Submission, Outcome? Outcome)> outcomes)
    {
        foreach (var (submission, outcome) in outcomes.ToList())
        {
            Count(outcome);
            if (outcome is null or { Refusal.RetryAfter.Ticks: > 0 }) RefuseBusy(submission);
            else submission.Complete(outcome);
        }
    }

    private static void Count(Outcome? outcome)
    {
        var (result, code) = outcome switch
        {
            { Stored.Receipt: { } receipt } => (receipt.IsAccepted ? "accepted" : "rejected", receipt.Code),
            { Refusal: { } refusal } => ("refused", refusal.Code),
            _ => ("refused", ErrorCodes.Busy),
        };
        SyncDiagnostics.Decisions.Add(1, new("outcome", result), new("code", code));
    }

    private void RefuseBusy(Submission submission)
    {
        if (submission.Outcome.IsCompleted) return;
        if (submission.Client is { } client) order.Refused(client);
        submission.Complete(Outcome.Of(Busy()));
    }

    private Refusal Busy() => new(ErrorCodes.Busy, "The server is busy.", options.BusyRetryAfter);

    /// <summary>The clock to the microsecond: what an instant's one form can say.</summary>
    private DateTimeOffset Now()
    {
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
