using System.Collections.Immutable;

namespace Sync.Client.Tests;

/// <summary>
/// A random life of one device that writes, undoes and redoes before a small server, while others write, answers come late and the device starts again.
/// </summary>
internal sealed class UndoLife
{
    private static readonly Query All = new() { Table = "todos", Where = [new QueryCondition.AnyOf(FieldPath.Of("listId"), [CanonicalJson.From("a"), CanonicalJson.From("b")])] };

    private readonly Random _random;
    private readonly SortedDictionary<long, StoredTransaction> _queued = [];
    private readonly SortedDictionary<long, StoredUndoStep> _undo = [];
    private readonly Dictionary<RecordKey, Record> _stored = [];
    private readonly Dictionary<long, int> _undoneAt = [];
    private readonly Dictionary<string, int> _knownBy = [];
    private StorageChanges _storage = null!;
    private Replica _replica = null!;
    private long _subscriptions;
    private long _sent;
    private long _lastSeq;
    private int _writes;
    private int _ids;
    private int _foreign;
    private DateTimeOffset _now = Some.Now;

    public UndoLife(int seed)
    {
        _random = new Random(seed);
        for (var i = 0; i < 4; i++) Server.Change(new Operation.Create(Some.Key($"s{i}"), Some.Json($$"""{"listId":"a","title":"old{{i}}","order":{{i}},"tags":["x","y","z"],"deep":{"kept":1} }""")));
        if (_random.Next(2) == 0) Server.Change(Some.Set("s0", "tags", """["x","x","y"]"""));
        Start();
    }

    public SimulatedServer Server { get; } = new();

    /// <summary>Whether deletions are among what it writes.</summary>
    public bool Deletes { get; init; } = true;

    public bool IsRejecting { get; init; }

    /// <summary>Looks at what each transaction of an undo or redo does at the server: before, after, and how much others had written when what is redone was undone; 0 for an undo.</summary>
    public Action<ImmutableArray<Record>, ImmutableArray<Record>, int>? Watch { get; init; }

    /// <summary>What has happened, for whoever looks for a fault.</summary>
    public List<string> Log { get; } = [];

    public string Show() => string.Join('\n', Server.Live.Select(record => $"{record.Id} {record.Fields}"));

    public string ShowView() => string.Join('\n', _replica.Select(All).OrderBy(record => record.Id, StringComparer.Ordinal).Select(record => $"{record.Id} {record.Fields}"));

    public void Write()
    {
        Tick();
        var count = 1 + _random.Next(3);
        var operations = ImmutableArray.CreateBuilder<Operation>();
        var running = new Dictionary<RecordKey, Record?>();
        for (var i = 0; i < count; i++)
        {
            var operation = Operation("m");
            if (!running.TryGetValue(operation.Key, out var current)) current = _replica.FindForWriting(operation.Key);
            if (Operations.Apply(current, operation, _now).Record is not { } after || (current is not null && current.IsDeleted == after.IsDeleted && current.Fields == after.Fields)) continue;
            running[operation.Key] = after;
            operations.Add(operation);
        }
        if (operations.Count == 0) return;
        _replica.Write(new PendingTransaction(Transaction(operations.ToImmutable()), null));
        Save();
    }

    public void Interfere()
    {
        _foreign++;
        Server.Change(Operation("f"));
    }

    public bool Undo(bool isRedo)
    {
        Tick();
        if (_replica.Undo.Top(isRedo) is not { } entry) return false;
        Log.Add($"{(isRedo ? "redo" : "undo")} of {string.Join(", ", entry.NewestFirst)}");
        var known = isRedo ? _undoneAt.GetValueOrDefault(entry.Id) : 0;
        _replica.TakeBack(entry, operations => Note(Transaction(operations, isRedo ? "redo" : "undo"), known), _now, out _);
        if (!isRedo && _replica.Undo.Top(isRedo: true) is { } redo) _undoneAt[redo.Id] = _foreign;
        Save();
        return true;
    }

    public void Push(int count)
    {
        foreach (var pending in _replica.Queue.After(_sent).Take(count).ToArray())
        {
            if (pending.WaitsFor.Count > 0) break;
            pending.Handle.NoteSent();
            _sent = pending.Order;
            var transaction = pending.Transaction;
            var isUndo = transaction.TxId.StartsWith("undo", StringComparison.Ordinal) || transaction.TxId.StartsWith("redo", StringComparison.Ordinal);
            var keys = transaction.Operations.Select(operation => operation.Key).Distinct().ToArray();
            var before = Found(keys);
            Log.Add($"{transaction.TxId} decided: {string.Join(" | ", transaction.Operations.Select(ProtocolCodec.ToJson))}");
            Server.Now += TimeSpan.FromMilliseconds(7);
            Server.Decide(new QueuedTransaction(pending.Place.Seq, transaction), mayBeAccepted: !IsRejecting || isUndo || _random.Next(5) > 0);
            if (isUndo) Watch?.Invoke(before, Found(keys), _knownBy[transaction.TxId]);
        }
    }

    public void Hear()
    {
        _replica.Apply(Server.Checkpoint(joins: true), TimeSpan.Zero, default);
        Save();
    }

