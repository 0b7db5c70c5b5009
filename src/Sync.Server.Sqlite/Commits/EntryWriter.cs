namespace Sync.Server.Sqlite;

/// <summary>Writes the records of one decided transaction.</summary>
internal sealed class EntryWriter(StoreTables tables)
{
    /// <summary>
    /// Updates before deletes, so that a record which was moved away is not taken along by its old parent's cascade; inserts last, so that a unique value is free again.
    /// References are judged at the end of the transaction. Returns false where the database did something of its own to these records, by a trigger or a cascade that nobody
    /// announced: what is stored must be what was decided.
    /// </summary>
    public bool TryWrite(SqliteSession session, CommitEntry entry)
    {
        var deletes = DeletesOf(session, entry.Changes);
        foreach (var (before, after) in entry.Changes)
        {
            if (IsLive(before) && !after.IsDeleted && !tables[after.Table].Update(session, before!, after)) return false;
        }

        foreach (var (change, hidden) in deletes)
        {
            if (IsLive(change.Before)) tables[change.Key.Table].Delete(session, change.Before!);
            Tombstones.Put(session, change.After, hidden);
        }

        foreach (var (before, after) in entry.Changes)
        {
            if (!IsLive(before) && !after.IsDeleted) Insert(session, entry, before, after);
        }

        return entry.Changes.All(change => IsAsDecided(session, change.After));
    }

    private bool IsAsDecided(SqliteSession session, Record decided)
    {
        var table = tables[decided.Table];
        if (!table.MayChangeByItself) return true;
        var stored = table.Find(session, decided.Id);
        return decided.IsDeleted ? stored is null : stored is not null && stored.Version == decided.Version && stored.Fields == decided.Fields;
    }

    /// <summary>What rows hide is read before the first of them goes: a cascade may take others along.</summary>
    private List<(RecordChange Change, string? Hidden)> DeletesOf(SqliteSession session, IReadOnlyList<RecordChange> changes)
    {
        var deletes = new List<(RecordChange, string?)>();
        foreach (var change in changes)
        {
            if (change.After.IsDeleted) deletes.Add((change, IsLive(change.Before) ? tables[change.Key.Table].ReadHidden(session, change.Key.Id) : null));
        }

        return deletes;
    }

    private void Insert(SqliteSession session, CommitEntry entry, Record? before, Record after)
    {
        string? hidden = null;
        if (before is not null)
        {
            if (IsRestore(entry.Operations, after.Key)) hidden = Tombstones.FindHidden(session, after.Key);
            Tombstones.Remove(session, after.Key);
        }

        tables[after.Table].Insert(session, after, hidden);
    }

    private static bool IsLive(Record? side) => side is { IsDeleted: false };

    /// <summary>A restore brings the whole row back, a create over a tombstone makes a new one.</summary>
    private static bool IsRestore(CanonicalJson operations, RecordKey key)
    {
        var last = operations.Elements.LastOrDefault(o =>
            o["table"].AsString() == key.Table && o["id"].AsString() == key.Id && o["type"].AsString() is "create" or "restore");
        return last["type"].AsString() == "restore";
    }
}
