namespace Sync;

public static partial class Operations
{
    /// <summary>
    /// The operations that undo one applied operation, in the order in which they must be applied; none where nothing changed.
    /// Exact: applying them to <paramref name="after"/> gives back the fields of <paramref name="before"/> to the letter.
    /// </summary>
    public static IReadOnlyList<Operation> Invert(Record? before, Operation operation, Record after)
    {
        var isSame = before is not null && before.IsDeleted == after.IsDeleted && before.Fields == after.Fields;
        if (isSame) return [];
        return operation switch
        {
            Operation.Create => [.. Rewrite(after, before?.Fields), new Operation.Delete(after.Key)],
            Operation.Restore => [new Operation.Delete(after.Key)],
            Operation.Delete => [new Operation.Restore(after.Key)],
            Operation.Set set => [PutBack(before!, set.Path)],
            Operation.Unset unset => [PutBack(before!, unset.Path)],
            Operation.SetNow setNow => [PutBack(before!, setNow.Path)],
            Operation.ListInsert insert => [ByIntent(before!, after, insert.Path, insert.Value)],
            Operation.ListRemove remove => [ByIntent(before!, after, remove.Path, remove.Value)],
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Not an operation of this version."),
        };
    }

    /// <summary>A create over a tombstone replaced its last image, which an earlier delete may still have to bring back.</summary>
    private static IEnumerable<Operation> Rewrite(Record after, CanonicalJson? image)
    {
        if (image is not { } old) yield break;
        foreach (var (name, value) in old.Members)
        {
            if (after.Fields[name] != value) yield return new Operation.Set(after.Key, FieldPath.Of(name), value);
        }
        foreach (var (name, _) in after.Fields.Members)
        {
            if (old[name].IsMissing) yield return new Operation.Unset(after.Key, FieldPath.Of(name));
        }
    }

    /// <summary>Takes out what was put in, or puts back beside its left neighbour what was taken out or moved; where that is not exact (duplicates), the old list.</summary>
    private static Operation ByIntent(Record before, Record after, FieldPath path, CanonicalJson value)
    {
        var old = before.Get(path);
        Operation intent = JsonList.Contains(old.Kind == JsonKind.List ? old : CanonicalJson.EmptyList, value)
            ? new Operation.ListInsert(after.Key, path, value, JsonList.LeftOf(old, value) is { IsMissing: false } left ? new ListPosition.After(left) : ListPosition.AtStart)
            : new Operation.ListRemove(after.Key, path, value);
        var isExact = Apply(after, intent, default).Record?.Fields == before.Fields;
        return isExact ? intent : PutBack(before, path);
    }

    /// <summary>Writes back what stood at the shortest part of the path that the operation can have changed.</summary>
    private static Operation PutBack(Record before, FieldPath path)
    {
        for (var length = 1; length < path.Segments.Length; length++)
        {
            var parent = FieldPath.Of(path.Segments.AsSpan()[..length]);
            var value = before.Get(parent);
            if (value.IsMissing) return new Operation.Unset(before.Key, parent);
            if (value.Kind == JsonKind.Null) return new Operation.Set(before.Key, parent, value);
        }
        var old = before.Get(path);
        return old.IsMissing ? new Operation.Unset(before.Key, path) : new Operation.Set(before.Key, path, old);
    }
}
