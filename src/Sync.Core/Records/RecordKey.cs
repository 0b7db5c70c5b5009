namespace Sync;

/// <summary>Names one record: its table and its id. The guide calls it RecordPointer.</summary>
public readonly record struct RecordKey(string Table, string Id) : IComparable<RecordKey>
{
    /// <summary>Ordinal by table, then by id: the order in which rows are locked and listed.</summary>
    public int CompareTo(RecordKey other)
    {
        var byTable = string.CompareOrdinal(Table, other.Table);
        return byTable != 0 ? byTable : string.CompareOrdinal(Id, other.Id);
    }

    /// <summary>For people to read. Never taken apart again: both parts may hold a slash.</summary>
    public override string ToString() => $"{Table}/{Id}";
}
