namespace Sync.Server.Postgres;

/// <summary>Rows of tables where the database sets values itself, read behind each transaction that wrote them: what is stored is what is published.</summary>
internal sealed class ReadBack(StoreTables tables, CommitBatch batch)
{
    private readonly Dictionary<(int Entry, RecordKey Key), Record> _stored = [];
    private readonly HashSet<(int Entry, RecordKey Key)> _expected = [];

    public bool IsNeeded => _expected.Count > 0;

    /// <summary>The first transaction whose rows are not there in the decided version.</summary>
    public int? FirstBroken
    {
        get
        {
            foreach (var (entry, key) in _expected.OrderBy(e => e.Entry))
            {
                var decided = batch.Entries[entry].Changes.First(c => c.Key == key).After;
                if (!_stored.TryGetValue((entry, key), out var stored) || stored.Version != decided.Version) return entry;
            }
            return null;
        }
    }

    /// <summary>By the entry's place: its changes with what the database made of them.</summary>
    public IReadOnlyDictionary<int, IReadOnlyList<RecordChange>> AsStored
    {
        get
        {
            var latest = new Dictionary<RecordKey, Record>();
            var asStored = new Dictionary<int, IReadOnlyList<RecordChange>>();
            for (var i = 0; i < batch.Entries.Count; i++)
            {
                var decided = batch.Entries[i].Changes;
                List<RecordChange> changes = [.. decided.Select(c => new RecordChange(latest.GetValueOrDefault(c.Key, c.Before!), After(i, c, latest)))];
                foreach (var change in changes) latest[change.Key] = change.After;
                if (!changes.SequenceEqual(decided)) asStored[i] = changes;
            }
            return asStored;
        }
    }

    public void AddTo(Pipeline pipeline, int entry)
    {
        foreach (var ofTable in batch.Entries[entry].Changes.Where(c => !c.After.IsDeleted).GroupBy(c => c.Key.Table))
        {
            var table = tables[ofTable.Key];
            if (!table.SetsValuesItself) continue;
            foreach (var change in ofTable) _expected.Add((entry, change.Key));
            pipeline.Add(RecordRows.Select(table, ofTable.Select(c => c.Key.Id)), entry, row =>
            {
                var record = RecordRows.Read(table, row, 0);
                _stored[(entry, record.Key)] = record;
            });
        }
    }

    /// <summary>A tombstone keeps the last image that there was.</summary>
    private Record After(int entry, RecordChange change, Dictionary<RecordKey, Record> latest)
    {
        if (_stored.TryGetValue((entry, change.Key), out var stored)) return stored;
        return change.After.IsDeleted && latest.TryGetValue(change.Key, out var before) ? new Record(change.Key, change.After.Version, before.Fields, isDeleted: true) : change.After;
    }
}
