namespace Sync.Testing;

/// <summary>The contract of <see cref="Sync.Server.ITransactionStore"/> as cases, for every adapter to run over homes of its own.</summary>
public static class TransactionStoreConformance
{
    public static IReadOnlyList<TransactionStoreCase> Cases { get; } =
    [
        .. DurabilityCases.All,
        .. LogCases.All,
        .. HistoryCases.All,
        .. SnapshotCases.All,
        .. ExpectationCases.All,
        .. ConstraintCases.All,
        .. ContentCases.All,
        .. TombstoneCases.All,
        .. ReceiptCases.All,
        .. QueryCases.All,
        .. SharedCases.All,
    ];
}
