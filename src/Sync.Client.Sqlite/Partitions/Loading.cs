namespace Sync.Client.Sqlite;

/// <summary>
/// Takes a partition and the others that nobody owns any more. All of it happens in one write transaction, locks included, so two that load at once
/// take turns, and a partition that is listed cannot be removed before its lock has been tried.
/// </summary>
internal static class Loading
{
    public static StoredState Run(SqliteSession session, Ownership ownership, string newClientId)
    {
        var opening = session.Prepare("UPDATE state SET last_opening = last_opening + 1 RETURNING last_opening").Number();
        ownership.Held = Held.Nothing with { Opening = opening, Partitions = [.. Take(session, ownership.Files, newClientId, opening)] };
        ownership.TryBecomeWriter(session);
        return StateReads.Read(session, ownership);
    }

    private static List<OwnedPartition> Take(SqliteSession session, StorageFiles files, string newClientId, long opening)
    {
        var taken = PartitionTable.TakeAbandoned(session, files, Held.Nothing);
        try
        {
            foreach (var empty in taken.SkipLast(1).Where(partition => PartitionTable.IsEmpty(session, partition)).ToList())
            {
                PartitionTable.Remove(session, empty);
                taken.Remove(empty);
                empty.Lock.Remove();
            }
            var claim = session.Prepare("UPDATE partitions SET opening = ?1 WHERE place = ?2").Bind(1, opening);
            foreach (var partition in taken) claim.Bind(2, partition.Place).Run();
            foreach (var adopted in taken.SkipLast(1)) PartitionTable.ForgetUndoSteps(session, adopted);
            if (taken.Count == 0) taken.Add(PartitionTable.Add(session, files, newClientId, opening));
            return taken;
        }
        catch
        {
            foreach (var partition in taken) partition.Lock.Dispose();
            throw;
        }
    }
}
