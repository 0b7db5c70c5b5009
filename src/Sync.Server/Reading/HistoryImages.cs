using System.Collections.Immutable;

namespace Sync.Server;

/// <summary>The images of a record that a page of its history may show, gathered so that the rules judge them all in one run.</summary>
internal sealed class HistoryImages(TableModel table, bool isApp)
{
    /// <summary>Most operations of one entry: between two of them the record is an image too.</summary>
    private const int MaxOperations = 32;

    private readonly List<Record> _all = [];

    public IReadOnlyList<Record> All => _all;

    /// <summary>A tombstone is judged by its last image, as for a restore.</summary>
    public Place Add(Record? record)
    {
        if (record is null) return Place.None;
        _all.Add(record.IsDeleted ? new Record(record.Key, record.Version, record.Fields) : record);
        return new Place(_all.Count - 1);
    }

    public HistoryDraft Draft(RecordHistoryEntry entry)
    {
        var operations = OperationsOf(entry);
        var between = Between(entry, operations);
        if (between.Contains(null)) operations = [];
        ImmutableArray<Operation> told = isApp ? operations : [.. operations.Select(table.Reveal).OfType<Operation>()];
        return new HistoryDraft(table, entry, told, Add(entry.Change.Before), Add(entry.Change.After), [.. between.Select(Add)]);
    }

    /// <summary>None where there are too many, or one that can no longer be read.</summary>
    private static ImmutableArray<Operation> OperationsOf(RecordHistoryEntry entry)
    {
        var operations = ImmutableArray.CreateBuilder<Operation>();
        foreach (var json in entry.Operations.Elements)
        {
            if (operations.Count == MaxOperations || !ProtocolCodec.TryReadOperation(json, out var operation, out _)) return [];
            operations.Add(operation);
        }
        return operations.DrainToImmutable();
    }

    /// <summary>What the record was behind each operation but the last; null where it cannot be told.</summary>
    private static List<Record?> Between(RecordHistoryEntry entry, ImmutableArray<Operation> operations)
    {
        var (between, record) = (new List<Record?>(), entry.Change.Before);
        foreach (var operation in operations.Take(operations.Length - 1))
        {
            record = Operations.Apply(record, operation, entry.Now).Record;
            between.Add(record);
        }
        return between;
    }

    /// <summary>Where an image stands among all.</summary>
    public readonly record struct Place(int Index)
    {
        public static Place None { get; } = new(-1);
        public bool IsAmong(IReadOnlyList<Record?> seen) => In(seen) is not null;
        public bool IsNoneOrAmong(IReadOnlyList<Record?> seen) => Index < 0 || IsAmong(seen);

        /// <summary>The image as the caller sees it.</summary>
        public Record? In(IReadOnlyList<Record?> seen) => Index < 0 ? null : seen[Index];
    }
}
