namespace Sync.Client.Sqlite;

/// <summary>Removes all but the partitions of others that run.</summary>
internal static class Deletion
{
    public static void Run(SqliteSession session, Ownership ownership)
    {
        session.Prepare("DELETE FROM records").Run();
        session.Prepare("DELETE FROM subscriptions").Run();
        session.Prepare("DELETE FROM tray").Run();
        session.Prepare("UPDATE state SET token = NULL").Run();

        foreach (var own in ownership.Held.Partitions) PartitionTable.Remove(session, own);
        foreach (var abandoned in PartitionTable.TakeAbandoned(session, ownership.Files, ownership.Held))
        {
            PartitionTable.Remove(session, abandoned);
            abandoned.Lock.Remove();
        }
        ownership.Held = ownership.Held with { Partitions = [] };
    }
}
