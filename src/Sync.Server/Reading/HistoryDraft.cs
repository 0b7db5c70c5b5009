using System.Collections.Immutable;

namespace Sync.Server;

/// <summary>One entry of a history before it is known which of its sides the caller may read.</summary>
internal sealed class HistoryDraft(
    TableModel table,
    RecordHistoryEntry entry,
    ImmutableArray<Operation> operations,
    HistoryImages.Place before,
    HistoryImages.Place after,
    ImmutableArray<HistoryImages.Place> between)
{
    public Revision Revision => entry.Revision;

    public bool IsReadable(IReadOnlyList<Record?> seen) => (before.IsAmong(seen) || after.IsAmong(seen)) && !IsAllHidden(seen);

    public HistoryEntry ToEntry(IReadOnlyList<Record?> seen)
    {
        var showsBoth = before.IsNoneOrAmong(seen) && after.IsNoneOrAmong(seen);
        var (old, now) = (Live(entry.Change.Before, before.In(seen)), Live(entry.Change.After, after.In(seen)));
        return new HistoryEntry
        {
            AuthorId = entry.Id.AuthorId,
            TxId = entry.Id.TxId,
            Now = entry.Now,
            Kind = Kind,
            Before = old,
            After = now,
            Fields = showsBoth ? FieldChange.Between(FieldsOf(old), FieldsOf(now)) : [],
            Operations = showsBoth && between.All(place => place.IsNoneOrAmong(seen)) ? operations : [],
        };
    }

    private HistoryKind Kind
    {
        get
        {
            var (old, now) = (entry.Change.Before, entry.Change.After);
            if (now.IsDeleted) return HistoryKind.Deleted;
            if (old is null) return HistoryKind.Created;
            if (old.IsDeleted) return IsRestore ? HistoryKind.Restored : HistoryKind.Created;
            return (table.IsDeleted(old), table.IsDeleted(now)) switch
            {
                (false, true) => HistoryKind.Deleted,
                (true, false) => HistoryKind.Restored,
                _ => HistoryKind.Changed,
            };
        }
    }

    private bool IsRestore => entry.Operations.Elements.Select(operation => operation["type"].AsString()).LastOrDefault(type => type is "create" or "restore") == "restore";

    /// <summary>It changed fields alone that never leave the server: nothing is left to tell but who did it.</summary>
    private bool IsAllHidden(IReadOnlyList<Record?> seen) =>
        table.HasServerOnlyFields && operations.IsEmpty && entry.Change is { Before.IsDeleted: false, After.IsDeleted: false }
        && before.In(seen) is { } old && after.In(seen) is { } now && old.Fields == now.Fields && entry.Change.Before.Fields != entry.Change.After.Fields;

    private static Record? Live(Record? record, Record? seen) => record is { IsDeleted: false } ? seen : null;

    private static CanonicalJson FieldsOf(Record? record) => record?.Fields ?? CanonicalJson.EmptyObject;
}
