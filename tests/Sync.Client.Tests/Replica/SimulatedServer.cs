using System.Collections.Immutable;

namespace Sync.Client.Tests;

/// <summary>
/// A small server that keeps one session: decides transactions, and says what the session's subscriptions are owed. It is straight-line code over
/// plain dictionaries, so that what the client must come to can be read off it.
/// </summary>
internal sealed class SimulatedServer
{
    private readonly SortedDictionary<RecordKey, Record> _records = [];
    private readonly SortedDictionary<long, Watched> _subscriptions = [];
    private readonly Dictionary<long, (Transaction Transaction, Receipt Receipt)> _decided = [];
    private readonly Queue<long> _receipts = [];

    public HashSet<RecordKey> Hidden { get; } = [];

    /// <summary>What <c>set-now</c> writes.</summary>
    public DateTimeOffset Now { get; set; } = Some.Now;

    /// <summary>The records that there are, tombstones left out.</summary>
    public IEnumerable<Record> Live => _records.Values.Where(record => !record.IsDeleted);

    public Record? Find(RecordKey key) => _records.GetValueOrDefault(key);

    public IEnumerable<Record> Matching(Query query) =>
        _records.Values.Where(record => !Hidden.Contains(record.Key) && query.Matches(record)).Order(Comparer<Record>.Create(query.Compare)).Take(query.Limit ?? int.MaxValue);

    public void Change(params Operation[] operations) => Apply(Some.Transaction("", operations));

    public void Hide(RecordKey key, bool isHidden)
    {
        if (isHidden) Hidden.Add(key);
        else Hidden.Remove(key);
    }

    /// <summary>Takes a transaction, perhaps for the second time; owes its receipt.</summary>
    public void Decide(QueuedTransaction queued, bool mayBeAccepted)
    {
        if (!_decided.ContainsKey(queued.Seq)) _decided[queued.Seq] = (queued.Transaction, (mayBeAccepted ? Apply(queued.Transaction) : null) ?? Some.Rejected(queued.Transaction));
        _receipts.Enqueue(queued.Seq);
    }

    public void Drop()
    {
        _subscriptions.Clear();
        _receipts.Clear();
    }

    /// <summary>Half of a query's first rows, sent beside the stream.</summary>
    public ServerMessage.Part Load(SubscriptionId id, Query query)
    {
        var rows = Matching(query).ToArray();
        var half = rows[..(rows.Length / 2)];
        _subscriptions[id.Value] = new Watched(query, half.ToDictionary(record => record.Id, record => record.Version));
        return new ServerMessage.Part(id, [.. half]);
    }

    public void Forget(SubscriptionId id) => _subscriptions.Remove(id.Value);

    /// <summary>All that the session is owed now; subscriptions that are still loading join it, or wait for a later one.</summary>
    public ServerMessage.Checkpoint Checkpoint(bool joins)
    {
        var bodies = new SortedDictionary<RecordKey, Record>();
        var deltas = ImmutableArray.CreateBuilder<SubscriptionDelta>();
        foreach (var (id, watched) in _subscriptions)
        {
            if (!watched.IsLoaded && !joins) continue;
            var now = Matching(watched.Query).ToDictionary(record => record.Id);
            var gone = watched.Sent.Keys.Where(key => !now.ContainsKey(key)).Order().ToArray();
            var come = now.Values.Where(record => watched.Sent.GetValueOrDefault(record.Id) != record.Version).ToArray();
            foreach (var record in come) bodies[record.Key] = record;
            foreach (var key in gone) watched.Sent.Remove(key);
            foreach (var record in come) watched.Sent[record.Id] = record.Version;
            if (gone.Length + come.Length > 0 || !watched.IsLoaded) deltas.Add(new SubscriptionDelta(new SubscriptionId(id), [.. come.Select(record => record.Id)], [.. gone], !watched.IsLoaded));
            watched.IsLoaded = true;
        }
        var receipts = ImmutableArray.CreateBuilder<ReceiptDelivery>();
        while (_receipts.TryDequeue(out var seq))
        {
            var (transaction, receipt) = _decided[seq];
            var keys = transaction.Operations.Select(operation => operation.Key).Distinct().ToArray();
            var isHeld = keys.ToLookup(key => _records.TryGetValue(key, out var record) && !record.IsDeleted && !Hidden.Contains(key));
            foreach (var key in isHeld[true]) bodies[key] = _records[key];
            receipts.Add(new ReceiptDelivery(seq, receipt, [.. isHeld[true]], [.. isHeld[false]]));
        }
        return new ServerMessage.Checkpoint(default, [.. bodies.Values], deltas.ToImmutable(), receipts.ToImmutable());
    }

    private Receipt? Apply(Transaction transaction)
    {
        var after = new Dictionary<RecordKey, Record>();
        var failed = new List<int>();
        for (var i = 0; i < transaction.Operations.Length; i++)
        {
            var operation = transaction.Operations[i];
            var current = after.GetValueOrDefault(operation.Key) ?? _records.GetValueOrDefault(operation.Key);
            var result = Hidden.Contains(operation.Key) ? default : Operations.Apply(current, operation, Now);
            if (result.Record is not { } record) return null;
            if (result.ConditionFailed) failed.Add(i);
            after[operation.Key] = record;
        }
        var receipt = Some.Accepted(transaction) with
        {
            Now = Now,
            Versions = [.. after.Select(pair => new VersionStep(pair.Key, _records.GetValueOrDefault(pair.Key)?.Version ?? 0, pair.Value.Version))],
            FailedConditions = [.. failed],
        };
        foreach (var (key, record) in after) _records[key] = record;
        return receipt;
    }

    private sealed record Watched(Query Query, Dictionary<string, long> Sent)
    {
        public bool IsLoaded { get; set; }
    }
}
