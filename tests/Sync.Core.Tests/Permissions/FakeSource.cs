using System.Diagnostics.CodeAnalysis;

namespace Sync.Core.Tests;

/// <summary>A snapshot of which only some is loaded.</summary>
internal sealed class FakeSource : IRelatedSource
{
    private readonly Dictionary<RecordKey, Record?> _records = [];
    private readonly Dictionary<RelatedLookup, IReadOnlyList<Record>> _lookups = [];

    public FakeSource With(Record record)
    {
        _records[record.Key] = record;
        return this;
    }

    public FakeSource WithNone(RecordKey key)
    {
        _records[key] = null;
        return this;
    }

    public FakeSource With(RelatedLookup lookup, params Record[] found)
    {
        _lookups[lookup] = found;
        return this;
    }

    public bool TryGet(RecordKey key, out Record? record) => _records.TryGetValue(key, out record);

    public bool TryFind(RelatedLookup lookup, [NotNullWhen(true)] out IReadOnlyList<Record>? records) => _lookups.TryGetValue(lookup, out records);
}
