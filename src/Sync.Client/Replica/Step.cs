namespace Sync.Client;

/// <summary>What one write or checkpoint has come to, to be told once the lock is released.</summary>
internal sealed class Step
{
    public static Step Nothing { get; } = new();

    /// <summary>Readers that have a batch to tell, each once.</summary>
    public List<IRowReader> Readers { get; } = [];

    /// <summary>Records that the app sees in another way now.</summary>
    public List<RecordKey> Changed { get; } = [];

    public bool HasQueueChanged { get; init; }
    public bool HasTrayChanged { get; init; }
    public bool HasUndoChanged { get; set; }

    public List<(PendingTransaction Transaction, Receipt Receipt)> Receipts { get; } = [];

    /// <summary>Transactions that were taken back before they were sent.</summary>
    public List<PendingTransaction> Withdrawn { get; } = [];

    /// <summary>Queries whose records were not what the server has, under the numbers that they had: they are asked for again, or given up.</summary>
    public List<(QueryRows Rows, SubscriptionId Former)> Differing { get; } = [];
}
