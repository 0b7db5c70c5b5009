using System.Collections.Immutable;

namespace Sync;

/// <summary>All that was said of a table when the model was built.</summary>
internal sealed record TableSettings(string Name, RecordType Type)
{
    public ImmutableArray<FieldPath> Indexes { get; init; } = [];
    public FieldPath? SoftDeleteField { get; init; }
    public int? SmallMaxRecords { get; init; }
    public bool IsServerOnly { get; init; }
}
