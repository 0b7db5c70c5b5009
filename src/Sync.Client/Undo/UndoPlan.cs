using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>How an entry is taken back: the operations, and which of them stand for which of its parts. Pure.</summary>
internal sealed class UndoPlan
{
    private UndoPlan(ImmutableArray<Operation> operations, ImmutableArray<UndoFate> fates, ImmutableArray<UndoPart> changes, IReadOnlyCollection<UndoTarget> left) =>
        (Operations, Fates, Changes, Left) = (operations, fates, changes, left);

    public ImmutableArray<Operation> Operations { get; }

    /// <summary>From here on they are on records that are not on this device or leave it, and go in transactions of their own: the others show at once, and go on to.</summary>
    public int FirstUnseen { get; private init; }

    public ImmutableArray<UndoFate> Fates { get; }

    /// <summary>What the operations change in what this device sees.</summary>
    public ImmutableArray<UndoPart> Changes { get; }

    /// <summary>What it leaves of each record, as far as this device can tell.</summary>
    public IReadOnlyCollection<UndoTarget> Left { get; }

    /// <param name="parts">Newest first: each is taken back on the state that the ones before it leave.</param>
    /// <param name="find">A record as this device sees it.</param>
    public static UndoPlan Of(IEnumerable<UndoPart> parts, Func<RecordKey, UndoTarget> find, DateTimeOffset now)
    {
        var operations = ImmutableArray.CreateBuilder<Operation>();
        var fates = ImmutableArray.CreateBuilder<UndoFate>();
        var changes = ImmutableArray.CreateBuilder<UndoPart>();
        var running = new Dictionary<RecordKey, UndoTarget>();
        int? firstUnseen = null;
        foreach (var part in Squashed(parts).OrderBy(part => Target(part.Key).IsAway))
        {
            var target = Target(part.Key);
            if (target.IsAway) firstUnseen ??= operations.Count;
            var (table, current, mayComeBack) = (target.Table, target.Current, target.MayComeBack);
            var first = operations.Count;
            var isHeld = false;
            var given = UndoOperations.Of(AsOfNow(part, target), current, table.Model?.SoftDeleteField, mayComeBack, out var skip);
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
                    // It is not on this device: the server finds out.
                    if (Inversion.OfUnseen(operations.Count, operation, part) is { } change) changes.Add(change);
                    isHeld = mayComeBack = true;
                    current ??= target.Assumed;
                }
                operations.Add(operation);
            }
            running[part.Key] = target with { Current = current, MayComeBack = mayComeBack };
            fates.Add(new UndoFate(part, first, operations.Count - first, skip, isHeld || skip is null && first == operations.Count));
        }
        return new UndoPlan(operations.ToImmutable(), fates.ToImmutable(), [.. changes.Select(change => AsLeft(change, running[change.Key].Current))], running.Values) { FirstUnseen = firstUnseen ?? operations.Count };

        UndoTarget Target(RecordKey key) => running.TryGetValue(key, out var known) ? known : running[key] = find(key);
    }

    private static UndoPart AsLeft(UndoPart change, Record? left) =>
        change is UndoPart.Appeared appeared && left is { IsDeleted: false } ? appeared with { Mine = left.Fields } : change;

    // A record that is as this device left it is so too once newer writes to it are taken back.
    private static UndoPart AsOfNow(UndoPart part, UndoTarget target) =>
        part is UndoPart.Appeared appeared && target.Current is { } current && appeared.Mine == (target.Seen ?? target.Assumed)?.Fields ? appeared with { Mine = current.Fields } : part;

    // What was typed letter by letter goes back in one operation.
    private static List<UndoPart> Squashed(IEnumerable<UndoPart> parts)
    {
        var squashed = new List<UndoPart>();
        foreach (var part in parts)
        {
            if (part is UndoPart.Field { Made: null } older
                && squashed.FindLastIndex(newer => newer.Key == part.Key && newer.Path.Overlaps(part.Path)) is >= 0 and var at
                && squashed[at] is UndoPart.Field { Made: null } field && field.Path == older.Path && (field.Before == older.Mine || field.Before == older.Guess))
                squashed[at] = field with { Before = older.Before };
            else squashed.Add(part);
        }
        return squashed;
    }
}

/// <summary>A record that an undo goes to.</summary>
/// <param name="Seen">As this device saw it when the undo began; null where it was not here.</param>
/// <param name="Assumed">Where it is not here, but this device made it: as it must be once it comes back.</param>
/// <param name="MayComeBack">Whether the server has been asked for something that may bring it back.</param>
internal sealed record UndoTarget(TableCache Table, Record? Seen, Record? Assumed, bool MayComeBack)
{
    public bool IsAway => Seen is null or { IsDeleted: true };

    /// <summary>With what has been taken back so far.</summary>
    public Record? Current { get; init; } = Seen ?? (MayComeBack ? Assumed : null);
}

/// <summary>What becomes of one part.</summary>
/// <param name="First">Its first operation in the plan.</param>
/// <param name="Count">How many it has; it is done where one of them took effect.</param>
/// <param name="IsDoneHere">Whether it is, as far as this device sees.</param>
internal sealed record UndoFate(UndoPart Part, int First, int Count, SkipReason? Skip, bool IsDoneHere);
