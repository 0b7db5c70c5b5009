namespace Sync.Server.Sqlite;

/// <summary>Compares what a batch was decided on with what is there.</summary>
internal sealed class Expectations(StoreTables tables)
{
    /// <summary>Null where all is as expected; else the records that differ, which may be none where only a lookup does.</summary>
    public IReadOnlyCollection<RecordKey>? FindDifferences(SqliteSession session, CommitBatch batch)
    {
        HashSet<RecordKey>? differ = null;
        foreach (var (key, version) in batch.Expected)
        {
            if (tables.FindVersion(session, key) != version) (differ ??= []).Add(key);
        }

        foreach (var lookup in batch.ExpectedLookups)
        {
            var found = Find(session, lookup);
            foreach (var (id, version) in lookup.Found)
            {
                if (!found.Remove(id, out var actual) || actual != version) (differ ??= []).Add(new RecordKey(lookup.Table, id));
            }

            foreach (var id in found.Keys) (differ ??= []).Add(new RecordKey(lookup.Table, id));
        }

        return differ;
    }

    private Dictionary<string, long> Find(SqliteSession session, ExpectedLookup lookup)
    {
        var asked = new QueryCondition.EqualTo(lookup.Field, lookup.Value);
        return tables[lookup.Table].Candidates(session, [asked])
            .Where(record => Holds(record.Get(lookup.Field), lookup.Value))
            .ToDictionary(record => record.Id, record => record.Version, StringComparer.Ordinal);
    }

    private static bool Holds(CanonicalJson value, CanonicalJson asked) =>
        value == asked || (value.IsMissingOrNull && asked.IsMissingOrNull) || value.Elements.Contains(asked);
}
