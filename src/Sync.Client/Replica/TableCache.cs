using System.Diagnostics.CodeAnalysis;

namespace Sync.Client;

/// <summary>The records of one table, the indexes over their view, and which open queries a record may belong to.</summary>
internal sealed class TableCache(string name, TableModel? model)
{
    private readonly Dictionary<string, RecordSlot> _slots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<QueryRows>> _queriesById = new(StringComparer.Ordinal);
    private readonly List<QueryRows> _unrouted = [];
    private readonly List<FieldIndex> _indexes = [];

    public string Name { get; } = name;
    public TableModel? Model { get; } = model;
    public IReadOnlyCollection<RecordSlot> Slots => _slots.Values;

    public bool TryGet(string id, [NotNullWhen(true)] out RecordSlot? slot) => _slots.TryGetValue(id, out slot);

    public RecordSlot GetOrAdd(string id)
    {
        if (!_slots.TryGetValue(id, out var slot)) _slots.Add(id, slot = new RecordSlot(this, id));
        return slot;
    }

    public void Remove(RecordSlot slot) => _slots.Remove(slot.Id);

    public bool IsDeleted(Record record) => Model?.IsDeleted(record) ?? record.IsDeleted;
    public Operation Translate(Operation operation, Record? current) => Model?.Translate(operation, current) ?? operation;

    /// <summary>A version alone shows only where the type has a property for it.</summary>
    public bool ShowsSame(Record left, Record right) => left.Fields == right.Fields && (left.Version == right.Version || Model is { ShowsVersion: false });

    /// <summary>Files a query where records that may belong to it are looked up.</summary>
    public void Open(QueryRows rows)
    {
        var route = RouteOf(rows.Query);
        if (route is null) _unrouted.Add(rows);
        else if (route.Path.IsId) foreach (var id in route.Ids()) Add(_queriesById, id, rows);
        else IndexOf(route.Path).Open(rows, route.Values);
    }

    public void Close(QueryRows rows)
    {
        var route = RouteOf(rows.Query);
        if (route is null) _unrouted.Remove(rows);
        else if (route.Path.IsId) foreach (var id in route.Ids()) Remove(_queriesById, id, rows);
        else IndexOf(route.Path).Close(rows, route.Values);
    }

    /// <summary>Slots whose record may match; the query's conditions still have to be asked.</summary>
    public IEnumerable<RecordSlot> Candidates(Query query)
    {
        var route = RouteOf(query);
        if (route is null) return _slots.Values;
        if (!route.Path.IsId) return IndexOf(route.Path).Find(route.Values);
        return route.Ids().Select(id => _slots.GetValueOrDefault(id)).OfType<RecordSlot>();
    }

    /// <summary>Keeps the indexes and adds the queries that the change may concern, some perhaps twice.</summary>
    public void Changed(RecordSlot slot, Record? before, Record? after, List<QueryRows> concerned)
    {
        if (_queriesById.TryGetValue(slot.Id, out var byId)) concerned.AddRange(byId);
        concerned.AddRange(_unrouted);
        foreach (var index in _indexes) index.Changed(slot, before, after, concerned);
    }

    private FieldIndex IndexOf(FieldPath path)
    {
        foreach (var index in _indexes)
        {
            if (index.Path == path) return index;
        }
        var made = new FieldIndex(path);
        foreach (var slot in _slots.Values) made.Changed(slot, null, slot.Visible, null);
        _indexes.Add(made);
        return made;
    }

    /// <summary>The condition that narrows a query most cheaply: the id, else an indexed field; null where every record of the table may match.</summary>
    private QueryRoute? RouteOf(Query query)
    {
        QueryRoute? found = null;
        foreach (var condition in query.Where.IsDefault ? [] : query.Where)
        {
            if (QueryRoute.Of(condition) is not { } route) continue;
            if (route.Path.IsId) return route;
            if (found is null && Model?.Indexes.Contains(route.Path) == true) found = route;
        }
        return found;
    }

    private static void Add(Dictionary<string, List<QueryRows>> to, string id, QueryRows rows)
    {
        if (!to.TryGetValue(id, out var list)) to.Add(id, list = []);
        list.Add(rows);
    }

    private static void Remove(Dictionary<string, List<QueryRows>> from, string id, QueryRows rows)
    {
        if (!from.TryGetValue(id, out var list)) return;
        list.Remove(rows);
        if (list.Count == 0) from.Remove(id);
    }
}
