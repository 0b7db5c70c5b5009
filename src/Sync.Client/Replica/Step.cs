namespace Sync.Client;

/// <summary>What one write or checkpoint has come to, to be told once the lock is released.</summary>
internal sealed class Step
{
    public static Step Nothing { get; } = new();

    /// <summary>Readers that have a batch to tell, each once.</summary>
    public List<IRowReader> Readers { get; } = [];

    /// <summary>Records that the app sees in another way now.</summary>
    public List<RecordKey> Changed { get; } = [];

    public bool HasQueueChanged { get; set; }

    public List<(PendingTransaction Transaction, Receipt Receipt)> Receipts { get; } = [];
}
