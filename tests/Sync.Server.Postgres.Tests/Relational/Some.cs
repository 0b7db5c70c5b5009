namespace Sync.Server.Postgres.Tests;

internal static class Some
{
    public static CanonicalJson Fields(CanonicalJson value) => CanonicalJson.Object(new KeyValuePair<string, CanonicalJson>("value", value));

    /// <summary>A record for each value, as the column gives it back, and one without.</summary>
    public static List<Record> Records(StoredTable table, IEnumerable<CanonicalJson> values) =>
    [
        new Record(new RecordKey(table.Name, "0000"), 1, CanonicalJson.EmptyObject),
        .. values.Select((value, i) =>
        {
            var key = new RecordKey(table.Name, $"{i + 1:0000}");
            var (fields, error) = table.Normalize(key, Fields(value), default);
            Assert.That(error, Is.Null, value.ToString());
            return new Record(key, 1, fields);
        }),
    ];

    /// <summary>All values of a column, and what only SQL writes.</summary>
    public static async Task FillAsync(AppDatabase database, RelationalTable table, ColumnCase column)
    {
        await database.RunAsync(table.Insert(Records(table, column.Json), []));
        foreach (var (own, i) in column.Own.Select((own, i) => (own, i))) database.Execute($"INSERT INTO rows (id, value) VALUES ('own{i}', {own})");
    }

    public static bool AreSame(Record left, Record right) => left.Key == right.Key && left.Version == right.Version && left.Fields == right.Fields;
}
