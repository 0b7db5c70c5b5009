using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>Takes the topmost entry of a stack back: by withdrawing what was never sent, else by new transactions.</summary>
internal sealed class UndoRunner(UndoStacks stacks, UndoRebase rebase, UndoFollower follower, CacheTables tables, TransactionQueue queue, Turn turn)
{
    /// <summary>Most operations of one transaction of an undo; a larger entry is taken back in several.</summary>
    private const int MaxOperations = 500;

    /// <summary>A transaction that has grown beyond this takes no more.</summary>
    private const int MaxBytes = 128 * 1024;

    private readonly Dictionary<string, UndoEntry> _takenBack = new(StringComparer.Ordinal);

    /// <param name="entry">The topmost one of its stack.</param>
    /// <param name="create">Makes a transaction of operations.</param>
    public UndoWork Run(UndoEntry entry, Func<ImmutableArray<Operation>, Transaction> create, DateTimeOffset now)
    {
        rebase.Refresh(entry);
        var plan = UndoPlan.Of(entry.NewestFirst, key => Find(key, entry), now);
        stacks.Remove(entry);
        if (Withdrawable(entry) is { Count: > 0 } unsent) return Withdraw(entry, unsent, plan, now);

        var label = entry.Label is { } name ? $"{(entry.IsRedo ? "Redo" : "Undo")} {name}" : null;
        PendingTransaction[] written = [.. Cut(plan).Select(operations => new PendingTransaction(create(operations), label) { IsUndoable = false })];
        var steps = new List<(string, ImmutableArray<UndoPart>)>();
        var made = entry.NewestFirst.OfType<UndoPart.Appeared>().Where(part => !part.IsBroughtBack).Select(part => part.Key).ToHashSet();
        var first = 0;
        foreach (var transaction in written)
        {
            queue.Add(transaction);
            _takenBack[transaction.Transaction.TxId] = entry;
            var end = first + transaction.Transaction.Operations.Length;
            var planned = plan.Changes.Where(part => part.Index >= first && part.Index < end).Select(part => part with { Index = part.Index - first });
            var parts = (transaction.IsApplied ? Inversion.Of(transaction) : [.. planned]).Select(part => AsOwn(part, transaction.Transaction, made)).ToImmutableArray();
            if (!parts.IsEmpty) steps.Add((transaction.Transaction.TxId, parts));
            first = end;
        }
        foreach (var left in plan.Left)
        {
            if (left is { Seen: null, Assumed: { } before, Current: { } after }) follower.Follow(before, after);
        }
        if (steps.Count > 0) stacks.Push(!entry.IsRedo, entry.Label, now, steps);
        return new UndoWork(entry.Label, plan, written);
    }

    /// <summary>A transaction of an undo is answered.</summary>
    public void Settled(string txId) => _takenBack.Remove(txId);

    /// <summary>A transaction could not be saved, so it was never written; nor was what it took back.</summary>
    public void TakeBack(string txId)
    {
        if (stacks.Find(txId) is { } step) stacks.Remove(step);
        if (!_takenBack.Remove(txId, out var entry) || _takenBack.ContainsValue(entry)) return;
        stacks.PutBack(entry);
    }

    private UndoTarget Find(RecordKey key, UndoEntry entry)
    {
        if (tables.TryGet(key, out var slot) && slot.View is { } view) return new UndoTarget(slot.Table, view, null, false);
        var mine = stacks.Steps.Concat(entry.Steps).SelectMany(step => step.Parts).Where(part => part.Key == key).Select(MineOf).FirstOrDefault(fields => !fields.IsMissing);
        return new UndoTarget(tables.Table(key.Table), null, mine.IsMissing ? null : new Record(key, 1, mine), slot is { HasPending: true });
    }

    private static CanonicalJson MineOf(UndoPart part) => part switch
    {
        UndoPart.Appeared appeared => appeared.Mine,
        UndoPart.Deleted deleted => deleted.Mine,
        _ => default,
    };

    // What undo takes away that this device had made is this device's own.
    private static UndoPart AsOwn(UndoPart part, Transaction transaction, HashSet<RecordKey> made) =>
        part is UndoPart.Deleted deleted && made.Contains(part.Key) && transaction.Operations[part.Index] is Operation.Delete { If: Condition.ValueIs fields } ? deleted with { Mine = fields.Value } : part;

    // Only where nothing stands on it: what was written after it would lose its ground.
    private List<PendingTransaction> Withdrawable(UndoEntry entry)
    {
        var withdrawn = new HashSet<PendingTransaction>();
        foreach (var step in Enumerable.Reverse(entry.Steps))
        {
            if (queue.Find(step.TxId) is not { IsSaved: true, MayBeSent: false } transaction) return [];
            if (transaction.Parts.Any(part => part.Slot.Pending!.Exists(other => other.Transaction.Order > transaction.Order && !withdrawn.Contains(other.Transaction)))) return [];
            withdrawn.Add(transaction);
        }
        return [.. withdrawn];
    }

    private UndoWork Withdraw(UndoEntry entry, List<PendingTransaction> unsent, UndoPlan plan, DateTimeOffset now)
    {
        var created = unsent.SelectMany(transaction => transaction.Transaction.Operations).OfType<Operation.Create>().Select(create => create.Key).ToHashSet();
        IEnumerable<UndoPart> uncreated = created.Select(key => Find(key, entry).Current).OfType<Record>().Select(record => new UndoPart.Uncreated(record.Key, 0, record.Fields));
        ImmutableArray<UndoPart> parts = [.. uncreated, .. plan.Changes.Where(part => !created.Contains(part.Key))];
        foreach (var transaction in unsent)
        {
            queue.Settle(transaction);
            turn.Withdrawn(transaction);
        }
        if (!parts.IsEmpty) stacks.Push(!entry.IsRedo, entry.Label, now, [("", parts)]);
        return new UndoWork(entry.Label, plan, []);
    }

    private static IEnumerable<ImmutableArray<Operation>> Cut(UndoPlan plan)
    {
        var cut = ImmutableArray.CreateBuilder<Operation>();
        var bytes = 0;
        for (var i = 0; i < plan.Operations.Length; i++)
        {
            var operation = plan.Operations[i];
            if (cut.Count > 0 && (i == plan.FirstUnseen || cut.Count == MaxOperations || bytes > MaxBytes))
            {
                yield return cut.ToImmutable();
                cut.Clear();
                bytes = 0;
            }
            cut.Add(operation);
            bytes += operation.ValueBytes();
        }
        if (cut.Count > 0) yield return cut.ToImmutable();
    }
}
