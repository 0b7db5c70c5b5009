using System.Diagnostics.CodeAnalysis;

namespace Sync.Server;

/// <summary>Some records and lookups at one revision, and nothing else.</summary>
internal sealed class Snapshot(Revision revision, IReadOnlyDictionary<RecordKey, Record?> records, IReadOnlyDictionary<RelatedLookup, FoundRecords> lookups) : IRelatedSource
{
    public Revision Revision { get; } = revision;
    public IReadOnlyDictionary<RecordKey, Record?> Records { get; } = records;
    public IReadOnlyDictionary<RelatedLookup, FoundRecords> Lookups { get; } = lookups;

    public bool TryGet(RecordKey key, out Record? record) => Records.TryGetValue(key, out record);

    public bool TryFind(RelatedLookup lookup, [NotNullWhen(true)] out IReadOnlyList<Record>? records)
    {
        records = Lookups.TryGetValue(lookup, out var found) ? found.All : null;
        return records is not null;
    }
}
