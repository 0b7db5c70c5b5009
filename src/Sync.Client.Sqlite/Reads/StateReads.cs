using System.Collections.Immutable;

namespace Sync.Client.Sqlite;

/// <summary>Reads all that is stored but records, as a client finds it when it loads.</summary>
internal static class StateReads
{
    public static StoredState Read(SqliteSession session, Ownership ownership)
    {
        var (held, path) = (ownership.Held, ownership.Files.Database);
        return new StoredState
        {
            ClientId = held.Own.ClientId,
            LastSeq = session.Prepare("SELECT max(last_seq, coalesce((SELECT max(seq) FROM queue WHERE partition = ?1), 0)) FROM partitions WHERE place = ?1").Bind(1, held.Own.Place).Number(),
            IsWriter = ownership.IsWriter,
            Queue = [.. held.Partitions.SelectMany(partition => Queue(session, partition, path))],
            Subscriptions = Subscriptions(session, path),
            Tray = Tray(session, path),
            UndoSteps = UndoSteps(session, held.Own),
            Token = session.Scalar("SELECT token FROM state"),
        };
    }

    private static List<StoredTransaction> Queue(SqliteSession session, OwnedPartition partition, string path)
    {
        var queue = new List<StoredTransaction>();
        var rows = session.Prepare("SELECT seq, content, label FROM queue WHERE partition = ?1 ORDER BY seq").Bind(1, partition.Place);
        while (rows.Step()) queue.Add(new(new QueuePlace(partition.ClientId, rows.Int64(0)), ReadTransaction(rows.Bytes(1), path), rows.OptionalText(2)));
        return queue;
    }

    private static ImmutableArray<StoredSubscription> Subscriptions(SqliteSession session, string path)
    {
        var subscriptions = ImmutableArray.CreateBuilder<StoredSubscription>();
        var rows = session.Prepare("SELECT query, token, is_following, records, last_used FROM subscriptions");
        while (rows.Step())
        {
            subscriptions.Add(new(ReadQuery(rows.Bytes(0), path), rows.OptionalText(1), rows.Int64(2) != 0, (int)rows.Int64(3), Time(rows.Int64(4))));
        }
        return subscriptions.DrainToImmutable();
    }

    private static ImmutableArray<StoredRejection> Tray(SqliteSession session, string path)
    {
        var tray = ImmutableArray.CreateBuilder<StoredRejection>();
        var rows = session.Prepare("SELECT content, label, code, message, status, rejected_at FROM tray ORDER BY rejected_at, place");
        while (rows.Step())
        {
            tray.Add(new(ReadTransaction(rows.Bytes(0), path), rows.OptionalText(1), rows.Text(2), rows.Text(3), (int)rows.Int64(4), Time(rows.Int64(5))));
        }
        return tray.DrainToImmutable();
    }

    private static ImmutableArray<StoredUndoStep> UndoSteps(SqliteSession session, OwnedPartition own)
    {
        var steps = ImmutableArray.CreateBuilder<StoredUndoStep>();
        var rows = session.Prepare("SELECT number, content FROM undo_steps WHERE partition = ?1 ORDER BY number").Bind(1, own.Place);
        while (rows.Step()) steps.Add(new(rows.Int64(0), rows.Json(1)));
        return steps.DrainToImmutable();
    }

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    private static Transaction ReadTransaction(ReadOnlySpan<byte> content, string path) =>
        ProtocolCodec.TryReadTransaction(content, out var transaction, out var fault) ? transaction : throw StorageSchema.Damaged(path, new JsonFaultException(fault));

    private static Query ReadQuery(ReadOnlySpan<byte> content, string path)
    {
        if (!CanonicalJson.TryParse(content, out var json, out var fault) || !ProtocolCodec.TryReadQuery(json, out var query, out fault)) throw StorageSchema.Damaged(path, new JsonFaultException(fault));
        return query;
    }
}
