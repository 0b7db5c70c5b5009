namespace Sync.Server;

/// <summary>The transactions that sessions wait for, by name, so that the publisher finds the sessions whose receipt a commit brings.</summary>
internal sealed class PendingWrites
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TransactionId, List<PendingWrite>> _byId = [];

    public void Add(PendingWrite write)
    {
        lock (_gate)
        {
            if (!_byId.TryGetValue(write.Id, out var writes)) _byId[write.Id] = writes = new List<PendingWrite>(1);
            writes.Add(write);
        }
    }

    public void Remove(PendingWrite write)
    {
        lock (_gate)
        {
            if (_byId.TryGetValue(write.Id, out var writes) && writes.Remove(write) && writes.Count == 0) _byId.Remove(write.Id);
        }
    }

    /// <summary>Takes out everybody who waits for this transaction: two sessions may have sent the same one.</summary>
    public IReadOnlyList<PendingWrite> Take(TransactionId id)
    {
        lock (_gate) return _byId.Remove(id, out var writes) ? writes : [];
    }
}
