namespace Sync.Testing;

/// <summary>Operations in few words.</summary>
internal static class Ops
{
    public static RecordKey Shelf(string id) => new(ConformanceModel.Shelves, id);
    public static RecordKey Book(string id) => new(ConformanceModel.Books, id);
    public static RecordKey Thing(string id) => new(ConformanceModel.Things, id);

    public static Operation Create(RecordKey key, string json) => new Operation.Create(key, CanonicalJson.Parse(json));
    public static Operation Set(RecordKey key, string path, string json) => new Operation.Set(key, FieldPath.Parse(path), CanonicalJson.Parse(json));
    public static Operation Unset(RecordKey key, string path) => new Operation.Unset(key, FieldPath.Parse(path));
    public static Operation Delete(RecordKey key) => new Operation.Delete(key);
    public static Operation Restore(RecordKey key) => new Operation.Restore(key);
}
