using Sync.Server;

namespace Sync.Testing;

/// <summary>Whoever else writes to the database and its log: a migration, a console, another service.</summary>
internal sealed class Outsiders(SimulatedDatabase database, CheckedCommits commits, AppWrites writes, LogHints hints, SimulatedClock clock, Witness witness)
{
    public async ValueTask WriteAsync(string[] operations)
    {
        var me = new object();
        if (!await database.Turns.TakeAsync(me).ConfigureAwait(false)) return;
        if (writes.ForeignBatch(operations) is { } batch && database.Held.FindBlocked(batch).Count == 0)
        {
            witness.Count("faults: write by another node between decision and commit");
            await CommitAsync(batch).ConfigureAwait(false);
        }
        database.Turns.End(me);
    }

    /// <summary>A transaction that stays open for a while: nobody else can write its records meanwhile.</summary>
    public async Task HoldAsync(SimulationStep.Hold step)
    {
        if (database.Held.Hold(StepText.Operations(step.Operations).Select(operation => operation.Key)) is not { } hold) return;
        witness.Count("faults: records held");
        await clock.DelayAsync(TimeSpan.FromMilliseconds(step.ForMs)).ConfigureAwait(false);
        var me = new object();
        var isTurn = step.Commits && await database.Turns.TakeAsync(me).ConfigureAwait(false);
        if (database.Held.LetGo(hold) && isTurn && writes.ForeignBatch(step.Operations) is { } batch && database.Held.FindBlocked(batch).Count == 0)
        {
            witness.Count("faults: held records written by who held them");
            await CommitAsync(batch).ConfigureAwait(false);
        }
        database.Turns.End(me);
    }

    public CommitAnswer.Blocked? FindBlocked(CommitBatch batch) => database.Held.FindBlocked(batch) is { Count: > 0 } entries ? Blocked(entries) : null;

    private CommitAnswer.Blocked Blocked(IReadOnlyCollection<int> entries)
    {
        witness.Count("commits: Blocked");
        return new CommitAnswer.Blocked(entries);
    }

    private async ValueTask CommitAsync(CommitBatch batch)
    {
        await commits.CommitAsync(batch).ConfigureAwait(false);
        hints.Committed(by: null);
    }
}
