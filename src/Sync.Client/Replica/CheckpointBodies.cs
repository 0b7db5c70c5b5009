using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>A checkpoint's records by key. Mostly one or a few, so a scan; more get a dictionary.</summary>
internal readonly struct CheckpointBodies(ImmutableArray<Record> records)
{
    private const int MaxScanned = 4;

    private readonly Dictionary<RecordKey, Record>? _byKey = records.Length > MaxScanned ? records.ToDictionary(record => record.Key) : null;

    public Record? Find(RecordKey key)
    {
        if (_byKey is not null) return _byKey.GetValueOrDefault(key);
        foreach (var record in records)
        {
            if (record.Key == key) return record;
        }
        return null;
    }
}
