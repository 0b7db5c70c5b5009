using System.Diagnostics.CodeAnalysis;

namespace Sync.Client;

/// <summary>The slots of all tables by key.</summary>
internal sealed class CacheTables(SyncModel model)
{
    private readonly Dictionary<string, TableCache> _tables = new(StringComparer.Ordinal);

    public IEnumerable<TableCache> All => _tables.Values;

    public TableCache Table(string name)
    {
        if (!_tables.TryGetValue(name, out var table)) _tables.Add(name, table = new TableCache(name, model.Find(name)));
        return table;
    }

    public RecordSlot SlotOf(RecordKey key) => Table(key.Table).GetOrAdd(key.Id);

    public bool TryGet(RecordKey key, [NotNullWhen(true)] out RecordSlot? slot)
    {
        slot = null;
        return _tables.TryGetValue(key.Table, out var table) && table.TryGet(key.Id, out slot);
    }

    public Record? ConfirmedOf(RecordKey key) => TryGet(key, out var slot) ? slot.Confirmed : null;
}
