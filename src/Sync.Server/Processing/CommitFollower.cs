using Microsoft.Extensions.Logging;

namespace Sync.Server;

/// <summary>
/// Tells the rest of the server of commits in revision order: our own as they come, and what others wrote to the same store by reading its log.
/// Used by the processor's loop only.
/// </summary>
internal sealed class CommitFollower(ITransactionStore store, RecordSource source, TimeProvider time, ILogger logger)
{
    private const int EntriesPerPage = 256;

    private long _lookedAt = time.GetTimestamp();

    public ICommitListener? Listener { get; set; }

    /// <summary>Tells of our own commits; of those of others between, too, where there are some.</summary>
    public async ValueTask PublishAsync(IReadOnlyList<Commit> commits, CancellationToken cancellationToken)
    {
        if (commits.Count == 0) return;
        if (commits[0].Revision == source.Head.Next) Tell(commits);
        else await CatchUpAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask ReachAsync(Revision revision, CancellationToken cancellationToken)
    {
        if (source.Head < revision) await CatchUpAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells of all up to a turn's head. Returns what there was to tell of.</summary>
    public async ValueTask<IReadOnlyList<Commit>> TakeInAsync(Revision head, CancellationToken cancellationToken)
    {
        var told = new List<Commit>();
        if (source.Head < head) await CatchUpAsync(told.AddRange, cancellationToken).ConfigureAwait(false);
        return told;
    }

    public ValueTask CatchUpAsync(CancellationToken cancellationToken) => CatchUpAsync(_ => { }, cancellationToken);

    private async ValueTask CatchUpAsync(Action<IReadOnlyList<Commit>> told, CancellationToken cancellationToken)
    {
        var before = _lookedAt;
        while (true)
        {
            var now = time.GetTimestamp();
            var page = await store.ReadLogAsync(source.Head, EntriesPerPage, cancellationToken).ConfigureAwait(false);
            if (page.IsTrimmed)
            {
                logger.LogTrimmed(source.Head.Value);
                source.Reset(page.Head);
                Tell(listener => listener.OnSkipped(page.Head));
                return;
            }

            Commit[] commits = [.. page.Entries.Select(entry => Commit.Of(entry, before))];
            if (commits.Length > 0) Tell(commits);
            told(commits);
            if (commits.Length > 0 && source.Head < page.Head) continue;
            _lookedAt = now;
            return;
        }
    }

    private void Tell(IReadOnlyList<Commit> commits)
    {
        source.Apply(commits);
        Tell(listener => listener.OnCommitted(commits));
    }

    private void Tell(Action<ICommitListener> tell)
    {
        try
        {
            if (Listener is { } listener) tell(listener);
        }
        catch (Exception fault) // What is committed must be answered, whatever befell those who listen.
        {
            logger.ListenerFailed(fault);
        }
    }
}
