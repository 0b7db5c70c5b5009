using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>What operations changed. Pure.</summary>
internal static class Inversion
{
    /// <summary>The parts of a transaction of this device as it is replayed now, oldest first; none where it could not be replayed.</summary>
    public static ImmutableArray<UndoPart> Of(PendingTransaction transaction)
    {
        if (!transaction.IsApplied) return [];
        var parts = ImmutableArray.CreateBuilder<UndoPart>();
        var running = transaction.Parts.ToDictionary(part => part.Slot.Key, part => (part.Slot.Table, Record: Replay.Before(part)));
        var operations = transaction.Transaction.Operations;
        for (var i = 0; i < operations.Length; i++)
        {
            var (table, before) = running[operations[i].Key];
            var carriedOut = table.Translate(operations[i], before);
            if (Operations.Apply(before, carriedOut, transaction.Now).Record is not { } after) return [];
            if (Of(i, before, carriedOut, after) is { } part) parts.Add(part);
            running[operations[i].Key] = (table, after);
        }
        return [.. parts.Select(part => part is UndoPart.Appeared appeared && running[part.Key].Record is { IsDeleted: false } left ? appeared with { Mine = left.Fields } : part)];
    }

    /// <summary>What one operation changed; null where that is nothing.</summary>
    /// <param name="carriedOut">As the table carries it out: a soft delete writes a field.</param>
    public static UndoPart? Of(int index, Record? before, Operation carriedOut, Record after)
    {
        if (before is not null && before.IsDeleted == after.IsDeleted && before.Fields == after.Fields) return null;
        return carriedOut switch
        {
            Operation.Create => new UndoPart.Appeared(after.Key, index, after.Fields),
            Operation.Restore => new UndoPart.Appeared(after.Key, index, after.Fields) { IsBroughtBack = true },
            Operation.Delete => new UndoPart.Deleted(after.Key, index),
            Operation.Set set => Field(index, before!, set.Path, after, false),
            Operation.Unset unset => Field(index, before!, unset.Path, after, false),
            Operation.SetNow setNow => Field(index, before!, setNow.Path, after, true),
            Operation.ListInsert insert => Element(index, before!, insert.Path, insert.Value, after),
            Operation.ListRemove remove => Element(index, before!, remove.Path, remove.Value, after),
            _ => throw new ArgumentOutOfRangeException(nameof(carriedOut), carriedOut, "Not an operation of this version."),
        };
    }

    /// <summary>What an undo changes of a record that is not on this device, as far as that can be told.</summary>
    /// <param name="part">What it takes back.</param>
    public static UndoPart? OfUnseen(int index, Operation operation, UndoPart part) => operation switch
    {
        Operation.ListInsert or Operation.ListRemove when part is UndoPart.Element element => element with { Index = index, Before = element.After, After = element.Before, Made = null },
        Operation.Set { If: Condition.ValueIs was } set => new UndoPart.Field(set.Key, index, set.Path, set.Value, was.Value, null, false),
        Operation.Set { If: Condition.Absent } set => new UndoPart.Field(set.Key, index, set.Path, set.Value, default, null, false),
        Operation.Unset { If: Condition.ValueIs was } unset => new UndoPart.Field(unset.Key, index, unset.Path, default, was.Value, null, false),
        Operation.Restore restore => new UndoPart.Appeared(restore.Key, index, default) { IsBroughtBack = true },
        Operation.Delete delete => new UndoPart.Deleted(delete.Key, index),
        _ => null,
    };

    private static UndoPart.Field Field(int index, Record before, FieldPath path, Record after, bool isNow) =>
        new(before.Key, index, path, after.Get(path), before.Get(path), MadeAbove(before, path, after), isNow);

    private static UndoPart.Element Element(int index, Record before, FieldPath path, CanonicalJson value, Record after)
    {
        var old = before.Get(path);
        var made = MadeAbove(before, path, after) ?? (old.IsMissingOrNull ? new MadeParent(path, after.Get(path), old) : null);
        return new(before.Key, index, path, value, old, after.Get(path), made);
    }

    private static MadeParent? MadeAbove(Record before, FieldPath path, Record after)
    {
        for (var length = 1; length < path.Segments.Length; length++)
        {
            var parent = FieldPath.Of(path.Segments.AsSpan()[..length]);
            if (before.Get(parent) is { IsMissingOrNull: true } none) return new MadeParent(parent, after.Get(parent), none);
        }
        return null;
    }
}
