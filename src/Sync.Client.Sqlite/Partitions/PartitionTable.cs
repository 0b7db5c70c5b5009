namespace Sync.Client.Sqlite;

/// <summary>The rows of partitions, together with their locks.</summary>
internal static class PartitionTable
{
    public static OwnedPartition Add(SqliteSession session, StorageFiles files, string clientId, long opening)
    {
        var taken = FileLock.TryTakeForCertain(files.PartitionLock(clientId))
            ?? throw new InvalidOperationException($"The client id {clientId} is in use by another client. An id is given once.");
        try
        {
            session.Prepare("INSERT INTO partitions (client_id, opening, last_seq) VALUES (?1, ?2, 0)").Bind(1, clientId).Bind(2, opening).Run();
            return new OwnedPartition(session.Prepare("SELECT last_insert_rowid()").Number(), clientId, taken);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Those that nobody holds, the oldest first, now locked by the caller.</summary>
    public static List<OwnedPartition> TakeAbandoned(SqliteSession session, StorageFiles files, Held held)
    {
        var all = new List<(long Place, string ClientId)>();
        var rows = session.Prepare("SELECT place, client_id FROM partitions ORDER BY place");
        while (rows.Step()) all.Add((rows.Int64(0), rows.Text(1)));

        var taken = new List<OwnedPartition>();
        foreach (var (place, clientId) in all)
        {
            if (held.Find(clientId) is null && FileLock.TryTake(files.PartitionLock(clientId)) is { } free) taken.Add(new OwnedPartition(place, clientId, free));
        }
        return taken;
    }

    public static bool IsEmpty(SqliteSession session, OwnedPartition partition) =>
        session.Prepare("SELECT NOT EXISTS (SELECT 1 FROM queue WHERE partition = ?1)").Bind(1, partition.Place).Number() == 1;

    public static void ForgetUndoSteps(SqliteSession session, OwnedPartition partition) =>
        session.Prepare("DELETE FROM undo_steps WHERE partition = ?1").Bind(1, partition.Place).Run();

    /// <summary>Its undo steps go by a trigger.</summary>
    public static void Remove(SqliteSession session, OwnedPartition partition)
    {
        session.Prepare("DELETE FROM queue WHERE partition = ?1").Bind(1, partition.Place).Run();
        session.Prepare("DELETE FROM partitions WHERE place = ?1").Bind(1, partition.Place).Run();
    }
}
