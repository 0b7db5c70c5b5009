namespace Sync.Client.Tests;

/// <summary>
/// Random lives of a replica before a small server: own writes, foreign changes, decisions, lost connections, queries opened and closed. After each step
/// everything that is kept by changes must be what computing it from scratch gives.
/// </summary>
public sealed class ReplicaPropertyTests
{
    [Test]
    public void What_is_kept_by_changes_is_what_computing_it_from_scratch_gives()
    {
        for (var seed = 0; seed < 120; seed++) new Life(seed).Run(steps: 60);
    }

    [Test]
    public void A_long_life_holds_too() => new Life(4711).Run(steps: 1000);

    private sealed class Life(int seed)
    {
        private static readonly Query[] Queries =
        [
            Some.TodosOf("a"), Some.TodosOf("b"), Some.TodosOf("a", limit: 2),
            Some.TodosOf("b") with { OrderBy = [new SortField(FieldPath.Of("order"), Descending: true), new SortField(FieldPath.Of("title"))], Limit = 1 },
            Query.ForRecord(Some.Key("1")),
            new Query { Table = "todos", Where = [new QueryCondition.AnyOf(FieldPath.Of("listId"), [CanonicalJson.From("a"), CanonicalJson.From("c")])] },
            new Query { Table = "todos", Where = [new QueryCondition.Contains(FieldPath.Of("tags"), CanonicalJson.From("x"))] },
            new Query { Table = "todos", Where = [new QueryCondition.GreaterThan(FieldPath.Of("order"), CanonicalJson.From(2), OrEqual: true)] },
        ];

        private readonly Random _random = new(seed);
        private readonly StorageChanges _storage = new();
        private readonly SimulatedServer _server = new();
        private readonly Dictionary<RecordKey, Record> _stored = [];
        private readonly Dictionary<QueryRows, Mirror> _open = [];
        private Replica _replica = null!;
        private long _subscriptions;
        private long _sent;
        private int _writes;
        private TimeSpan _now;

        public void Run(int steps)
        {
            _replica = new Replica(Some.Model, _storage);
            for (var step = 0; step < steps; step++)
            {
                Live();
                Check($"seed {seed}, step {step}");
            }
            Settle();
            Check($"seed {seed}, settled");
            foreach (var (rows, _) in _open)
            {
                Assert.That(rows.Rows.Select(row => Show(_replica.Find(row.Record.Key))), Is.EqualTo(_server.Matching(rows.Query).Select(Show)).AsCollection, $"seed {seed}: {rows.Query}");
            }
        }

        private void Live()
        {
            switch (_random.Next(15))
            {
                case 0 or 1 or 2: Write(); break;
                case 3 or 4: _server.Change(Operations()); break;
                case 5 or 6: Push(1 + _random.Next(4)); break;
                case 7 or 8: Hear(); break;
                case 9: Open(); break;
                case 10: Hear(joins: true); break;
                case 11 when _random.Next(3) == 0: Close(); break;
                case 12 when _random.Next(4) == 0: Reconnect(); break;
                case 13: _server.Hide(Some.Key($"{_random.Next(8)}"), _random.Next(2) == 0); break;
                case 14:
                    _now += TimeSpan.FromSeconds(1);
                    _replica.ForgetLoose(_now - TimeSpan.FromSeconds(5), _now);
                    break;
            }
        }

        private void Write()
        {
            _replica.Write(new PendingTransaction(Some.Transaction($"tx-{++_writes}", Operations()), null));
        }

        private Operation[] Operations() => [.. Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => Operation())];

        private Operation Operation()
        {
            var id = $"{_random.Next(8)}";
            return _random.Next(9) switch
            {
                0 or 1 => Some.Create(id, List(), $"t{_random.Next(4)}", _random.Next(5)),
                2 => Some.Delete(id),
                3 => Some.Set(id, "listId", $"\"{List()}\""),
                4 => Some.Set(id, "order", $"{_random.Next(5)}"),
                5 => new Operation.ListInsert(Some.Key(id), FieldPath.Of("tags"), CanonicalJson.From(_random.Next(2) == 0 ? "x" : "y"), ListPosition.AtEnd),
                6 => new Operation.ListRemove(Some.Key(id), FieldPath.Of("tags"), CanonicalJson.From("x")),
                7 => new Operation.Restore(Some.Key(id)),
                _ => Some.Retitle(id, $"t{_random.Next(4)}"),
            };
        }

        private string List() => "aabbc"[_random.Next(5)].ToString();

        private void Push(int count)
        {
            foreach (var pending in _replica.Queue.After(_sent).Take(count).ToArray())
            {
                _server.Decide(new QueuedTransaction(pending.Place.Seq, pending.Transaction), mayBeAccepted: _random.Next(4) > 0);
                _sent = pending.Order;
            }
        }

        private void Hear(bool joins = false)
        {
            var checkpoint = _server.Checkpoint(joins);
            Assert.That(_replica.CanApply(checkpoint), Is.True, $"seed {seed}");
            _replica.Apply(checkpoint, _now, default);
        }

        private void Open()
        {
            var rows = _replica.Open(Queries[_random.Next(Queries.Length)], out var isNew);
            if (!isNew) return;
            var mirror = new Mirror(rows);
            rows.Readers.Add(mirror);
            _open.Add(rows, mirror);
            Subscribe(rows);
        }

        private void Subscribe(QueryRows rows)
        {
            var id = new SubscriptionId(++_subscriptions);
            _replica.Subscribe(rows, id, isTrusted: false);
            _replica.Stage(_server.Load(id, rows.Query));
        }

