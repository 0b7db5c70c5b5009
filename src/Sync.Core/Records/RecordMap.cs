using System.Diagnostics.CodeAnalysis;

namespace Sync;

/// <summary>
/// Records by table and id: the shape in which records travel. On the wire <c>{"table":{"id":{"id","version",…fields}}}</c>.
/// Enumerates in the order of keys, so that what is sent does not depend on hashing.
/// </summary>
public sealed class RecordMap : IEnumerable<Record>
{
    private readonly SortedDictionary<RecordKey, Record> _records = [];

    public RecordMap() { }

    public RecordMap(IEnumerable<Record> records)
    {
        foreach (var record in records) Add(record);
    }

    public int Count => _records.Count;

    /// <summary>Adds a record or replaces the one with the same key.</summary>
    public void Add(Record record) => _records[record.Key] = record;

    public Record? this[RecordKey key] => _records.GetValueOrDefault(key);
    public Record? this[string table, string id] => this[new RecordKey(table, id)];

    public bool TryGet(RecordKey key, [NotNullWhen(true)] out Record? record) => _records.TryGetValue(key, out record);

    public IEnumerator<Record> GetEnumerator() => _records.Values.GetEnumerator();
    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
