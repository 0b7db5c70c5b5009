using System.Diagnostics.CodeAnalysis;

namespace Sync.Client;

/// <summary>What rules see on a device: the view, and the records that the write brings into being. A record that is not held is not known, rather than absent.</summary>
internal sealed class ViewSource(SyncModel model, ClientHeart heart, TransactionBuilder draft) : IRelatedSource
{
    private readonly Dictionary<RecordKey, Record> _created = draft.Operations
        .Where(operation => operation is Operation.Create or Operation.Restore)
        .Select(operation => draft.Find(operation.Key))
        .Where(record => record is { IsDeleted: false })
        .DistinctBy(record => record!.Key)
        .ToDictionary(record => record!.Key, record => record!);

    public bool TryGet(RecordKey key, out Record? record)
    {
        record = _created.GetValueOrDefault(key) ?? heart.FindForWriting(key);
        return record is not null;
    }

    /// <summary>Gives what is held; ask <see cref="IsWhole"/> before concluding anything from what is not.</summary>
    public bool TryFind(RelatedLookup lookup, [NotNullWhen(true)] out IReadOnlyList<Record>? records)
    {
        var query = new Query { Table = lookup.Table, Where = [ConditionOf(lookup)] };
        records = [.. heart.Select(query).Concat(_created.Values.Where(record => record.Table == lookup.Table && query.Matches(record))).DistinctBy(record => record.Key)];
        return true;
    }

    /// <summary>Whether an open query that is current brings all that the lookup finds, as far as the user may read it.</summary>
    public bool IsWhole(RelatedLookup lookup) => heart.IsWhole(lookup.Table, ConditionOf(lookup));

    private QueryCondition ConditionOf(RelatedLookup lookup) =>
        model.Find(lookup.Table)?.FindField(lookup.Field.Root) is { Kind: FieldKind.List } && lookup.Value.Kind != JsonKind.List
            ? new QueryCondition.Contains(lookup.Field, lookup.Value)
            : new QueryCondition.EqualTo(lookup.Field, lookup.Value);
}
