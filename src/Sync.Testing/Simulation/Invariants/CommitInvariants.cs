using Sync.Server;

namespace Sync.Testing;

/// <summary>What must hold of every batch that the store takes in. Looked at before the ledger has it.</summary>
internal sealed class CommitInvariants(Ledger ledger, IReadOnlyDictionary<string, PermissionRules> rules, WriteBook writes, UndoInvariants undo, SimulatedClock clock, bool keepsReceipts)
{
    /// <summary>How long a decision may wait for its commit: the store's own delay, and the loads before it.</summary>
    private static readonly TimeSpan MaxDecisionAge = TimeSpan.FromSeconds(10);

    public void Check(CommitBatch batch)
    {
        var changed = new Dictionary<RecordKey, Record>();
        var seen = new HashSet<TransactionId>();
        foreach (var entry in batch.Entries)
        {
            if (!seen.Add(entry.Id) || (ledger.Has(entry.Id) && (keepsReceipts || entry.Client is not null))) throw new InvariantBrokenException("nothing applies twice", $"{entry.Id} was committed before");
            if (!entry.Receipt.IsAccepted) continue;
            CheckNow(entry);
            CheckEffects(entry, changed);
            CheckRights(entry, changed);
            undo.Check(entry);
            foreach (var change in entry.Changes) changed[change.Key] = change.After;
        }
    }

    private void CheckNow(CommitEntry entry)
    {
        if (entry.Id.AuthorId.StartsWith("app:elsewhere", StringComparison.Ordinal)) return;
        var age = clock.UtcNow - entry.Receipt.Now;
        if (age < TimeSpan.FromMilliseconds(-1) || age > MaxDecisionAge)
            throw new InvariantBrokenException("the server's clock decides", $"{entry.Id} says {entry.Receipt.Now:O}, the server's clock {clock.UtcNow:O}");
    }

    // The intended operations, replayed over the ledger: the same records must come of it, each one version behind the other.
    private void CheckEffects(CommitEntry entry, Dictionary<RecordKey, Record> changed)
    {
        foreach (var change in entry.Changes)
        {
            var before = Now(change.Key, changed);
            if (!IsSame(before, change.Before)) throw new InvariantBrokenException("one chain of versions", $"{entry.Id} starts at {Describe(change.Before)}, but there is {Describe(before)}");
        }
        if (writes.OperationsOf(entry) is not { } intended) return;

        var own = new Dictionary<RecordKey, Record?>();
        foreach (var operation in intended)
        {
            var table = ledger.Model.Find(operation.Key.Table)!;
            var current = own.TryGetValue(operation.Key, out var mine) ? mine : Now(operation.Key, changed);
            var result = Operations.Apply(current, table.Translate(table.Normalize(operation), current), entry.Receipt.Now);
            if (result.Record is null) throw new InvariantBrokenException("applied as written", $"{entry.Id} was accepted, but {operation} is refused: {result.Error?.Code}");
            own[operation.Key] = result.Record;
        }
        foreach (var (key, record) in own)
        {
            var after = entry.Changes.FirstOrDefault(change => change.Key == key)?.After ?? Now(key, changed);
            if (!IsSame(record, after)) throw new InvariantBrokenException("applied as written", $"{entry.Id} should make {Describe(record)}, but made {Describe(after)}");
        }
        if (entry.Changes.FirstOrDefault(change => !own.ContainsKey(change.Key)) is { } stray) throw new InvariantBrokenException("applied as written", $"{entry.Id} changed {stray.Key}, which it does not name");
    }

    // Judged on the very state that the transaction is committed on.
    private void CheckRights(CommitEntry entry, Dictionary<RecordKey, Record> changed)
    {
        if (entry.Id.AuthorId.StartsWith("app:", StringComparison.Ordinal)) return;
        var caller = Caller.User(entry.Id.AuthorId);
        var state = new StateWith(ledger.StateAt(ledger.Head), changed, []);
        var forWrites = new StateWith(ledger.StateAt(ledger.Head), changed, entry.Changes.Where(change => change.Before is null or { IsDeleted: true } && !change.After.IsDeleted).Select(change => change.After));
        foreach (var change in entry.Changes)
        {
            var rule = rules.GetValueOrDefault(change.Key.Table);
            if (rule is null || !rule.MayWrite(caller, change.Key, change.Before, change.After, forWrites).IsAllowed)
                throw new InvariantBrokenException("no write without a right", $"{entry.Id} may not make {Describe(change.After)} of {Describe(change.Before)}");
            if (change.Before is { IsDeleted: false } before && !rule.MayRead(caller, before, state).IsAllowed)
                throw new InvariantBrokenException("no write without a right", $"{entry.Id} changed {change.Key}, which it may not read");
        }
    }

    private Record? Now(RecordKey key, Dictionary<RecordKey, Record> changed) => changed.GetValueOrDefault(key) ?? ledger.Newest(key);

    private static bool IsSame(Record? left, Record? right) =>
        ReferenceEquals(left, right) || (left is not null && right is not null && left.Version == right.Version && left.Fields == right.Fields && left.IsDeleted == right.IsDeleted);

    private static string Describe(Record? record) => record is null ? "no record" : $"{record} {record.Fields}";
}