    public void Settle()
    {
        while (_replica.Queue.Count > 0)
        {
            Push(int.MaxValue);
            Hear();
        }
        Hear();
    }

    /// <summary>Some time passes: some of what waits is sent, some of what is owed is heard.</summary>
    public void Breathe()
    {
        if (_random.Next(2) == 0) Push(1 + _random.Next(3));
        if (_random.Next(2) == 0) Hear();
    }

    public void Restart()
    {
        Log.Add("restart");
        Server.Drop();
        var sent = _replica.Queue.All.Count(pending => pending.Order <= _sent);
        _sent = 0;
        Start(sent);
    }

    public int Draw(int below) => _random.Next(below);

    // What an earlier connection has decided comes no later than the records that show it, so what was sent goes first.
    private void Start(int sent = 0)
    {
        _storage = new StorageChanges();
        _replica = new Replica(Some.Model, _storage, 1000);
        Record[] touched = [.. _queued.Values.SelectMany(queued => queued.Transaction.Operations).Select(operation => operation.Key).Distinct().Where(_stored.ContainsKey).Select(key => _stored[key])];
        _replica.Load(new StoredState { ClientId = "c", LastSeq = _lastSeq, IsWriter = true, Queue = [.. _queued.Values], UndoSteps = [.. _undo.Values] }, touched, TimeSpan.Zero);
        Push(sent);
        var rows = _replica.Open(All, out _);
        var id = new SubscriptionId(++_subscriptions);
        _replica.Subscribe(rows, id, isTrusted: false);
        _replica.Stage(Server.Load(id, All));
        Hear();
    }

    private void Save()
    {
        var batch = _storage.Take();
        _lastSeq = Math.Max(_lastSeq, batch.LastSeq);
        foreach (var settled in batch.Settled) _queued.Remove(settled.Seq);
        foreach (var queued in batch.Queued)
        {
            _queued[queued.Place.Seq] = queued;
            _replica.Queue.Find(queued.Transaction.TxId)?.NoteSaved(queued.Place);
        }
        foreach (var key in batch.Removes) _stored.Remove(key);
        foreach (var record in batch.Puts) _stored[record.Key] = record;
        foreach (var number in batch.ForgottenUndoSteps) _undo.Remove(number);
        foreach (var step in batch.UndoSteps) _undo[step.Number] = step;
    }

    private Transaction Note(Transaction transaction, int known)
    {
        _knownBy[transaction.TxId] = known;
        return transaction;
    }

    private ImmutableArray<Record> Found(RecordKey[] keys) => [.. keys.Select(Server.Find).OfType<Record>().Where(record => !record.IsDeleted)];

    private void Tick() => _now += TimeSpan.FromMilliseconds(_random.Next(900));

    private Transaction Transaction(ImmutableArray<Operation> operations, string kind = "tx") =>
        new() { TxId = $"{kind}-{++_writes}", AuthorId = "alice", Operations = operations, ClientTimestamp = _now.ToUnixTimeMilliseconds() };

    private Operation Operation(string by)
    {
        var live = Server.Live.Select(record => record.Key).Concat(_replica.Select(All).Select(record => record.Key)).Distinct().Order().ToArray();
        var key = live.Length == 0 ? Some.Key("s0") : live[_random.Next(live.Length)];
        var text = CanonicalJson.From(by == "f" ? $"f{_foreign}" : $"m{_random.Next(6)}");
        return _random.Next(Deletes ? 13 : 12) switch
        {
            0 => new Operation.Create(Some.Key($"{by}{++_ids}"), CanonicalJson.Object(new("listId", CanonicalJson.From("a")), new("title", text), new("order", CanonicalJson.From(1)))),
            1 => new Operation.Set(key, FieldPath.Of("listId"), CanonicalJson.From(_random.Next(2) == 0 ? "a" : "b")),
            2 => new Operation.SetNow(key, FieldPath.Of("at")),
            3 => new Operation.Set(key, FieldPath.Of("deep", "made", "on"), text),
            4 => new Operation.Set(key, FieldPath.Of("deep", "made", "too"), text),
            5 => new Operation.Unset(key, FieldPath.Of(_random.Next(2) == 0 ? "note" : "title")),
            6 => new Operation.Set(key, FieldPath.Of("note"), text),
            7 => new Operation.ListInsert(key, FieldPath.Of("tags"), Tag(by), Place()),
            8 => new Operation.ListRemove(key, FieldPath.Of("tags"), Tag(by)),
            9 => new Operation.ListInsert(key, FieldPath.Of("deep", "list"), Tag(by), Place()),
            10 or 11 => new Operation.Set(key, FieldPath.Of("title"), text),
            _ => new Operation.Delete(key),
        };
    }

    private CanonicalJson Tag(string by) => CanonicalJson.From(by == "f" ? $"f{_foreign}" : "wxyz"[_random.Next(4)].ToString());

    private ListPosition Place() => _random.Next(4) switch
    {
        0 => ListPosition.AtStart,
        1 => new ListPosition.After(Tag("m")),
        2 => new ListPosition.Before(Tag("m")),
        _ => ListPosition.AtEnd,
    };
}
