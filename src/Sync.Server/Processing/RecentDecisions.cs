namespace Sync.Server;

/// <summary>
/// Receipts and client positions that this node has stored lately. An absent answer of the store is good for as long as nothing that was stored after it
/// was asked has been forgotten here: <see cref="CoversSince"/>. Safe to call from anywhere; written by the processor's loop only.
/// </summary>
internal sealed class RecentDecisions(int capacity = RecentDecisions.DefaultCapacity)
{
    public const int DefaultCapacity = 50_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<TransactionId, StoredReceipt> _receipts = [];
    private readonly Dictionary<string, (ClientPosition Position, long Generation)> _positions = new(StringComparer.Ordinal);
    private readonly Queue<(long Generation, TransactionId Id, string? ClientId)> _byAge = new();
    private long _generation;
    private long _forgotten;

    /// <summary>Counts what was stored. Take it before asking the store.</summary>
    public long Generation
    {
        get { lock (_gate) return _generation; }
    }

    public bool CoversSince(long generation)
    {
        lock (_gate) return generation >= _forgotten;
    }

    public StoredReceipt? Find(TransactionId id)
    {
        lock (_gate) return _receipts.GetValueOrDefault(id);
    }

    public ClientPosition? FindClient(string clientId)
    {
        lock (_gate) return _positions.TryGetValue(clientId, out var known) ? known.Position : null;
    }

    public void Remember(StoredReceipt receipt, ClientPosition? position)
    {
        lock (_gate)
        {
            _generation++;
            _receipts[receipt.Id] = receipt;
            if (position is not null) _positions[position.ClientId] = (position, _generation);
            _byAge.Enqueue((_generation, receipt.Id, position?.ClientId));
            if (_byAge.Count > capacity) ForgetOldest();
        }
    }

    /// <summary>The client may have been decided on another node since: the store is asked again.</summary>
    public void ForgetClient(string clientId)
    {
        lock (_gate) _positions.Remove(clientId);
    }

    private void ForgetOldest()
    {
        var oldest = _byAge.Dequeue();
        _forgotten = oldest.Generation;
        _receipts.Remove(oldest.Id);
        if (oldest.ClientId is { } client && _positions.TryGetValue(client, out var known) && known.Generation == oldest.Generation) _positions.Remove(client);
    }
}
