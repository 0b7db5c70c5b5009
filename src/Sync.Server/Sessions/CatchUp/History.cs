namespace Sync.Server;

/// <summary>What a token says about the store's log.</summary>
internal sealed class History(ITransactionStore store, TokenSeal seal)
{
    /// <summary>Most entries that are read for one claim; a client that was away for longer is compared with.</summary>
    public const int MaxEntries = 10_000;

    private readonly RecentLog _log = new(store);

    /// <summary>True where the log shows that it never handed out this token: a store restored or replaced. A place that is trimmed shows nothing.</summary>
    public async ValueTask<bool> IsOtherAsync(Token token, CancellationToken cancellationToken)
    {
        if (token.IsNone) return false;
        if (!seal.TryOpen(token, out var revision, out var mark) || revision == Revision.None) return true;
        var page = await store.ReadLogAsync(new Revision(revision.Value - 1), 1, cancellationToken).ConfigureAwait(false);
        if (page.IsTrimmed) return false;
        return page.Entries is not [var entry, ..] || entry.Revision != revision || TokenSeal.Kept(entry.Mark) != mark;
    }

    /// <summary>What changed in a table from a token's place up to a revision, merged by record; null where the log can't tell, or where it is too much.</summary>
    public async ValueTask<IReadOnlyCollection<RecordChange>?> ChangesAsync(Token since, Revision until, string table, CancellationToken cancellationToken)
    {
        if (!seal.TryOpen(since, out var place, out _)) return null;
        var entries = await _log.ReadAsync(place, until, MaxEntries, cancellationToken).ConfigureAwait(false);
        return entries is null ? null : Step.Merge(entries.SelectMany(e => e.Changes).Where(c => c.Key.Table == table));
    }
}
