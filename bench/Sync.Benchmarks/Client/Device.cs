using System.Collections.Immutable;
using Sync.Client;

namespace Sync.Benchmarks;

/// <summary>The heart of a client with one loaded query, fed with checkpoints as the server sends them.</summary>
internal sealed class Device
{
    private readonly StorageChanges _storage = new();
    private readonly Reader _reader = new();
    private long _subscriptions;
    private long _versions = 1;

    public Device(int rows, int workspaces)
    {
        Replica = new Replica(BenchTask.Model, _storage);
        Records = [.. Enumerable.Range(0, rows).Select(i => Make(i, i, workspaces))];
        Rows = Open(ForWorkspace("workspace-0"));
        var mine = Records.Where(r => Rows.Query.Matches(r)).ToArray();
        Apply(mine, Rows, isLoaded: true);
        Rows.Readers.Add(_reader);
    }

    public Replica Replica { get; }
    public Record[] Records { get; }
    public QueryRows Rows { get; }

    public static Query ForWorkspace(string id) => new()
    {
        Table = "tasks",
        Where = [new QueryCondition.EqualTo(FieldPath.Of("workspaceId"), CanonicalJson.From(id))],
        OrderBy = [new SortField(FieldPath.Of("orderIndex"))],
    };

    public QueryRows Open(Query query)
    {
        var rows = Replica.Open(query, out _);
        Replica.Subscribe(rows, new SubscriptionId(++_subscriptions), isTrusted: false);
        return rows;
    }

    public void Apply(Record[] records, QueryRows rows, bool isLoaded = false)
    {
        var delta = new SubscriptionDelta(rows.Subscription.Id, [.. records.Select(r => r.Id)], [], isLoaded);
        Replica.Apply(new ServerMessage.Checkpoint(default, [.. records], [delta], []), TimeSpan.Zero, default);
        _storage.Take();
    }

    /// <summary>A checkpoint with a new version of one record, moved to another place in the order.</summary>
    public ServerMessage.Checkpoint Change(int i)
    {
        var record = Records[i];
        var moved = Operations.Apply(record, new Operation.Set(record.Key, FieldPath.Of("orderIndex"), CanonicalJson.From((i + _versions * 7919) % 1_000_003)), default).Record!;
        var next = new Record(record.Key, ++_versions, moved.Fields);
        return new ServerMessage.Checkpoint(default, [next], [new SubscriptionDelta(Rows.Subscription.Id, [record.Id], [])], []);
    }

    /// <summary>Takes a checkpoint in and the diff out, as a live query does.</summary>
    public void Take(ServerMessage.Checkpoint checkpoint)
    {
        Replica.Apply(checkpoint, TimeSpan.Zero, default);
        if (!_reader.HasSteps()) throw new InvalidOperationException("A changed row gave no diff.");
        _storage.Take();
    }

    /// <summary>Puts a write of this device into the queue, without a server that answers.</summary>
    public void Queue(int record, long seq)
    {
        var operation = new Operation.Set(Records[record].Key, FieldPath.Of("title"), CanonicalJson.From($"Title {seq}"));
        Replica.Write(new PendingTransaction(new Transaction { TxId = $"tx-{seq}", Operations = [operation] }, null));
        _storage.Take();
    }

    private static Record Make(int i, int order, int workspaces)
    {
        var task = BenchTask.Make(i, workspaces) with { OrderIndex = order };
        return new Record(new RecordKey("tasks", task.Id), 1, BenchTask.Model.TableOf<BenchTask>().Write(task));
    }

    private sealed class Reader : IRowReader
    {
        private int _steps;

        public bool HasSteps()
        {
            var had = _steps > 0;
            _steps = 0;
            return had;
        }

        public void Take(RowBatch batch) => _steps += batch.Steps.Length;
        public void Tell() { }
        public void End() { }
    }
}
