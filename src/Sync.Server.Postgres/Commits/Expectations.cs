using System.Globalization;
using System.Text;

namespace Sync.Server.Postgres;

/// <summary>Compares what a batch was decided on with what is there, in statements that end the commit where it differs. Run under the lock that orders commits.</summary>
internal sealed class Expectations(StoreTables tables)
{
    /// <summary>A transaction that comes again differs from what it left the first time: that it is decided already is then the better answer, so it is asked first.</summary>
    public static IEnumerable<SqlDraft> OfReceipts(CommitBatch batch)
    {
        var receipts = new SqlDraft();
        receipts.Append($"SELECT sync.answer('{Answers.Decided}', '') FROM sync.receipts AS r JOIN unnest(");
        receipts.Append($"{receipts.AddTexts(batch.Entries.Select(e => e.Id.AuthorId))}, {receipts.AddTexts(batch.Entries.Select(e => e.Id.TxId))}) AS v (author, tx_id) USING (author, tx_id) HAVING count(*) > 0");
        yield return receipts;

        var firsts = batch.Entries.Where(e => e.Client is not null).GroupBy(e => e.Client!.ClientId).Select(g => g.MinBy(e => e.Client!.LastSeq)!.Client!).ToList();
        if (firsts.Count == 0) yield break;
        var clients = new SqlDraft();
        clients.Append($"SELECT sync.answer('{Answers.Decided}', '') FROM sync.clients AS c JOIN unnest({clients.AddTexts(firsts.Select(f => f.ClientId))}, {clients.AddTexts(firsts.Select(f => f.AuthorId))}, {clients.AddLongs(firsts.Select(f => f.LastSeq))})");
        clients.Append(" AS v (client_id, author, seq) ON c.client_id = v.client_id AND (c.last_seq >= v.seq OR c.author <> v.author) HAVING count(*) > 0");
        yield return clients;
    }

    /// <summary>Each with the table whose ids its answer names.</summary>
    public IEnumerable<(string Table, SqlDraft Sql)> OfRecords(CommitBatch batch)
    {
        foreach (var ofTable in batch.Expected.GroupBy(e => e.Key.Table))
        {
            var table = tables[ofTable.Key];
            var expected = ofTable.Where(e => table.CanBeId(e.Key.Id)).OrderBy(e => e.Key.Id, StringComparer.Ordinal).ToList();
            if (expected.Count > 0) yield return (table.Name, OfRecords(table, expected));
        }

        foreach (var ofField in batch.ExpectedLookups.GroupBy(l => (l.Table, l.Field)))
        {
            var table = tables[ofField.Key.Table];
            if (table.Lookup(ofField.Key.Field) is not { } condition) continue;
            var lookups = ofField.Select(l => (Value: table.LookupText(l.Field, l.Value), l.Found)).Where(l => l.Value is not null).ToList();
            if (lookups.Count > 0) yield return (table.Name, OfLookups(table, condition, lookups!));
        }
    }

    /// <summary>Lookups that SQL cannot compare: their candidates are read, and compared in memory.</summary>
    public IReadOnlyList<ExpectedLookup> NotInSql(CommitBatch batch) =>
        [.. batch.ExpectedLookups.Where(l => tables[l.Table].Lookup(l.Field) is null || tables[l.Table].LookupText(l.Field, l.Value) is null)];

    private static SqlDraft OfRecords(StoredTable table, List<KeyValuePair<RecordKey, long>> expected)
    {
        var sql = new SqlDraft();
        var name = sql.AddText(table.Name);
        sql.Append($"SELECT sync.answer('{Answers.Lost}', json_agg(e.id)::text) FROM unnest({sql.AddTexts(expected.Select(e => e.Key.Id))}, {sql.AddLongs(expected.Select(e => e.Value))}) AS e (id, version)");
        sql.Append($" LEFT JOIN {table.SqlName} AS t ON {table.HasId("t", "e.id")}");
        sql.Append($" LEFT JOIN sync.tombstones AS b ON b.record_table = {name} AND b.id = e.id");
        return sql.Append($" WHERE e.version <> CASE WHEN t.{table.VersionColumn} IS NULL THEN coalesce(b.version, 0) ELSE greatest(t.{table.VersionColumn}, 1) END HAVING count(*) > 0");
    }

    private static SqlDraft OfLookups(StoredTable table, string condition, List<(string Value, IReadOnlyList<(string Id, long Version)> Found)> lookups)
    {
        var id = table.IdText("t");
        var sql = new SqlDraft();
        sql.Append($"SELECT sync.answer('{Answers.Lost}', '[]') FROM unnest({sql.AddTexts(lookups.Select(l => l.Value))}, {sql.AddTexts(lookups.Select(l => TextOf(l.Found)))}) AS v (value, found)");
        sql.Append($" WHERE v.found <> (SELECT coalesce(string_agg(octet_length({id}) || ':' || {id} || ':' || greatest(t.{table.VersionColumn}, 1) || ';', '' ORDER BY {id} COLLATE \"C\"), '')");
        return sql.Append($" FROM {table.SqlName} AS t WHERE {condition}) HAVING count(*) > 0");
    }

    /// <summary>As the statement makes it of the rows it finds. An id's length stands before it, so that no id can look like two.</summary>
    private static string TextOf(IReadOnlyList<(string Id, long Version)> found)
    {
        var text = new StringBuilder();
        foreach (var (id, version) in found)
            text.Append(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(id)}:{id}:{version};");
        return text.ToString();
    }
}
