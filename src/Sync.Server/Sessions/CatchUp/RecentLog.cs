namespace Sync.Server;

/// <summary>
/// The stretch of the log that was read last, so that many who come back at one time do not each read it. Entries never change: what the store has trimmed meanwhile is as
/// good as what it has. Safe to call from anywhere; two readers at once may both go to the store, and either result serves.
/// </summary>
internal sealed class RecentLog(ITransactionStore store)
{
    private const int EntriesPerPage = 512;

    private readonly Lock _gate = new();
    private Stretch _last = new(Revision.None, []);

    /// <summary>The entries after one revision up to another, in order; null where the log no longer has them all, or they are more than <paramref name="max"/>.</summary>
    public async ValueTask<IEnumerable<LogEntry>?> ReadAsync(Revision after, Revision until, int max, CancellationToken cancellationToken)
    {
        if (after > until || until.Value - after.Value > max) return null;
        Stretch known;
        lock (_gate) known = _last;
        if (known.After > after || known.Until < after) known = new Stretch(after, []);
        if (known.Until < until)
        {
            if (await ExtendAsync(known, until, cancellationToken).ConfigureAwait(false) is not { } longer) return null;
            known = longer;
            lock (_gate) _last = known.Newest(max);
        }
        return known.Entries.SkipWhile(e => e.Revision <= after).TakeWhile(e => e.Revision <= until);
    }

    private async ValueTask<Stretch?> ExtendAsync(Stretch known, Revision until, CancellationToken cancellationToken)
    {
        var entries = known.Entries.ToList();
        for (var last = known.Until; last < until;)
        {
            var page = await store.ReadLogAsync(last, EntriesPerPage, cancellationToken).ConfigureAwait(false);
            if (page.IsTrimmed || page.Entries.Count == 0) return null;
            entries.AddRange(page.Entries);
            last = page.Entries[^1].Revision;
        }
        return new Stretch(known.After, entries);
    }

    /// <summary>Entries without a gap.</summary>
    private sealed record Stretch(Revision After, IReadOnlyList<LogEntry> Entries)
    {
        public Revision Until => Entries.Count == 0 ? After : Entries[^1].Revision;

        public Stretch Newest(int max) => Entries.Count <= max ? this : new(Entries[^(max + 1)].Revision, [.. Entries.Skip(Entries.Count - max)]);
    }
}
