namespace Sync.Server.Sqlite;

/// <summary>Reads of one snapshot each. The revision is read in the same snapshot.</summary>
internal sealed class StoreReader(SqliteDatabase database, StoreTables tables)
{
    public StoreSnapshot Load(IReadOnlyCollection<RecordKey> keys) => database.Read(session =>
    {
        var revision = LogTable.Head(session);
        var records = new Dictionary<RecordKey, Record>(keys.Count);
        foreach (var key in keys)
        {
            if (tables.FindRecord(session, key) is { } record) records[key] = record;
        }

        return new StoreSnapshot(revision, records);
    });

    public StoreQueryResult Query(StoreQuery asked) => database.Read(session =>
    {
        var revision = LogTable.Head(session);
        var query = asked.Also.Count == 0 ? asked.Query : asked.Query with { Where = [.. asked.Query.Where, .. asked.Also] };
        var top = new TopRecords(query, asked.MaxRecords);
        foreach (var record in tables[query.Table].Candidates(session, query.Where))
        {
            if (query.Matches(record)) top.Add(record);
        }

        return new StoreQueryResult(revision, top.InOrder(), top.IsCut);
    });

    public IReadOnlyList<StoredReceipt> FindReceipts(IReadOnlyCollection<TransactionId> ids) => database.Read(session =>
    {
        var receipts = new List<StoredReceipt>(ids.Count);
        foreach (var id in ids)
        {
            if (ReceiptTable.Find(session, id) is { } receipt) receipts.Add(receipt);
        }

        return receipts;
    });

    public ClientPosition? FindClient(string clientId) => database.Read(session => ReceiptTable.FindClient(session, clientId));

    public LogPage ReadLog(Revision after, int maxEntries) => database.Read(session => LogTable.Read(session, after, maxEntries));

    public RecordHistory ReadHistory(RecordKey key, Revision? before, int maxEntries) =>
        database.Read(session => HistoryIndex.Read(session, key, before, maxEntries));
}
