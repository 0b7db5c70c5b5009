namespace Sync.Server.Postgres;

/// <summary>Lookups that SQL cannot compare by itself: candidates are read within the commit and compared here.</summary>
internal sealed class FoundLookups(StoreTables tables, IReadOnlyList<ExpectedLookup> expected)
{
    private readonly List<(ExpectedLookup Expected, Dictionary<string, long> Found)> _lookups = [.. expected.Select(e => (e, new Dictionary<string, long>(StringComparer.Ordinal)))];

    public bool AreAsExpected => _lookups.TrueForAll(l => l.Found.Count == l.Expected.Found.Count && l.Expected.Found.All(f => l.Found.TryGetValue(f.Id, out var version) && version == f.Version));

    public void AddTo(Pipeline pipeline)
    {
        foreach (var (lookup, found) in _lookups)
        {
            var table = tables[lookup.Table];
            var sql = RecordRows.Select(table, [new QueryCondition.EqualTo(lookup.Field, lookup.Value)], out _);
            pipeline.Add(sql, read: row =>
            {
                var record = RecordRows.Read(table, row, 0);
                if (Holds(record.Get(lookup.Field), lookup.Value)) found[record.Id] = record.Version;
            });
        }
    }

    private static bool Holds(CanonicalJson value, CanonicalJson asked) =>
        value == asked || (value.IsMissingOrNull && asked.IsMissingOrNull) || value.Elements.Contains(asked);
}
