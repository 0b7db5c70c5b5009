using System.Runtime.CompilerServices;

namespace Sync.Server;

/// <summary>Accepted transactions in order, for the app's own code: always read from the log, so that none is missed however slow the reader is.</summary>
internal sealed class ChangeFeed(ITransactionStore store, RecordSource source)
{
    private const int EntriesPerPage = 256;

    public async IAsyncEnumerable<LogEntry> ReadAsync(Revision after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await store.ReadLogAsync(after, EntriesPerPage, cancellationToken).ConfigureAwait(false);
            if (page.IsTrimmed) throw new LogTrimmedException(after);
            // What is told here must not be news to whoever then reads.
            if (page.Entries.Count > 0) await source.CatchUpAsync(page.Entries[^1].Revision, cancellationToken).ConfigureAwait(false);
            foreach (var entry in page.Entries)
            {
                if (SessionsEnd.UserOf(entry) is null) yield return entry;
                after = entry.Revision;
            }
            if (page.Entries.Count == 0) await source.ReachAsync(after.Next, cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>The change log no longer reaches back to the revision that was asked for: read what you need afresh and go on from there.</summary>
public sealed class LogTrimmedException(Revision after) : InvalidOperationException($"The change log no longer has all that came after revision {after}.")
{
    public Revision After { get; } = after;
}
