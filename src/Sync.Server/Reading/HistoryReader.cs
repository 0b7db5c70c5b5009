namespace Sync.Server;

/// <summary>
/// Reads what happened to a record under a caller's rights. The record itself and every image of it are judged together, at one revision, by the rules of now.
/// </summary>
internal sealed class HistoryReader(SyncModel model, RecordSource source, Judge judge, HistoryCursors cursors, SyncServerOptions options)
{
    /// <summary>Most times that a page starts again because its record changed while it was judged.</summary>
    private const int MaxTries = 8;

    /// <summary>How much wider each look is, where a page is not filled by what may be read.</summary>
    private const int WindowGrowth = 4;

    public async ValueTask<HistoryResult> ReadAsync(Caller caller, RecordKey key, string? cursor, int? limit, CancellationToken cancellationToken)
    {
        if (model.Find(key.Table) is not { } table || (table.IsServerOnly && !caller.IsApp)) return new HistoryResult(new HistoryPage([]), SyncModel.UnknownTable(key.Table));
        if (limit < 1) return HistoryResult.Refused(ErrorCodes.BadMessage, "A page of a history has at least 1 entry: 'limit' must be above 0.");

        Revision? before = null;
        if (cursor is not null)
        {
            if (!cursors.TryOpen(key, cursor, out var place)) return HistoryResult.Refused(ErrorCodes.BadCursor, "This cursor is not one of this record's history: begin without one.");
            before = place;
        }

        var most = Math.Min(limit ?? options.MaxHistoryEntriesPerPage, options.MaxHistoryEntriesPerPage);
        for (var i = 0; i < MaxTries; i++)
        {
            if (await TryReadAsync(caller, table, key, before, most, cancellationToken).ConfigureAwait(false) is { } result) return result;
        }
        return HistoryResult.Refused(ErrorCodes.Busy, "The record changes faster than its history can be read.");
    }

    /// <summary>Null where the record changed while it was judged.</summary>
    private async ValueTask<HistoryResult?> TryReadAsync(Caller caller, TableModel table, RecordKey key, Revision? before, int limit, CancellationToken cancellationToken)
    {
        var widest = Math.Max(options.MaxHistoryEntriesScanned, limit + 1);
        for (var window = limit + 1; ; window = (int)Math.Min((long)window * WindowGrowth, widest))
        {
            var history = await source.ReadHistoryAsync(key, before, window, cancellationToken).ConfigureAwait(false);
            var snapshot = await source.LoadAsync([key], cancellationToken).ConfigureAwait(false);
            if (snapshot.Records.GetValueOrDefault(key) is not { } record) return NotFound(key);

            var images = new HistoryImages(table, caller.IsApp);
            var isReadable = images.Add(record);
            var drafts = history.Entries.Select(images.Draft).ToList();
            var judgement = await judge.MayReadAsync(caller, images.All, cancellationToken).ConfigureAwait(false);
            if (source.TryGet(key, out var now) && now is not null && now.Version > record.Version) return null;
            if (!isReadable.IsAmong(judgement.Seen)) return NotFound(key);

            var readable = drafts.Where(draft => draft.IsReadable(judgement.Seen)).ToList();
            if (readable.Count <= limit && history.HasMore && window < widest) continue;

            HistoryEntry[] entries = [.. readable.Take(limit).Select(draft => draft.ToEntry(judgement.Seen))];
            if (readable.Count > limit) return Page(entries, cursors.Seal(key, readable[limit - 1].Revision));
            if (history.HasMore) return Page(entries, cursors.Seal(key, history.Entries[^1].Revision));
            return Page(entries, null, isTrimmed: history.Entries is [] || history.Entries[^1].Change.Before is not null);
        }
    }

    private static HistoryResult Page(HistoryEntry[] entries, string? cursor, bool isTrimmed = false) => new(new HistoryPage([.. entries], cursor, isTrimmed));

    private static HistoryResult NotFound(RecordKey key) => HistoryResult.Refused(ErrorCodes.NotFound, $"There is no {key}, or you may not read it.");
}
