namespace Sync.Client;

/// <summary>Rejected transactions that nobody has dealt with, oldest first.</summary>
internal sealed class Tray(Turn turn, StorageChanges storage)
{
    private readonly OrderedDictionary<string, StoredRejection> _items = new(StringComparer.Ordinal);

    public IReadOnlyCollection<StoredRejection> Items => _items.Values;

    public void Load(IEnumerable<StoredRejection> items)
    {
        foreach (var item in items) _items[item.Transaction.TxId] = item;
    }

    public StoredRejection? Find(string txId) => _items.GetValueOrDefault(txId);

    public bool Concerns(RecordKey key) => _items.Values.Any(item => item.Transaction.Operations.Any(operation => operation.Key == key));

    public void Add(StoredRejection rejection)
    {
        _items[rejection.Transaction.TxId] = rejection;
        storage.Reject(rejection);
        turn.TrayChanged();
    }

    public bool Remove(string txId)
    {
        if (!_items.Remove(txId)) return false;
        storage.DealWith(txId);
        turn.TrayChanged();
        return true;
    }
}
