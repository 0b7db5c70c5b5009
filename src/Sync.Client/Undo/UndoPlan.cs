using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>How an entry is taken back: the operations, and which of them stand for which of its parts. Pure.</summary>
internal sealed class UndoPlan
{
    private UndoPlan(ImmutableArray<Operation> operations, ImmutableArray<UndoFate> fates, ImmutableArray<UndoPart> changes) =>
        (Operations, Fates, Changes) = (operations, fates, changes);

    public ImmutableArray<Operation> Operations { get; }
    public ImmutableArray<UndoFate> Fates { get; }

    /// <summary>What the operations change in what this device sees.</summary>
    public ImmutableArray<UndoPart> Changes { get; }

    /// <param name="parts">Newest first: each is taken back on the state that the ones before it leave.</param>
    /// <param name="find">A record as this device sees it.</param>
    public static UndoPlan Of(IEnumerable<UndoPart> parts, Func<RecordKey, (TableCache Table, Record? View)> find, DateTimeOffset now)
    {
        var operations = ImmutableArray.CreateBuilder<Operation>();
        var fates = ImmutableArray.CreateBuilder<UndoFate>();
        var changes = ImmutableArray.CreateBuilder<UndoPart>();
        var running = new Dictionary<RecordKey, (TableCache Table, Record? Current, Record? Seen)>();
        foreach (var part in Squashed(parts))
        {
            if (!running.TryGetValue(part.Key, out var known)) known = find(part.Key) is var (at, view) ? (at, view, view) : default;
            var (table, current, seen) = known;
            var first = operations.Count;
            var isHeld = false;
            var given = UndoOperations.Of(AsOfNow(part, seen, current), current, table.Model?.SoftDeleteField, out var skip);
            foreach (var operation in given)
            {
                var carriedOut = table.Translate(operation, current);
                var result = Sync.Operations.Apply(current, carriedOut, now);
                if (result.Record is { } after)
                {
                    if (Inversion.Of(operations.Count, current, carriedOut, after) is { } change) changes.Add(change);
                    isHeld |= !result.ConditionFailed;
                    current = after;
                }
                else
                {
                    isHeld |= current is null; // Not on this device: the server finds out.
                }
                operations.Add(operation);
            }
            running[part.Key] = (table, current, seen);
            fates.Add(new UndoFate(part, first, operations.Count - first, skip, isHeld || skip is null && first == operations.Count));
        }
        return new UndoPlan(operations.ToImmutable(), fates.ToImmutable(), changes.ToImmutable());
    }

    // A record that is as this device left it is so too once newer writes to it are taken back.
    private static UndoPart AsOfNow(UndoPart part, Record? seen, Record? current) =>
        part is UndoPart.Appeared appeared && seen is not null && current is not null && appeared.Mine == seen.Fields ? appeared with { Mine = current.Fields } : part;

    // What was typed letter by letter goes back in one operation.
    private static List<UndoPart> Squashed(IEnumerable<UndoPart> parts)
    {
        var squashed = new List<UndoPart>();
        foreach (var part in parts)
        {
            if (part is UndoPart.Field { Made: null } older
                && squashed.FindLastIndex(newer => newer.Key == part.Key && Overlap(newer.Path, part.Path)) is >= 0 and var at
                && squashed[at] is UndoPart.Field { Made: null } field && field.Path == older.Path && field.Before == older.Mine)
                squashed[at] = field with { Before = older.Before };
            else squashed.Add(part);
        }
        return squashed;
    }

    private static bool Overlap(FieldPath left, FieldPath right)
    {
        if (left.IsId || right.IsId) return true;
        var shorter = Math.Min(left.Segments.Length, right.Segments.Length);
        return left.Segments.AsSpan()[..shorter].SequenceEqual(right.Segments.AsSpan()[..shorter]);
    }
}

/// <summary>What becomes of one part.</summary>
/// <param name="First">Its first operation in the plan.</param>
/// <param name="Count">How many it has; it is done where one of them took effect.</param>
/// <param name="IsDoneHere">Whether it is, as far as this device sees.</param>
internal sealed record UndoFate(UndoPart Part, int First, int Count, SkipReason? Skip, bool IsDoneHere);
