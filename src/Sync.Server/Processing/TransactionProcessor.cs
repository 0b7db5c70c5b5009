namespace Sync.Server;

/// <summary>Takes transactions in, decides them in one loop and commits them in groups.</summary>
internal sealed class TransactionProcessor : IAsyncDisposable
{
    /// <summary>
    /// Decides a transaction and waits until it is durable. Transactions of one client are decided in the order of the calls. A rejection and a refusal are values.
    /// Giving up waiting does not take the transaction back.
    /// </summary>
    public ValueTask<WriteResult> SubmitAsync(Caller caller, Transaction transaction, ClientSequence? client, CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
