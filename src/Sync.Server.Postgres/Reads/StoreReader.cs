using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>Reads of one snapshot each, in one round trip. The revision is read in the same snapshot.</summary>
internal sealed class StoreReader(Database database, StoreTables tables, PostgresStoreOptions options)
{
    private const int MaxTries = 3;

    private readonly LogRows _log = new(tables);

    public async ValueTask<StoreSnapshot> LoadAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken)
    {
        var records = new Dictionary<RecordKey, Record>(keys.Count);
        var statements = new List<(SqlDraft Sql, Action<NpgsqlDataReader> Read)>();
        foreach (var ofTable in keys.GroupBy(key => key.Table))
        {
            var table = tables[ofTable.Key];
            List<string> ids = [.. ofTable.Select(key => key.Id).Distinct()];
            // A live record goes before a tombstone of its key, which plain SQL may have left there.
            statements.Add((TombstoneRows.Select(table, ids), row => Keep(TombstoneRows.Read(table, row, 0))));
            statements.Add((RecordRows.Select(table, ids), row => Keep(RecordRows.Read(table, row, 0))));
        }

        var revision = await ReadAsync(statements, cancellationToken).ConfigureAwait(false);
        return new StoreSnapshot(revision, records);

        void Keep(Record record) => records[record.Key] = record;
    }

    public async ValueTask<StoreQueryResult> QueryAsync(StoreQuery asked, CancellationToken cancellationToken)
    {
        var query = asked.Also.Count == 0 ? asked.Query : asked.Query with { Where = [.. asked.Query.Where, .. asked.Also] };
        var table = tables[query.Table];
        var sql = RecordRows.Select(table, query.Where.IsDefault ? [] : query.Where, out var isExact);
        if (isExact && table.OrderBy(query) is { } order)
        {
            var found = new List<Record>();
            sql.Append($" ORDER BY {order} LIMIT {sql.AddLong(asked.MaxRecords + 1L)}");
            var revision = await ReadAsync([(sql, row => found.Add(RecordRows.Read(table, row, 0)))], cancellationToken).ConfigureAwait(false);
            var isCut = found.Count > asked.MaxRecords;
            if (isCut) found.RemoveAt(found.Count - 1);
            return new StoreQueryResult(revision, found, isCut);
        }

        var top = new TopRecords(query, asked.MaxRecords);
        var read = await ReadAsync([(sql, Add)], cancellationToken).ConfigureAwait(false);
        return new StoreQueryResult(read, top.InOrder(), top.IsCut);

        void Add(NpgsqlDataReader row)
        {
            var record = RecordRows.Read(table, row, 0);
            if (query.Matches(record)) top.Add(record);
        }
    }

    public async ValueTask<IReadOnlyList<StoredReceipt>> FindReceiptsAsync(IReadOnlyCollection<TransactionId> ids, CancellationToken cancellationToken)
    {
        var receipts = new List<StoredReceipt>(ids.Count);
        await ReadOneAsync(ReceiptRows.Select([.. ids.Distinct()]), row => receipts.Add(ReceiptRows.Read(row)), cancellationToken).ConfigureAwait(false);
        return receipts;
    }

    public async ValueTask<ClientPosition?> FindClientAsync(string clientId, CancellationToken cancellationToken)
    {
        ClientPosition? position = null;
        var sql = new SqlDraft();
        sql.Append($"SELECT author, last_seq FROM sync.clients WHERE client_id = {sql.AddText(clientId)}");
        await ReadOneAsync(sql, row => position = new ClientPosition(clientId, row.GetString(0), row.GetInt64(1)), cancellationToken).ConfigureAwait(false);
        return position;
    }

    public async ValueTask<LogPage> ReadLogAsync(Revision after, int maxEntries, CancellationToken cancellationToken)
    {
        var entries = new List<LogEntry?>();
        var isTrimmed = false;
        var sql = new SqlDraft();
        sql.Append($"SELECT {LogRows.Columns} FROM sync.log AS log WHERE log.revision > {sql.AddLong(after.Value)} ORDER BY log.revision LIMIT {sql.AddLong(maxEntries)}");
        var oldest = new SqlDraft("SELECT min(revision) FROM sync.log");
        var head = await ReadAsync(
            [
                (oldest, row => isTrimmed = !row.IsDBNull(0) && row.GetInt64(0) > after.Value + 1),
                (sql, row => entries.Add(_log.Read(row))),
            ],
            cancellationToken).ConfigureAwait(false);
        // What is too much to tell ends a page, and at the beginning of one it is as if it were trimmed.
        List<LogEntry> told = [.. entries.TakeWhile(entry => entry is not null).OfType<LogEntry>()];
        return new LogPage(told, head, (isTrimmed && after < head) || (told.Count == 0 && entries.Count > 0));
    }

    public async ValueTask<RecordHistory> ReadHistoryAsync(RecordKey key, Revision? before, int maxEntries, CancellationToken cancellationToken)
    {
        var entries = new List<LogEntry?>();
        var sql = new SqlDraft();
        sql.Append($"SELECT {LogRows.Columns} FROM sync.history AS history JOIN sync.log AS log ON log.revision = history.revision");
        sql.Append($" WHERE history.record_table = {sql.AddText(key.Table)} AND history.id = {sql.AddText(key.Id)} AND history.revision < {sql.AddLong(before?.Value ?? long.MaxValue)}");
        sql.Append($" ORDER BY history.revision DESC LIMIT {sql.AddLong(maxEntries + 1L)}");
        var revision = await ReadAsync([(sql, row => entries.Add(_log.Read(row)))], cancellationToken).ConfigureAwait(false);
        return new RecordHistory(revision, [.. entries.Take(maxEntries).Select(entry => RecordHistoryEntry.Of(entry!, key))], HasMore: entries.Count > maxEntries);
    }

    private async ValueTask<Revision> ReadAsync(IReadOnlyList<(SqlDraft Sql, Action<NpgsqlDataReader> Read)> statements, CancellationToken cancellationToken)
    {
        var revision = Revision.None;
        await RunAsync(
            pipeline =>
            {
                pipeline.Add("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
                pipeline.Add(new SqlDraft("SELECT revision FROM sync.head"), read: row => revision = new Revision(row.GetInt64(0)));
                foreach (var (sql, read) in statements) pipeline.Add(sql, read: read);
                pipeline.Add("COMMIT");
            },
            cancellationToken).ConfigureAwait(false);
        return revision;
    }

    private ValueTask ReadOneAsync(SqlDraft sql, Action<NpgsqlDataReader> read, CancellationToken cancellationToken) => RunAsync(pipeline => pipeline.Add(sql, read: read), cancellationToken);

    /// <exception cref="StoreUnavailableException">The database is away, or has no connection to give.</exception>
    private async ValueTask RunAsync(Action<Pipeline> fill, CancellationToken cancellationToken)
    {
        try
        {
            await TryRunAsync(fill, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (Faults.IsPassing(fault))
        {
            throw new StoreUnavailableException("The database cannot be read now.", fault);
        }
    }

    /// <summary>After the database was away the pool is full of connections that are dead: each is found so by its first use, before it has read anything.</summary>
    private async ValueTask TryRunAsync(Action<Pipeline> fill, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var pipeline = new Pipeline(connection, options.StatementTimeout);
                fill(pipeline);
                try
                {
                    await pipeline.RunAsync(cancellationToken).ConfigureAwait(false);
                    return;
                }
                catch (Exception fault) when (tries < MaxTries && !pipeline.HasRead && Faults.IsLoss(fault))
                {
                    database.ForgetIdle();
                }
            }
        }
    }
}
