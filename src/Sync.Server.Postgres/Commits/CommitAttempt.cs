using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>One try to write a batch: the statements in their order, and what a refusal of one of them means.</summary>
/// <param name="folded">What the batch does to each record; null to write its transactions one by one.</param>
internal sealed class CommitAttempt(StoreTables tables, PostgresStoreOptions options, CommitBatch batch, IReadOnlyList<RecordChange>? folded)
{
    private readonly Expectations _expectations = new(tables);
    private readonly RecordWriter _writer = new(tables);
    private readonly Dictionary<string, string> _tableOfCheck = new(StringComparer.Ordinal);
    private long _head;

    public async Task<CommitAnswer> RunAsync(NpgsqlConnection connection, bool hasTurn, CancellationToken cancellationToken)
    {
        var pipeline = new Pipeline(connection, options.StatementTimeout);
        if (!hasTurn) Begin(pipeline, tables, options);
        foreach (var check in Expectations.OfReceipts(batch)) pipeline.Add(check);
        foreach (var (table, check) in _expectations.OfRecords(batch))
        {
            _tableOfCheck[check.Text] = table;
            pipeline.Add(check);
        }

        if (_expectations.NotInSql(batch) is { Count: > 0 } lookups)
        {
            var found = new FoundLookups(tables, lookups);
            found.AddTo(pipeline);
            await pipeline.RunAsync(cancellationToken).ConfigureAwait(false);
            if (!found.AreAsExpected)
            {
                await connection.ExecuteAsync("ROLLBACK", cancellationToken).ConfigureAwait(false);
                return new CommitAnswer.Lost([]);
            }
            pipeline = new Pipeline(connection, options.StatementTimeout);
        }

        IReadOnlyDictionary<int, IReadOnlyList<RecordChange>> asStored = ImmutableDictionary<int, IReadOnlyList<RecordChange>>.Empty;
        if (folded is not null)
        {
            foreach (var sql in _writer.Write(folded, key => FoldedChanges.IsRestored(batch.Entries, key))) pipeline.Add(sql);
        }
        else if (WriteOneByOne(pipeline) is { } readBack)
        {
            await pipeline.RunAsync(cancellationToken).ConfigureAwait(false);
            if (readBack.FirstBroken is { } broken)
            {
                await connection.ExecuteAsync("ROLLBACK", cancellationToken).ConfigureAwait(false);
                return new CommitAnswer.Refused(broken, "trigger or cascade");
            }
            asStored = readBack.AsStored;
            pipeline = new Pipeline(connection, options.StatementTimeout);
        }

        foreach (var sql in LogWriter.Write(batch, asStored)) pipeline.Add(sql);
        pipeline.Add(LogWriter.MoveHead(batch), read: row => _head = row.GetInt64(0));
        pipeline.Add("COMMIT");
        await pipeline.RunAsync(cancellationToken).ConfigureAwait(false);
        return new CommitAnswer.Committed(new Revision(_head - batch.Entries.Count(e => e.Receipt.IsAccepted) + 1)) { AsStored = asStored };
    }

    public static void Begin(Pipeline pipeline, StoreTables tables, PostgresStoreOptions options, Action<NpgsqlDataReader>? readHead = null)
    {
        pipeline.Add("BEGIN ISOLATION LEVEL READ COMMITTED");
        if (tables.MayDeferReferences) pipeline.Add("SET CONSTRAINTS ALL DEFERRED");
        var order = new SqlDraft();
        order.Append($"SELECT sync.take_order({order.AddText(Milliseconds(options.MaxOrderWait))}, {order.AddText(Milliseconds(options.MaxRowWait))})");
        pipeline.Add(order, read: readHead);
    }

    /// <summary>What the refusal of a statement means; null where only writing the transactions one by one can tell.</summary>
    public CommitAnswer? AnswerOf(StatementException refused)
    {
        var fault = refused.Fault;
        switch (fault.SqlState)
        {
            case Answers.Decided:
                return AlreadyDecided;
            case Answers.Lost:
                return new CommitAnswer.Lost([.. IdsIn(fault).Select(id => new RecordKey(_tableOfCheck[refused.Sql], id))]);
            case Answers.LockNotAvailable when refused.Sql.Contains("sync.take_order", StringComparison.Ordinal):
                return new CommitAnswer.Unavailable("other nodes commit all the time");
            case Answers.LockNotAvailable or Answers.Blocked when refused.Entry >= 0:
                return new CommitAnswer.Blocked([refused.Entry]);
            case Answers.UniqueViolation when fault is { SchemaName: "sync", TableName: "receipts" }:
                return AlreadyDecided;
            case var state when Answers.IsUnavailable(state):
                return new CommitAnswer.Unavailable($"PostgreSQL error {state}");
            case Answers.OtherRows when refused.Entry >= 0:
                return new CommitAnswer.Refused(refused.Entry, "trigger or cascade");
            case var state when refused.Entry >= 0 && IsOfTheData(state):
                return new CommitAnswer.Refused(refused.Entry, fault.ConstraintName ?? fault.SqlState);
            case var state:
                return folded is null ? new CommitAnswer.Unavailable($"PostgreSQL error {state}") : null;
        }
    }

    private static CommitAnswer AlreadyDecided => new CommitAnswer.Unknown("A transaction of the batch is decided already.");

    /// <summary>Constraints, values that a column cannot hold, and what the app's own triggers raise. A table that is not there any more is no fault of the transaction.</summary>
    private static bool IsOfTheData(string sqlState) => sqlState[..2] is "22" or "23" or "44" or "P0";

    private ReadBack? WriteOneByOne(Pipeline pipeline)
    {
        var readBack = new ReadBack(tables, batch);
        for (var i = 0; i < batch.Entries.Count; i++)
        {
            var entry = batch.Entries[i];
            if (entry.Changes.Count == 0) continue;
            foreach (var sql in _writer.Write(entry.Changes, key => FoldedChanges.IsRestored([entry], key))) pipeline.Add(sql, i);
            if (tables.MayDeferReferences)
            {
                pipeline.Add(new SqlDraft("SET CONSTRAINTS ALL IMMEDIATE"), i);
                pipeline.Add(new SqlDraft("SET CONSTRAINTS ALL DEFERRED"), i);
            }
            readBack.AddTo(pipeline, i);
            pipeline.Add(new SqlDraft("SELECT"), i);
        }
        return readBack.IsNeeded ? readBack : null;
    }

    private static string Milliseconds(TimeSpan time) => $"{(long)time.TotalMilliseconds}ms";

    private static IEnumerable<string> IdsIn(PostgresException fault)
    {
        using var ids = JsonDocument.Parse(fault.MessageText);
        return [.. ids.RootElement.EnumerateArray().Select(id => id.GetString()!)];
    }
}
