namespace Sync.Client;

/// <summary>
/// Writes that the server rejected. They left the view, and nothing behind them waited; here they stay, also over restarts, until somebody sends them again,
/// sends something else instead, or discards them.
/// </summary>
public sealed class AttentionTray
{
    private readonly SyncClient _client;

    internal AttentionTray(SyncClient client) => _client = client;

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<TrayItem> Items => _client.Heart.ReadTray();

    /// <summary>Told after <see cref="Items"/> changed, on the thread that caused it.</summary>
    public event Action? Changed;

    /// <summary>Sends the same operations again, as a new transaction with a new id, behind all that waits. It leaves the tray in the same moment.</summary>
    /// <exception cref="ArgumentException">The tray has no such transaction.</exception>
    public ValueTask<WriteHandle> RetryAsync(string txId, CancellationToken cancellationToken = default)
    {
        var item = Find(txId);
        return _client.WriteAsync(new WriteOptions { Label = item.Label }, transaction =>
        {
            foreach (var operation in item.Transaction.Operations) transaction.Add(operation);
        }, txId, cancellationToken);
    }

    /// <summary>Sends something else instead: what the user made of it. It leaves the tray in the same moment.</summary>
    /// <inheritdoc cref="RetryAsync"/>
    public ValueTask<WriteHandle> ResendAsync(string txId, Action<TransactionBuilder> build, CancellationToken cancellationToken = default) =>
        _client.WriteAsync(new WriteOptions { Label = Find(txId).Label }, build, txId, cancellationToken);

    /// <summary>Gives it up. Nothing happens if it is not there any more.</summary>
    public ValueTask DiscardAsync(string txId) => _client.Heart.DiscardAsync(txId);

    /// <summary>The whole tray and all that waits to be sent as one JSON document, in the form of <see cref="SyncClient.SignOutAsync"/>.</summary>
    public string ExportJson() => UnsentExport.Write(_client.UserId ?? "", _client.Heart.ReadUnsent());

    internal void Tell()
    {
        foreach (var listener in Delegate.EnumerateInvocationList(Changed)) _client.Log.Tell(static listener => listener(), listener);
    }

    private TrayItem Find(string txId) =>
        Items.FirstOrDefault(item => item.TxId == txId) ?? throw new ArgumentException($"The tray has no transaction {txId}. It may have been dealt with already.", nameof(txId));
}
