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

    public bool IsReadable(IReadOnlyList<bool> allowed) => before.IsAmong(allowed) || after.IsAmong(allowed);

    public HistoryEntry ToEntry(IReadOnlyList<bool> allowed)
    {
        var (showsBefore, showsAfter) = (before.IsNoneOrAmong(allowed), after.IsNoneOrAmong(allowed));
        var showsBoth = showsBefore && showsAfter;
        var (old, now) = (showsBefore ? Live(entry.Change.Before) : null, showsAfter ? Live(entry.Change.After) : null);
        return new HistoryEntry
        {
            AuthorId = entry.Id.AuthorId,
            TxId = entry.Id.TxId,
            Now = entry.Now,
            Kind = Kind,
            Before = old,
            After = now,
            Fields = showsBoth ? FieldChange.Between(FieldsOf(old), FieldsOf(now)) : [],
            Operations = showsBoth && between.All(place => place.IsNoneOrAmong(allowed)) ? operations : [],
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

    private static Record? Live(Record? record) => record is { IsDeleted: false } ? record : null;

    private static CanonicalJson FieldsOf(Record? record) => record?.Fields ?? CanonicalJson.EmptyObject;
}
