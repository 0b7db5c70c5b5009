using System.Diagnostics.CodeAnalysis;

namespace Sync.Testing;

/// <summary>A state with some records changed on top of it.</summary>
internal sealed class StateWith : IRelatedSource
{
    private readonly IRelatedSource _below;
    private readonly Dictionary<RecordKey, Record> _changed;

    public StateWith(IRelatedSource below, IReadOnlyDictionary<RecordKey, Record> changed, IEnumerable<Record> more)
    {
        (_below, _changed) = (below, new(changed));
        foreach (var record in more) _changed[record.Key] = record;
    }

    public bool TryGet(RecordKey key, out Record? record)
    {
        if (!_changed.TryGetValue(key, out record)) return _below.TryGet(key, out record);
        return true;
    }

    public bool TryFind(RelatedLookup lookup, [NotNullWhen(true)] out IReadOnlyList<Record>? records)
    {
        _below.TryFind(lookup, out records);
        records = [.. records!.Where(record => !_changed.ContainsKey(record.Key))
            .Concat(_changed.Values.Where(record => record.Table == lookup.Table && !record.IsDeleted && Sync.Server.LookupRule.Finds(lookup, record)))
            .OrderBy(record => record.Id, Comparer<string>.Create(CodePointOrder.Compare))];
        return true;
    }
}
