namespace Sync.Client;

/// <summary>Takes into memory what was read from disk. Nothing is written by it, and nothing newer is overwritten. Each method that gives a step is one.</summary>
internal sealed class DiskFill(CacheTables tables, Turn turn, ConfirmedRecords confirmed, LooseRecords loose, StoredQueries stored)
{
    /// <summary>From here on what changes is newer than what the read will bring.</summary>
    public DiskRead Begin() => confirmed.BeginRead();

    /// <summary>What a query has on disk. It belongs to the query from here on, until the server says otherwise.</summary>
    public Step Fill(QueryRows rows, DiskRead read, IReadOnlyList<Record> records)
    {
        confirmed.EndRead(read);
        rows.Subscription.IsReading = false;
        if (rows.IsClosed || rows.Subscription.IsCurrent) return turn.Settle();
        foreach (var record in rows.Query.FirstOf(records))
        {
            var slot = rows.Table.GetOrAdd(record.Id);
            _ = confirmed.TryFill(read, slot, record);
            if (slot.Confirmed is { } held && rows.Query.Matches(held)) rows.Hold(slot, true);
            turn.Regroup(rows, slot);
        }
        if (stored.Contains(rows.Query)) rows.Subscription.HasLoaded = true;
        foreach (var slot in rows.Members.ToArray()) turn.Regroup(rows, slot);
        turn.Concern(rows);
        return turn.Settle();
    }

    /// <summary>Single records from disk, kept for a while.</summary>
    public Step Fill(DiskRead read, IReadOnlyList<Record> records, TimeSpan now)
    {
        confirmed.EndRead(read);
        foreach (var record in records)
        {
            var slot = tables.SlotOf(record.Key);
            if (confirmed.TryFill(read, slot, record)) loose.Add(slot, now);
        }
        return turn.Settle();
    }

    /// <summary>The read failed: the query goes on with what memory has.</summary>
    public void End(QueryRows? rows, DiskRead read)
    {
        confirmed.EndRead(read);
        if (rows is not null) rows.Subscription.IsReading = false;
    }

    /// <summary>A stored query gives its room away. Of its records, those go that nothing else covers.</summary>
    /// <param name="records">All that disk has of it.</param>
    public Step DropStored(Query query, DiskRead read, IReadOnlyList<Record> records)
    {
        confirmed.EndRead(read);
        stored.Drop(query);
        foreach (var record in records)
        {
            if (read.Changed.Contains(record.Key) || stored.Covers(record) || (tables.TryGet(record.Key, out var slot) && (slot.Holders > 0 || slot.HasPending))) continue;
            confirmed.ForgetOnDisk(record.Key, isTakenBack: false);
        }
        return turn.Settle();
    }
}
