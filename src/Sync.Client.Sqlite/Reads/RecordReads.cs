namespace Sync.Client.Sqlite;

/// <summary>Finds stored records. Which of them a query wants is always decided by <see cref="Query.Matches"/>.</summary>
internal static class RecordReads
{
    private const int RowsBetweenLooksAtToken = 1024;

    public static IReadOnlyList<Record> Find(SqliteSession session, IEnumerable<RecordKey> keys)
    {
        var found = new List<Record>();
        var rows = session.Prepare("SELECT version, fields FROM records WHERE record_table = ?1 AND id = ?2");
        foreach (var key in keys.Distinct())
        {
            rows.Bind(1, key.Table).Bind(2, key.Id);
            if (!rows.Step()) continue;
            found.Add(new Record(key, rows.Int64(0), rows.Json(1)));
            rows.Reset();
        }
        return found;
    }

    public static IReadOnlyList<Record> Query(SqliteSession session, Query query, CancellationToken cancellationToken) =>
        NamedIds(query) is { } ids ? [.. Find(session, ids.Select(id => new RecordKey(query.Table, id))).Where(query.Matches)] : Scan(session, query, cancellationToken);

    private static List<Record> Scan(SqliteSession session, Query query, CancellationToken cancellationToken)
    {
        var found = new List<Record>();
        var rows = Rows(session, query);
        for (var seen = 1; rows.Step(); seen++)
        {
            if (seen % RowsBetweenLooksAtToken == 0) cancellationToken.ThrowIfCancellationRequested();
            var record = new Record(new RecordKey(query.Table, rows.Text(0)), rows.Int64(1), rows.Json(2));
            if (query.Matches(record)) found.Add(record);
        }
        return found;
    }

    // SQLite passes over most rows that an equality leaves out, so that they are neither copied nor made into records.
    private static Statement Rows(SqliteSession session, Query query)
    {
        foreach (var condition in query.Where)
        {
            if (condition is not QueryCondition.EqualTo { Value.IsMissingOrNull: false, Path.Segments: [.., var name] } equal) continue;
            return session.Prepare("SELECT id, version, fields FROM records WHERE record_table = ?1 AND instr(fields, ?2)").Bind(1, query.Table).Bind(2, MemberText(name, equal.Value));
        }
        return session.Prepare("SELECT id, version, fields FROM records WHERE record_table = ?1").Bind(1, query.Table);
    }

    /// <summary>What stands somewhere in the canonical text of each record that meets the condition: the name, a colon, the value.</summary>
    private static byte[] MemberText(string name, CanonicalJson value) => [.. CanonicalJson.From(name).Utf8.Span, (byte)':', .. value.Utf8.Span];

    /// <summary>The ids that a query names; null where it names none. Ids are strings, so a value of another kind is nobody's.</summary>
    private static IEnumerable<string>? NamedIds(Query query)
    {
        foreach (var condition in query.Where)
        {
            if (condition is QueryCondition.EqualTo { Path.IsId: true } equal) return Strings([equal.Value]);
            if (condition is QueryCondition.AnyOf { Path.IsId: true } any) return Strings(any.Values);
        }
        return null;
    }

    private static IEnumerable<string> Strings(IEnumerable<CanonicalJson> values) => values.Select(value => value.AsString()).OfType<string>();
}
