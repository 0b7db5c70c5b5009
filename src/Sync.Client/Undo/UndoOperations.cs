namespace Sync.Client;

/// <summary>The operations that take one change back. Each takes effect only where the record still has what this device left there, as the server finds it. Pure.</summary>
internal static class UndoOperations
{
    /// <param name="current">The record as it is by now; null where it is not on this device, a tombstone where it is deleted.</param>
    /// <param name="softDelete">The field by which the table deletes.</param>
    /// <param name="mayComeBack">Whether the server is asked to bring it back, so that it may be there when this is decided.</param>
    /// <param name="skip">Why there is nothing to be done about it; none where operations are given, or nothing has to be done.</param>
    public static IEnumerable<Operation> Of(UndoPart part, Record? current, FieldPath? softDelete, bool mayComeBack, out SkipReason? skip)
    {
        skip = null;
        switch (part)
        {
            case UndoPart.Lost:
                skip = SkipReason.Gone;
                return [];
            case UndoPart.Deleted deleted:
                return current is { IsDeleted: false } ? [] : [new Operation.Restore(deleted.Key)];
            case UndoPart.Uncreated uncreated:
                return current is { IsDeleted: false } ? [] : [new Operation.Create(uncreated.Key, uncreated.Fields)];
            case UndoPart.Field { Before.IsMissing: true, Mine.IsMissing: false } field when field.Path == softDelete:
                return [new Operation.Restore(field.Key)];
            case UndoPart.Field field when current is { IsDeleted: false } || mayComeBack || field.Path == softDelete:
                return Of(field);
            case UndoPart.Element element when current is not { IsDeleted: false } && mayComeBack:
                return Unseen(element);
            case var _ when current is not { IsDeleted: false } && !mayComeBack:
                skip = SkipReason.Gone;
                return [];
            case UndoPart.Appeared { Mine.IsMissing: true }:
                skip = SkipReason.ChangedSince;
                return [];
            case UndoPart.Appeared appeared:
                return [new Operation.Delete(appeared.Key, new Condition.ValueIs(appeared.Mine))];
            case UndoPart.Element element:
                return Of(element, current!, out skip);
            default:
                throw new ArgumentOutOfRangeException(nameof(part), part, "Not a part of this version.");
        }
    }

    private static IEnumerable<Operation> Of(UndoPart.Field field)
    {
        if (field.Made is { } made) yield return PutBack(field.Key, made.Path, made.Mine, made.Before);
        yield return PutBack(field.Key, field.Path, field.Mine, field.Before);
        if (!field.Guess.IsMissing && field.Guess != field.Mine) yield return PutBack(field.Key, field.Path, field.Guess, field.Before);
    }

    // By intent: what others did to the list meanwhile stays. Where nobody did anything it comes back to the letter.
    private static IEnumerable<Operation> Of(UndoPart.Element element, Record current, out SkipReason? skip)
    {
        skip = null;
        var list = current.Get(element.Path);
        var intent = Intent(element, list);
        if (list == element.After)
        {
            if (element.Made is { } made) return intent is null ? [PutBack(element.Key, made.Path, made.Mine, made.Before)] : [PutBack(element.Key, made.Path, made.Mine, made.Before), intent];
            var isExact = intent is not null && Applied(intent, list) == element.Before;
            return isExact ? [intent!] : [PutBack(element.Key, element.Path, element.After, element.Before)];
        }
        if (intent is null && element.WasThere != UndoPart.IsIn(list, element.Value)) skip = SkipReason.ChangedSince;
        return intent is null ? [] : [intent];
    }

    private static IEnumerable<Operation> Unseen(UndoPart.Element element)
    {
        if (element.Made is { } made) yield return PutBack(element.Key, made.Path, made.Mine, made.Before);
        Operation intent = element.WasThere
            ? new Operation.ListInsert(element.Key, element.Path, element.Value, OldPlace(element.Before, element.Value, element.Before))
            : new Operation.ListRemove(element.Key, element.Path, element.Value);
        var isExact = element.Made is not null || Applied(intent, element.After) == element.Before;
        yield return isExact ? intent : PutBack(element.Key, element.Path, element.After, element.Before);
    }

    private static CanonicalJson Applied(Operation intent, CanonicalJson list) => (intent, list.Kind) switch
    {
        (Operation.ListInsert insert, JsonKind.List) => JsonList.Insert(list, insert.Value, insert.Position),
        (Operation.ListRemove remove, JsonKind.List) => JsonList.Remove(list, remove.Value),
        _ => default,
    };

    /// <summary>Null where somebody has done it already, or undone what was done.</summary>
    private static Operation? Intent(UndoPart.Element element, CanonicalJson list)
    {
        var (key, path, value) = (element.Key, element.Path, element.Value);
        var isIn = UndoPart.IsIn(list, value);
        if (!element.WasThere) return isIn ? new Operation.ListRemove(key, path, value) : null;
        if (element.IsThere != isIn) return null;
        return list.IsMissingOrNull || list.Kind == JsonKind.List ? new Operation.ListInsert(key, path, value, OldPlace(element.Before, value, list)) : null;
    }

    /// <summary>Behind the nearest of its old left neighbours that is left, else in front of the nearest right one.</summary>
    private static ListPosition OldPlace(CanonicalJson before, CanonicalJson value, CanonicalJson list)
    {
        CanonicalJson[] old = [.. before.Elements];
        var at = Array.IndexOf(old, value);
        for (var i = at - 1; i >= 0; i--)
        {
            if (UndoPart.IsIn(list, old[i])) return new ListPosition.After(old[i]);
        }
        for (var i = at + 1; at > 0 && i < old.Length; i++)
        {
            if (old[i] != value && UndoPart.IsIn(list, old[i])) return new ListPosition.Before(old[i]);
        }
        return at > 0 ? ListPosition.AtEnd : ListPosition.AtStart;
    }

    private static Operation PutBack(RecordKey key, FieldPath path, CanonicalJson mine, CanonicalJson before)
    {
        Condition held = mine.IsMissing ? Condition.Absent.Instance : new Condition.ValueIs(mine);
        return before.IsMissing ? new Operation.Unset(key, path, held) : new Operation.Set(key, path, before, held);
    }
}
