namespace Sync;

/// <summary>
/// One version of one record: its key, its version (1 at creation, +1 for every operation applied) and its fields as one canonical JSON object
/// without <c>id</c> and <c>version</c>. Immutable; handed out, never copied.
/// </summary>
public sealed class Record
{
    public Record(RecordKey key, long version, CanonicalJson fields, bool isDeleted = false)
    {
        Key = key;
        Version = version;
        Fields = fields;
        IsDeleted = isDeleted;
    }

    public RecordKey Key { get; }
    public string Table => Key.Table;
    public string Id => Key.Id;
    public long Version { get; }

    /// <summary>All fields but <c>id</c> and <c>version</c>, a canonical object. Of a deleted record: its last image.</summary>
    public CanonicalJson Fields { get; }

    /// <summary>True for a tombstone: the record is gone for readers, its version goes on.</summary>
    public bool IsDeleted { get; }

    /// <summary>The value at a path, missing if there is none. The path <c>id</c> gives the id.</summary>
    public CanonicalJson Get(FieldPath path) => path.IsId ? CanonicalJson.From(Id) : Fields.Get(path);

    public override string ToString() => $"{Key}@{Version}{(IsDeleted ? " (deleted)" : "")}";
}
