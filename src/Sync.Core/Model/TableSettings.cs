using System.Collections.Immutable;

namespace Sync;

/// <summary>All that was said of a table when the model was built.</summary>
internal sealed record TableSettings(string Name, RecordType Type)
{
    public ImmutableArray<FieldPath> Indexes { get; init; } = [];
    public FieldPath? SoftDeleteField { get; init; }
    public int? SmallMaxRecords { get; init; }
    public bool IsServerOnly { get; init; }
    public ImmutableArray<string> ServerOnlyFields { get; init; } = [];

    /// <summary>The table as users know it: without the fields that never leave the server.</summary>
    public TableSettings AsUsersSee() => ServerOnlyFields.IsEmpty ? this : this with
    {
        Type = Type.Without(ServerOnlyFields),
        Indexes = [.. Indexes.Where(path => !ServerOnlyFields.Contains(path.Root))],
    };
}
