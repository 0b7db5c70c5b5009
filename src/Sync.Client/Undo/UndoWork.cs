using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>An undo that is under way: what it does, and what came of it by the receipts of its transactions.</summary>
internal sealed class UndoWork(string? label, UndoPlan plan, IReadOnlyList<PendingTransaction> written)
{
    public IReadOnlyList<PendingTransaction> Written { get; } = written;

    public UndoRun ToRun()
    {
        var local = Report(fate => fate.IsDoneHere ? null : fate.Skip ?? SkipReason.ChangedSince);
        return Written.Count == 0 ? UndoRun.Finished(label, local) : new UndoRun(label, local, ConfirmAsync()) { Writes = [.. Written.Select(transaction => transaction.Handle)] };
    }

    private async Task<UndoReport> ConfirmAsync()
    {
        var receipts = new List<Receipt>(Written.Count);
        foreach (var transaction in Written) receipts.Add(await transaction.Handle.Receipt.ConfigureAwait(false));
        var outcomes = new List<SkipReason?>();
        for (var i = 0; i < Written.Count; i++)
        {
            for (var operation = 0; operation < Written[i].Transaction.Operations.Length; operation++)
                outcomes.Add(!receipts[i].IsAccepted ? SkipReason.Rejected : receipts[i].FailedConditions.Contains(operation) ? SkipReason.ChangedSince : null);
        }
        return Report(fate => fate.Count == 0 ? fate.Skip : outcomes.GetRange(fate.First, fate.Count).Contains(null) ? null : outcomes[fate.First]);
    }

    private UndoReport Report(Func<UndoFate, SkipReason?> reasonOf)
    {
        var skipped = ImmutableArray.CreateBuilder<SkippedChange>();
        foreach (var fate in plan.Fates)
        {
            if (reasonOf(fate) is { } reason) skipped.Add(new SkippedChange(fate.Part.Key, fate.Part.Path.ToString(), reason));
        }
        var outcome = skipped.Count == 0 ? UndoOutcome.Undone : skipped.Count < plan.Fates.Length ? UndoOutcome.Partly : UndoOutcome.Skipped;
        return new UndoReport(outcome, skipped.ToImmutable());
    }
}
