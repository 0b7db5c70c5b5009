namespace Sync.Client;

/// <summary>All that lives between a sign-in and a sign-out: one user's storage, heart and connection.</summary>
internal sealed class SignedInUser : IClientListener
{
    private readonly SyncClient _client;
    private readonly IRecordStorage _storage;
    private readonly ClientLog _log;
    private readonly ConnectionLoop _loop;
    private volatile ConnectionState _connection = ConnectionState.Offline;
    private volatile bool _isStopped;

    public SignedInUser(SyncUser user, IRecordStorage storage, SyncClient client, SyncModel model, SyncClientOptions options, ITransport transport, TimeProvider time, Chance chance, Func<string> newId, ClientLog log)
    {
        (User, _storage, _client, _log) = (user, storage, client, log);
        Heart = new ClientHeart(model, storage, user.Id, options, time, newId, log, this);
        _loop = new ConnectionLoop(Heart, transport, () => User, options, time, chance, log, OnConnectionChanged);
    }

    /// <summary>May be replaced by the same user with another token callback.</summary>
    public SyncUser User { get; set; }

    public ClientHeart Heart { get; }

    public ValueTask LoadAsync(CancellationToken cancellationToken) => Heart.LoadAsync(cancellationToken);

    public void Start()
    {
        Show();
        _loop.Start();
    }

    public void Nudge() => _loop.Nudge();

    public async ValueTask StopAsync(bool discards = false)
    {
        _isStopped = true;
        await _loop.StopAsync().ConfigureAwait(false);
        await Heart.StopAsync().ConfigureAwait(false);
        if (discards) await _storage.DeleteAsync(CancellationToken.None).ConfigureAwait(false);
        await _storage.DisposeAsync().ConfigureAwait(false);
    }

    public void RecordsChanged(IReadOnlyCollection<RecordKey> keys) => _client.Records.Tell(keys);

    public void Rejected(PendingTransaction transaction, Receipt receipt)
    {
        _log.Rejected(receipt.TxId, receipt.Code ?? "");
        _client.Tell(new RejectedWrite(transaction.Transaction, transaction.Label, receipt.Code ?? ErrorCodes.Internal, receipt.Message ?? ""));
    }

    public void QueueChanged() => Show();

    public void TrayChanged() => _client.Tray.Tell();

    public void UndoChanged() => _client.Undo.Tell(Heart.UndoState);

    private void OnConnectionChanged(ConnectionState state)
    {
        _connection = state;
        Show();
    }

    private void Show()
    {
        if (!_isStopped) _client.Show(new ClientStatus(_connection, Heart.PendingCount, Heart.TrayCount));
    }
}
