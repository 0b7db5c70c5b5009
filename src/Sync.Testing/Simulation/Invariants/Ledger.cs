using System.Diagnostics.CodeAnalysis;
using Sync.Server;

namespace Sync.Testing;

/// <summary>
/// The simulation's own account of the store, kept beside it from what was committed: what every record was at every revision, who committed what, and when.
/// What the system under test shows and sends is compared with this.
/// </summary>
internal sealed class Ledger(SyncModel model, SimulatedClock clock)
{
    private readonly Dictionary<RecordKey, List<(long Revision, Record Record)>> _records = [];
    private readonly Dictionary<TransactionId, (long Revision, Receipt Receipt)> _receipts = [];
    private readonly List<long> _commitTimes = [];

    public SyncModel Model => model;

    /// <summary>The batches that the store took in, in order: what a copy of it is made from.</summary>
    public List<CommitBatch> Batches { get; } = [];

    /// <summary>Another history: only these batches were ever committed.</summary>
    public void Become(IReadOnlyList<CommitBatch> batches)
    {
        Batches.Clear();
        _records.Clear();
        _receipts.Clear();
        _commitTimes.Clear();
        foreach (var batch in batches) Add(batch);
    }

    public long Head => _commitTimes.Count;

    public bool Has(TransactionId id) => _receipts.ContainsKey(id);

    public Receipt? ReceiptOf(TransactionId id) => _receipts.TryGetValue(id, out var found) ? found.Receipt : null;

    public Record? Newest(RecordKey key) => _records.TryGetValue(key, out var versions) ? versions[^1].Record : null;

    public Record? At(RecordKey key, long revision)
    {
        if (!_records.TryGetValue(key, out var versions)) return null;
        for (var i = versions.Count - 1; i >= 0; i--)
        {
            if (versions[i].Revision <= revision) return versions[i].Record;
        }
        return null;
    }

    /// <summary>The revisions at which the record had this version; null where it never had, or with other fields.</summary>
    public (long First, long Last)? LifeOf(Record record)
    {
        if (!_records.TryGetValue(record.Key, out var versions)) return null;
        for (var i = versions.Count - 1; i >= 0; i--)
        {
            var (revision, known) = versions[i];
            if (known.Version != record.Version) continue;
            if (known.Fields != record.Fields || known.IsDeleted != record.IsDeleted) return null;
            return (revision, i + 1 < versions.Count ? versions[i + 1].Revision - 1 : Head);
        }
        return null;
    }

    /// <summary>The newest revision that was committed at or before an instant.</summary>
    public long RevisionAt(long instant)
    {
        var revision = Head;
        while (revision > 0 && _commitTimes[(int)revision - 1] > instant) revision--;
        return revision;
    }

    public IRelatedSource StateAt(long revision) => new State(this, revision);

    /// <summary>The records that a user may read of a query at the head, as the query orders them and as far as its limit goes.</summary>
    public IReadOnlyList<Record> Projection(Caller caller, PermissionRules rules, Query query)
    {
        var state = StateAt(Head);
        var table = model.Find(query.Table)!;
        var found = _records.Keys.Where(key => key.Table == query.Table).Select(Newest).OfType<Record>()
            .Where(record => query.Matches(record) && !table.IsDeleted(record) && rules.MayRead(caller, record, state).IsAllowed).ToList();
        found.Sort(query.Compare);
        return query.Limit is { } limit ? [.. found.Take(limit)] : found;
    }

    public void Add(CommitBatch batch)
    {
        Batches.Add(batch);
        foreach (var entry in batch.Entries)
        {
            if (entry.Receipt.IsAccepted)
            {
                _commitTimes.Add(clock.Now);
                foreach (var change in entry.Changes)
                {
                    if (!_records.TryGetValue(change.Key, out var versions)) _records[change.Key] = versions = [];
                    versions.Add((Head, change.After));
                }
            }
            _receipts[entry.Id] = (entry.Receipt.IsAccepted ? Head : 0, entry.Receipt);
        }
    }

    private sealed class State(Ledger ledger, long revision) : IRelatedSource
    {
        public bool TryGet(RecordKey key, out Record? record)
        {
            record = ledger.At(key, revision);
            return true;
        }

        public bool TryFind(RelatedLookup lookup, [NotNullWhen(true)] out IReadOnlyList<Record>? records)
        {
            records = [.. ledger._records.Keys.Where(key => key.Table == lookup.Table).Select(key => ledger.At(key, revision)).OfType<Record>()
                .Where(record => !record.IsDeleted && lookup.Finds(record)).OrderBy(record => record.Id, Comparer<string>.Create(CodePointOrder.Compare))];
            return true;
        }
    }
}
