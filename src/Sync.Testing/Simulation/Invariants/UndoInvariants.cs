using Sync.Server;

namespace Sync.Testing;

/// <summary>
/// What an undo may take back: values that its author has left there at some time, elements that they have put in. Told by the log alone. A redo does again what was
/// done to others' values, and what is deleted softly or brought back is whoever's it was.
/// </summary>
internal sealed class UndoInvariants(SyncModel model)
{
    private readonly HashSet<(string Author, RecordKey Key, string Path, CanonicalJson Value)> _left = [];

    /// <summary>Looks at what is about to be committed, and takes note of it.</summary>
    public void Check(CommitEntry entry)
    {
        if (UndoIds.IsUndo(entry.Id.TxId))
        {
            foreach (var change in entry.Changes) Check(entry.Id.AuthorId, change);
        }
        Note(entry);
    }

    private void Check(string author, RecordChange change)
    {
        if (change.Before is not { IsDeleted: false } before) return;
        var softDelete = model.Find(change.Key.Table)!.SoftDeleteField?.ToString();
        var after = change.After.IsDeleted ? [] : Leaves(change.After.Fields);
        foreach (var (path, value) in Leaves(before.Fields))
        {
            if (path == softDelete || (after.TryGetValue(path, out var kept) && kept == value)) continue;
            if (value.Kind != JsonKind.List) CheckLeft(author, change, path, value);
            else foreach (var element in Gone(value, kept)) CheckLeft(author, change, path + "[]", element);
        }
        foreach (var (path, value) in after)
        {
            if (path != softDelete && value.Kind != JsonKind.List && before.Get(PathOf(path)).IsMissing) CheckLeft(author, change, path, default);
        }
    }

    private void CheckLeft(string author, RecordChange change, string path, CanonicalJson value)
    {
        if (!_left.Contains((author, change.Key, path, value)))
            throw new InvariantBrokenException("undo takes back only one's own", $"{author} never left {(value.IsMissing ? "nothing" : value.ToString())} in {path}, but made of {change.Before} {change.Before!.Fields} {change.After} {change.After.Fields}");
    }

    private void Note(CommitEntry entry)
    {
        if (entry.Id.AuthorId == SessionsEnd.Author.UserId) return;
        var author = entry.Id.AuthorId;
        foreach (var operation in StepText.Operations(entry.Operations))
        {
            var after = entry.Changes.FirstOrDefault(change => change.Key == operation.Key)?.After;
            switch (operation)
            {
                case Operation.Create create: Note(author, create.Key, "", create.Value); break;
                case Operation.Set set: Note(author, set.Key, set.Path.ToString(), set.Value); break;
                case Operation.Unset unset: Note(author, unset.Key, unset.Path.ToString(), default); break;
                case Operation.ListInsert insert: Note(author, insert.Key, insert.Path + "[]", insert.Value); break;
                case Operation.Restore restore when after is not null: Note(author, restore.Key, "", after.Fields); break;
            }
        }
        foreach (var change in entry.Changes.Where(change => !change.After.IsDeleted))
        {
            var before = change.Before is { IsDeleted: false } live ? Leaves(live.Fields) : [];
            var after = Leaves(change.After.Fields);
            foreach (var (path, value) in after)
            {
                if (!before.TryGetValue(path, out var old) || (old != value && value.Kind != JsonKind.List)) Note(author, change.Key, path, value);
            }
            foreach (var path in before.Keys.Where(path => !after.ContainsKey(path))) Note(author, change.Key, path, default);
        }
    }

    private void Note(string author, RecordKey key, string path, CanonicalJson value)
    {
        foreach (var (leaf, left) in Leaves(path, value))
        {
            _left.Add((author, key, leaf, left));
            if (left.Kind != JsonKind.List) continue;
            foreach (var element in left.Elements) _left.Add((author, key, leaf + "[]", element));
        }
    }

    private static Dictionary<string, CanonicalJson> Leaves(CanonicalJson fields) => Leaves("", fields).ToDictionary(leaf => leaf.Path, leaf => leaf.Value, StringComparer.Ordinal);

    private static IEnumerable<(string Path, CanonicalJson Value)> Leaves(string path, CanonicalJson value) => value.Kind == JsonKind.Object
        ? value.Members.SelectMany(member => Leaves(path.Length == 0 ? member.Key : $"{path}.{member.Key}", member.Value))
        : [(path, value)];

    private static IEnumerable<CanonicalJson> Gone(CanonicalJson list, CanonicalJson kept) => kept.Kind == JsonKind.List ? list.Elements.Except(kept.Elements) : list.Elements;

    private static FieldPath PathOf(string path) => FieldPath.Of(path.Split('.'));
}
