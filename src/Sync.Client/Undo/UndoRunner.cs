using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>Takes the topmost entry of a stack back: by withdrawing what was never sent, else by new transactions.</summary>
internal sealed class UndoRunner(UndoStacks stacks, UndoRebase rebase, CacheTables tables, TransactionQueue queue, Turn turn)
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
        var plan = UndoPlan.Of(entry.NewestFirst, key => Find(key, entry), now);
        stacks.Remove(entry);
        if (Withdrawable(entry) is { Count: > 0 } unsent) return Withdraw(entry, unsent, plan, now);

        var label = entry.Label is { } name ? $"{(entry.IsRedo ? "Redo" : "Undo")} {name}" : null;
        PendingTransaction[] written = [.. Cut(plan.Operations).Select(operations => new PendingTransaction(create(operations), label) { IsUndoable = false })];
        var steps = new List<(string, ImmutableArray<UndoPart>)>();
        var first = 0;
        foreach (var transaction in written)
        {
            queue.Add(transaction);
            _takenBack[transaction.Transaction.TxId] = entry;
            var end = first + transaction.Transaction.Operations.Length;
            var planned = plan.Changes.Where(part => part.Index >= first && part.Index < end).Select(part => part with { Index = part.Index - first });
            ImmutableArray<UndoPart> parts = transaction.IsApplied ? Inversion.Of(transaction) : [.. planned];
            if (!parts.IsEmpty) steps.Add((transaction.Transaction.TxId, parts));
            first = end;
        }
        foreach (var left in plan.Left)
        {
            if (left is { Seen: null, Assumed: { } before, Current: { } after }) rebase.Follow(before, after);
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
        var made = stacks.Steps.Concat(entry.Steps).SelectMany(step => step.Parts).OfType<UndoPart.Appeared>().FirstOrDefault(part => part.Key == key && !part.Mine.IsMissing);
        return new UndoTarget(tables.Table(key.Table), null, made is null ? null : new Record(key, 1, made.Mine), slot is { HasPending: true });
    }

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

    private static IEnumerable<ImmutableArray<Operation>> Cut(ImmutableArray<Operation> operations)
    {
        var cut = ImmutableArray.CreateBuilder<Operation>();
        var bytes = 0;
        foreach (var operation in operations)
        {
            if (cut.Count == MaxOperations || bytes > MaxBytes)
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
