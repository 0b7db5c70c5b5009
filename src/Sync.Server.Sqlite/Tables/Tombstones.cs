namespace Sync.Server.Sqlite;

/// <summary>Deleted records of all tables, with their last image. They outlive the log.</summary>
internal static class Tombstones
{
    public static Record? Find(SqliteSession session, RecordKey key)
    {
        var find = session.Prepare("SELECT version, fields FROM sync_tombstones WHERE record_table = ?1 AND id = ?2").BindText(1, key.Table).BindText(2, key.Id);
        if (!find.Step()) return null;
        var record = new Record(key, find.Int64(0), find.Json(1), isDeleted: true);
        find.Reset();
        return record;
    }

    public static long? FindVersion(SqliteSession session, RecordKey key)
    {
        var find = session.Prepare("SELECT version FROM sync_tombstones WHERE record_table = ?1 AND id = ?2").BindText(1, key.Table).BindText(2, key.Id);
        if (!find.Step()) return null;
        var version = find.Int64(0);
        find.Reset();
        return version;
    }

    public static string? FindHidden(SqliteSession session, RecordKey key)
    {
        var find = session.Prepare("SELECT hidden FROM sync_tombstones WHERE record_table = ?1 AND id = ?2").BindText(1, key.Table).BindText(2, key.Id);
        if (!find.Step()) return null;
        var hidden = find.IsNull(0) ? null : find.Text(0);
        find.Reset();
        return hidden;
    }

    /// <summary>Writes or renews a tombstone. What it hides is kept where nothing new is given.</summary>
    public static void Put(SqliteSession session, Record tombstone, string? hidden)
    {
        var put = session.Prepare("""
            INSERT INTO sync_tombstones (record_table, id, version, fields, hidden) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (record_table, id) DO UPDATE SET version = excluded.version, fields = excluded.fields, hidden = coalesce(excluded.hidden, hidden)
            """);
        put.BindText(1, tombstone.Table).BindText(2, tombstone.Id).BindInt64(3, tombstone.Version).BindText(4, tombstone.Fields);
        _ = hidden is null ? put.BindNull(5) : put.BindText(5, hidden);
        put.Run();
    }

    public static void Remove(SqliteSession session, RecordKey key) =>
        session.Prepare("DELETE FROM sync_tombstones WHERE record_table = ?1 AND id = ?2").BindText(1, key.Table).BindText(2, key.Id).Run();
}
