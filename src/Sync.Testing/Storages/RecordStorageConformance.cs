namespace Sync.Testing;

/// <summary>The contract of <see cref="Sync.Client.IRecordStorage"/> as cases, for every adapter to run over homes of its own.</summary>
public static class RecordStorageConformance
{
    public static IReadOnlyList<RecordStorageCase> Cases { get; } =
    [
        .. WholeBatchCases.All,
        .. StoredContentCases.All,
        .. StoredQueryCases.All,
        .. PartitionCases.All,
        .. WriterCases.All,
        .. UndoStepCases.All,
        .. FormatCases.All,
        .. StorageNameCases.All,
    ];
}
