namespace Sync.Client;

/// <summary>One write on its way. It is in the view and saved already.</summary>
public sealed class WriteHandle
{
    private readonly TaskCompletionSource<Receipt> _receipt = new();

    internal WriteHandle(string txId) => TxId = txId;

    public string TxId { get; }

    /// <summary>
    /// The server's answer, once its effects are in the cache. A rejection is a value, never an exception. Never completes while offline;
    /// cancelled when the client is disposed of or signed out.
    /// </summary>
    public Task<Receipt> Receipt => _receipt.Task;

    /// <summary>A write without operations: accepted, since there is nothing to decide.</summary>
    internal static WriteHandle OfNothing(string txId, string authorId, DateTimeOffset now)
    {
        var handle = new WriteHandle(txId);
        handle.Complete(new Receipt { TxId = txId, AuthorId = authorId, IsAccepted = true, Now = now });
        return handle;
    }

    internal void Complete(Receipt receipt) => _receipt.TrySetResult(receipt);
    internal void Abandon() => _receipt.TrySetCanceled();
}
