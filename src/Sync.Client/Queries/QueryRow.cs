using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>A record's place in one query: whether the subscription holds it, and the row that stands in the result, if one does.</summary>
internal sealed class QueryRow(RecordSlot slot)
{
    public RecordSlot Slot { get; } = slot;
    public bool IsHeld { get; set; }

    /// <summary>Null where the record is not in the result.</summary>
    public Row? Row { get; private set; }

    /// <summary>The values that the query orders by, cut out once a version.</summary>
    public CanonicalJson[] SortKeys { get; private set; } = [];

    /// <summary>The first bytes of its place in the order.</summary>
    public ulong Prefix { get; private set; }

    public void Show(Row row, CanonicalJson[] sortKeys, ulong prefix) => (Row, SortKeys, Prefix) = (row, sortKeys, prefix);
    public void Hide() => (Row, SortKeys) = (null, []);
}

/// <summary>The order of a query's rows over keys that were cut out before. The same order as <see cref="Query.Compare"/>.</summary>
internal sealed class RowOrder(Query query)
{
    private readonly ImmutableArray<SortField> _fields = query.OrderBy.IsDefault ? [] : query.OrderBy;

    public CanonicalJson[] KeysOf(Record record)
    {
        if (_fields.IsEmpty) return [];
        var keys = new CanonicalJson[_fields.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = record.Get(_fields[i].Path);
        return keys;
    }

    public ulong PrefixOf(Record record, CanonicalJson[] keys) =>
        keys is [var first, ..] ? SortPrefix.Of(first, _fields[0].Descending) : SortPrefix.OfId(record.Id);

    public int Compare(QueryRow left, QueryRow right)
    {
        if (left.Prefix != right.Prefix) return left.Prefix < right.Prefix ? -1 : 1;
        for (var i = 0; i < _fields.Length; i++)
        {
            var order = left.SortKeys[i].CompareTo(right.SortKeys[i]);
            if (order != 0) return _fields[i].Descending ? -order : order;
        }
        return CodePointOrder.Compare(left.Slot.Id, right.Slot.Id);
    }
}
