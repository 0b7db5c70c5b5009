namespace Sync.Client;

/// <summary>One write on its way. It is in the view and saved already.</summary>
public sealed class WriteHandle
{
    private readonly TaskCompletionSource<Receipt> _receipt = new();
    private volatile bool _isSaved;
    private volatile bool _isSent;
    private volatile bool _isWithdrawn;

    internal WriteHandle(string txId) => TxId = txId;

    public string TxId { get; }

    /// <summary>
    /// The server's answer, once its effects are in the cache. A rejection is a value, never an exception, and so is <see cref="ErrorCodes.Withdrawn"/>, the code of
    /// what was undone before it was sent. Never completes while offline; cancelled when the client is disposed of or signed out.
    /// </summary>
    public Task<Receipt> Receipt => _receipt.Task;

    /// <summary>How far it has come, as separate facts.</summary>
    public WriteStatus Status
    {
        get
        {
            var receipt = _receipt.Task.IsCompletedSuccessfully ? _receipt.Task.Result : null;
            return new WriteStatus(_isSaved, _isSent, receipt is { IsAccepted: true }, receipt is { IsAccepted: true }, receipt is { IsAccepted: false } && !_isWithdrawn, _isWithdrawn);
        }
    }

    /// <summary>A write without operations: accepted, since there is nothing to decide.</summary>
    internal static WriteHandle OfNothing(string txId, string authorId, DateTimeOffset now)
    {
        var handle = new WriteHandle(txId);
        handle.NoteSaved();
        handle.Complete(new Receipt { TxId = txId, AuthorId = authorId, IsAccepted = true, Now = now });
        return handle;
    }

    internal void NoteSaved() => _isSaved = true;
    internal void NoteSent() => _isSent = true;
    internal void Complete(Receipt receipt) => _receipt.TrySetResult(receipt);

    /// <summary>It was undone before it was sent.</summary>
    internal void Withdraw(string authorId)
    {
        _isWithdrawn = true;
        Complete(new Receipt { TxId = TxId, AuthorId = authorId, IsAccepted = false, Code = ErrorCodes.Withdrawn, Message = "It was undone before it was sent." });
    }

    internal void Abandon() => _receipt.TrySetCanceled();
}

/// <summary>How far a write has come. Facts that hold together or apart, never one flag.</summary>
/// <param name="IsSaved">It survives a crash of this device.</param>
/// <param name="IsSent">It was handed to a connection at least once. Whether it arrived is not known by that.</param>
/// <param name="IsAccepted">The server has carried it out.</param>
/// <param name="IsInCache">What came of it is among the confirmed records: its author's own receipts never come before that.</param>
/// <param name="NeedsAttention">The server rejected it; it is in the tray.</param>
/// <param name="IsWithdrawn">It was undone before it was sent, so the server never heard of it.</param>
public readonly record struct WriteStatus(bool IsSaved, bool IsSent, bool IsAccepted, bool IsInCache, bool NeedsAttention, bool IsWithdrawn = false);

/// <summary>What of this device's writes to one record is still on its way.</summary>
/// <param name="Pending">Transactions that wait for their receipt.</param>
/// <param name="IsSent">Whether all of them were handed to a connection at least once.</param>
/// <param name="NeedsAttention">Whether the tray holds a rejected write to it.</param>
public readonly record struct RecordStatus(int Pending, bool IsSent, bool NeedsAttention)
{
    public bool IsPending => Pending > 0;
}
