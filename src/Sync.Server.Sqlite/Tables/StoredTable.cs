namespace Sync.Server.Sqlite;

/// <summary>Where the live records of one registered table are kept. Tombstones are kept apart, in <see cref="Tombstones"/>.</summary>
internal abstract class StoredTable(TableModel model)
{
    public TableModel Model { get; } = model;
    public string Name => Model.Name;

    /// <summary>True where a row may come to differ from what was written to it.</summary>
    public virtual bool MayChangeByItself => false;

    public abstract Record? Find(SqliteSession session, string id);

    /// <summary>The live record's version; null where there is none.</summary>
    public abstract long? FindVersion(SqliteSession session, string id);

    /// <summary>
    /// Live records among which are all that meet the conditions, in any order: SQL narrows, the conditions themselves decide. So no rule of SQLite's own on
    /// comparing values shows in a result.
    /// </summary>
    public abstract IEnumerable<Record> Candidates(SqliteSession session, IReadOnlyList<QueryCondition> conditions);

    /// <param name="hidden">Of a restored record: what <see cref="ReadHidden"/> gave before it was deleted.</param>
    public abstract void Insert(SqliteSession session, Record record, string? hidden);

    /// <summary>Returns false where the row is gone.</summary>
    public abstract bool Update(SqliteSession session, Record before, Record after);

    public abstract void Delete(SqliteSession session, Record before);

    /// <summary>The columns of a row that its record does not show, for the tombstone; null where there are none.</summary>
    public abstract string? ReadHidden(SqliteSession session, string id);

    public abstract NormalizeResult Normalize(RecordKey key, CanonicalJson fields, DateTimeOffset now);
}