        private void Close()
        {
            if (_open.Count == 0) return;
            var rows = _open.Keys.ElementAt(_random.Next(_open.Count));
            _server.Forget(rows.Subscription.Id);
            _open.Remove(rows);
            _replica.Close(rows, _now);
        }

        private void Reconnect()
        {
            _server.Drop();
            _replica.Disconnect();
            _sent = 0;
            Check($"seed {seed}, away");
            foreach (var rows in _open.Keys) Subscribe(rows);
        }

        private void Settle()
        {
            for (var i = 0; i < 2; i++)
            {
                Push(int.MaxValue);
                Hear(joins: true);
            }
            Assert.That(_replica.Queue.Count, Is.Zero);
        }

        private void Check(string when)
        {
            Store(when);
            var view = Replayed();
            for (var id = 0; id < 8; id++)
            {
                var key = Some.Key($"{id}");
                Assert.That(Show(_replica.FindForWriting(key)), Is.EqualTo(Show(view.GetValueOrDefault(key))), $"{when}: {key}");
            }
            foreach (var query in Queries)
            {
                var found = view.Values.Where(query.Matches).Order(Comparer<Record>.Create(query.Compare)).Take(query.Limit ?? int.MaxValue);
                Assert.That(_replica.Select(query).Select(Show), Is.EqualTo(found.Select(Show)).AsCollection, $"{when}: {query}");
            }
            var touched = _replica.Queue.After(0).SelectMany(pending => pending.Transaction.Operations).Select(operation => operation.Key).ToHashSet();
            foreach (var (rows, mirror) in _open)
            {
                var held = rows.Held.Select(slot => slot.Key).ToHashSet();
                var shown = view.Values.Where(record => rows.Query.Matches(record) && (!rows.Subscription.HasLoaded || held.Contains(record.Key) || touched.Contains(record.Key)))
                    .Order(Comparer<Record>.Create(rows.Query.Compare)).Take(rows.Query.Limit ?? int.MaxValue).ToArray();
                Assert.That(rows.Rows.Select(row => row.Id), Is.EqualTo(shown.Select(record => record.Id)).AsCollection, $"{when}: {rows.Query}");
                Assert.That(rows.Rows.Select(row => row.Record.Fields), Is.EqualTo(shown.Select(record => record.Fields)).AsCollection, $"{when}: {rows.Query}");
                Assert.That(mirror.Rows, Is.EqualTo(rows.Rows).AsCollection, $"{when}: steps of {rows.Query}");
            }
        }

        // The disk has what open queries hold, byte for byte, and nothing that no stored query covers.
        private void Store(string when)
        {
            var batch = _storage.Take();
            foreach (var record in batch.Puts) _stored[record.Key] = record;
            foreach (var key in batch.Removes) _stored.Remove(key);
            foreach (var slot in _open.Keys.SelectMany(rows => rows.Held))
                Assert.That(Show(_stored.GetValueOrDefault(slot.Key)), Is.EqualTo(Show(slot.Confirmed)), $"{when}: {slot.Key} on disk");
            foreach (var record in _stored.Values)
                Assert.That(_replica.Stored.Covers(record) || _replica.PendingOf(record.Key).Count > 0, Is.True, $"{when}: {record} is covered, or a pending write needs it");
            foreach (var key in _replica.Queue.All.SelectMany(pending => pending.Transaction.Operations).Select(operation => operation.Key).Where(key => _replica.FindConfirmed(key) is not null))
                Assert.That(Show(_stored.GetValueOrDefault(key)), Is.EqualTo(Show(_replica.FindConfirmed(key))), $"{when}: what a pending write of {key} builds on");
        }

        private Dictionary<RecordKey, Record> Replayed()
        {
            var view = Enumerable.Range(0, 8).Select(id => _replica.FindConfirmed(Some.Key($"{id}"))).OfType<Record>().ToDictionary(record => record.Key);
            foreach (var pending in _replica.Queue.After(0))
            {
                var attempt = new Dictionary<RecordKey, Record>(view);
                var isWhole = pending.Transaction.Operations.All(operation =>
                {
                    if (Sync.Operations.Apply(attempt.GetValueOrDefault(operation.Key), operation, pending.Now).Record is not { } record) return false;
                    attempt[operation.Key] = record;
                    return true;
                });
                if (isWhole) view = attempt;
            }
            return view;
        }

        private static string Show(Record? record) => record is null ? "none" : $"{record} {record.Fields}";
    }

    /// <summary>A list kept by steps alone.</summary>
    private sealed class Mirror(QueryRows rows) : IRowReader
    {
        public List<Row> Rows { get; } = [.. rows.Rows];

        public void Take(RowBatch batch)
        {
            foreach (var step in batch.Steps)
            {
                switch (step.Kind)
                {
                    case RowStepKind.Added: Rows.Insert(step.Index, step.Row); break;
                    case RowStepKind.Removed:
                        Assert.That(Rows[step.Index].Id, Is.EqualTo(step.Row.Id));
                        Rows.RemoveAt(step.Index);
                        break;
                    case RowStepKind.Moved:
                        var moved = Rows[step.Index];
                        Rows.RemoveAt(step.Index);
                        Rows.Insert(step.To, moved);
                        break;
                    default: Rows[step.Index] = step.Row; break;
                }
                if (rows.Query.Limit is { } limit) Assert.That(Rows, Has.Count.LessThanOrEqualTo(limit));
            }
        }

        public void Tell() { }
        public void End() { }
    }
}
