using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>Keeps what can be undone true to what the server made of it: its own time and form of values, what others had written before mine arrived, what was rejected.</summary>
internal sealed class UndoRebase(UndoStacks stacks, CacheTables tables, TransactionQueue queue, StoredQueries stored)
{
    private readonly Dictionary<string, ImmutableArray<UndoPart>> _foreseen = new(StringComparer.Ordinal);
    private readonly Dictionary<RecordKey, long> _own = [];
    private readonly List<RecordKey> _uncovered = [];

    private readonly List<(long Step, UndoPart.Field Guess, UndoPart.Field Real)> _corrections = [];

    /// <summary>A checkpoint is about to be applied: what its receipts are about is looked at as it stands before that, with all that others had written first.</summary>
    public void Foresee(ImmutableArray<ReceiptDelivery> receipts)
    {
        _foreseen.Clear();
        _own.Clear();
        _corrections.Clear();
        if (stacks.IsEmpty) return;
        foreach (var delivery in receipts)
        {
            if (queue.Find(delivery.Receipt.TxId) is not { } transaction) continue;
            var isShownAlready = delivery.Receipt.Versions.Any(step => tables.ConfirmedOf(step.Key)?.Version >= step.After);
            if (transaction.IsApplied && !isShownAlready && stacks.Find(delivery.Receipt.TxId) is not null) _foreseen[delivery.Receipt.TxId] = Inversion.Of(transaction);
            foreach (var step in delivery.Receipt.Versions) _own.TryAdd(step.Key, tables.ConfirmedOf(step.Key)?.Version ?? step.Before);
        }
    }

    /// <summary>What an entry holds of transactions that wait for their answer is brought to what they stand on by now.</summary>
    public void Refresh(UndoEntry entry)
    {
        foreach (var step in entry.Steps)
        {
            if (queue.Find(step.TxId) is { IsApplied: true } transaction) step.Parts = Known(step, Inversion.Of(transaction));
        }
    }

    /// <summary>A transaction has its answer, and what it brought is among the confirmed records.</summary>
    public void Settle(PendingTransaction transaction, Receipt receipt)
    {
        foreach (var version in receipt.Versions)
        {
            if (_own.TryGetValue(version.Key, out var reached)) _own[version.Key] = reached == version.Before ? version.After : -1;
        }
        if (receipt.IsAccepted) NoteDeletions(transaction);
        if (stacks.Find(receipt.TxId) is not { } step) return;
        if (!receipt.IsAccepted)
        {
            stacks.Remove(step);
            return;
        }
        ImmutableArray<UndoPart> parts = [.. Foreseen(step).Where(part => !receipt.FailedConditions.Contains(part.Index))];
        ImmutableArray<UndoPart> real = [.. parts.Select((part, i) => Real(part, receipt, IsLastAt(parts, i)))];
        stacks.Update(step, real);
        foreach (var (guess, became) in parts.Zip(real)) Correct(step, guess, became);
        foreach (var part in transaction.Parts)
        {
            if (IsUncovered(part.Slot.Key)) _uncovered.Add(part.Slot.Key);
        }
    }

    /// <summary>Records that came to be held for the sake of undo alone since it was asked last.</summary>
    public IReadOnlyCollection<RecordKey> TakeUncovered()
    {
        if (_uncovered.Count == 0) return [];
        RecordKey[] taken = [.. _uncovered.Distinct()];
        _uncovered.Clear();
        return taken;
    }

    /// <summary>Whether undo still needs what others wrote of the record.</summary>
    public bool Needs(RecordKey key) => stacks.Steps.Any(step => step.Parts.Any(part => part.Key == key && part.HoldsOthersContent));

    /// <summary>Whether what was confirmed of the record in this checkpoint is this device's own doing, and nobody else's.</summary>
    public bool IsOwn(Record confirmed) => _own.TryGetValue(confirmed.Key, out var reached) && reached == confirmed.Version;

    // What was lost stays so, and what is known of a whole record has been followed since it was written.
    private IEnumerable<UndoPart> Foreseen(UndoStep step)
    {
        if (!_foreseen.TryGetValue(step.TxId, out var foreseen)) return step.Parts;
        return Known(step, foreseen).Select(part => _corrections.Where(correction => correction.Step < step.Number)
            .Aggregate(part, (corrected, correction) => Corrected(corrected, correction.Guess, correction.Real)));
    }

    private static ImmutableArray<UndoPart> Known(UndoStep step, ImmutableArray<UndoPart> parts)
    {
        var known = step.Parts.Where(part => part is UndoPart.Lost or UndoPart.Appeared or UndoPart.Deleted).ToDictionary(part => part.Index);
        return [.. parts.Select(part => known.GetValueOrDefault(part.Index, part))];
    }

    private void NoteDeletions(PendingTransaction transaction)
    {
        if (stacks.IsEmpty) return;
        foreach (var group in transaction.Transaction.Operations.GroupBy(operation => operation.Key))
        {
            if (group.Last() is Operation.Delete) stacks.NoteDeleted(group.Key);
        }
    }

    private bool IsUncovered(RecordKey key) =>
        tables.TryGet(key, out var slot) && slot is { Holders: 0, Confirmed: { } confirmed } && !stored.Watches(confirmed) && Needs(key);

    // The body is what the whole transaction left. So it tells what one part left only where no later part wrote there, and of what others write into as
    // well, a list or a parent, only where nobody else did.
    private UndoPart Real(UndoPart part, Receipt receipt, bool isLast)
    {
        var after = receipt.Versions.FirstOrDefault(version => version.Key == part.Key).After;
        var left = tables.ConfirmedOf(part.Key) is { } confirmed && confirmed.Version == after ? confirmed : null;
        var body = isLast ? left : null;
        var isOwn = body is not null && IsOwn(body);
        return part switch
        {
            UndoPart.Field { IsNow: false } field when body is not null => field with { Mine = body.Get(field.Path), Made = isOwn && field.Made is { } made ? made with { Mine = body.Get(made.Path) } : field.Made },
            UndoPart.Field { IsNow: true } field => field with { Mine = CanonicalJson.From(receipt.Now), Guess = field.Mine },
            UndoPart.Element element when isOwn => element with { After = body!.Get(element.Path), Made = element.Made is { } made ? made with { Mine = body.Get(made.Path) } : null },
            UndoPart.Appeared { Mine.IsMissing: true } appeared when left is not null => appeared with { Mine = left.Fields },
            _ => part,
        };
    }

    private static bool IsLastAt(ImmutableArray<UndoPart> parts, int index)
    {
        var part = parts[index];
        var touched = part switch { UndoPart.Field { Made: { } made } => made.Path, UndoPart.Element { Made: { } made } => made.Path, _ => part.Path };
        return !parts.Skip(index + 1).Any(later => later.Key == part.Key && later.Path.Overlaps(touched));
    }

    // An entry that stands on a guess stands on what became of it.
    private void Correct(UndoStep settled, UndoPart guess, UndoPart became)
    {
        if (guess is not UndoPart.Field guessed || became is not UndoPart.Field real || guessed.Mine == real.Mine) return;
        _corrections.Add((settled.Number, guessed, real));
        stacks.Revise(real.Key, part => Corrected(part, guessed, real), after: settled.Number);
    }

    private static UndoPart Corrected(UndoPart part, UndoPart.Field guess, UndoPart.Field real) =>
        part is UndoPart.Field field && field.Key == real.Key && field.Path == real.Path && field.Before == guess.Mine ? field with { Before = real.Mine } : part;
}
