namespace Sync.Server.Postgres;

/// <summary>What a whole batch does to each record, so that a record is written once however many transactions of the batch change it.</summary>
internal static class FoldedChanges
{
    /// <summary>Null where the transactions must be written one by one: rows are read back, or a row that goes and comes again would keep what it should lose.</summary>
    public static IReadOnlyList<RecordChange>? Of(CommitBatch batch, StoreTables tables)
    {
        var folded = new Dictionary<RecordKey, RecordChange>();
        foreach (var change in batch.Entries.SelectMany(e => e.Changes))
        {
            var table = tables[change.Key.Table];
            if (table.SetsValuesItself) return null;
            if (!folded.TryGetValue(change.Key, out var earlier))
            {
                folded[change.Key] = change;
                continue;
            }

            if (table.IsRelational && earlier.After.IsDeleted && !change.After.IsDeleted) return null;
            folded[change.Key] = earlier with { After = change.After };
        }
        return [.. folded.Values];
    }

    /// <summary>A restore brings the whole row back, a create over a tombstone makes a new one.</summary>
    public static bool IsRestored(IEnumerable<CommitEntry> entries, RecordKey key)
    {
        var last = entries.SelectMany(e => e.Operations.Elements).LastOrDefault(o =>
            o["table"].AsString() == key.Table && o["id"].AsString() == key.Id && o["type"].AsString() is "create" or "restore");
        return last["type"].AsString() == "restore";
    }
}
