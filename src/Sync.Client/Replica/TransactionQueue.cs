using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>This device's transactions without a receipt, in the view and in storage. Constant work for each that comes and each that is answered.</summary>
internal sealed class TransactionQueue(CacheTables tables, Turn turn, StorageChanges storage)
{
    private readonly PendingList _pending = new();
    private readonly Dictionary<string, PendingTransaction> _byTxId = new(StringComparer.Ordinal);
    private long _lastOrder;
    private long _lastSeq;

    /// <summary>Under which this client numbers its own transactions. Adopted ones keep the id of theirs.</summary>
    public string ClientId { get; private set; } = "";

    public int Count => _pending.Count;

    /// <summary>Those behind a place, the oldest first.</summary>
    public IEnumerable<PendingTransaction> After(long order) => _pending.After(order);

    public IEnumerable<PendingTransaction> All => _pending.After(0);

    public PendingTransaction? Find(string txId) => _byTxId.GetValueOrDefault(txId);

    /// <summary>Takes in what a storage held.</summary>
    public void Load(StoredState state)
    {
        (ClientId, _lastSeq) = (state.ClientId, Math.Max(state.LastSeq, 0));
        foreach (var stored in state.Queue)
        {
            if (_byTxId.ContainsKey(stored.Transaction.TxId)) continue;
            Append(new PendingTransaction(stored.Transaction, stored.Label) { Place = stored.Place, IsSaved = true, IsPlaceSaved = true, IsFromBefore = true });
        }
    }

    /// <summary>Puts a transaction behind all others and into the view.</summary>
    public void Add(PendingTransaction transaction)
    {
        Number(transaction);
        Append(transaction);
    }

    /// <summary>It has its answer, or could not be saved: out of view and storage.</summary>
    /// <param name="receipt">Null where there is none.</param>
    public void Settle(PendingTransaction transaction, Receipt? receipt = null)
    {
        Remove(transaction);
        storage.Settle(transaction.Place);
        foreach (var waiting in transaction.Parts.SelectMany(part => part.Slot.Pending!).Select(part => part.Transaction).Where(other => other.WaitsFor.Contains(transaction)).Distinct().ToArray())
            Learn(waiting, transaction, receipt);
    }

    /// <summary>Another client has taken over what was saved; what was not goes on under the id and numbers of a new partition.</summary>
    /// <returns>What is no longer ours.</returns>
    public IReadOnlyList<PendingTransaction> GiveUp(StoredState next)
    {
        PendingTransaction[] taken = [.. All.Where(transaction => transaction.IsSaved)];
        foreach (var transaction in taken) Remove(transaction);
        PendingTransaction[] unsaved = [.. All];
        foreach (var transaction in unsaved) Remove(transaction);

        // What has its answer already does not come back with the partition, and leaves it there.
        var settled = storage.ForgetQueue().ToHashSet();
        Load(next with { Queue = next.Queue.RemoveAll(stored => settled.Contains(stored.Place)) });
        foreach (var stored in next.Queue.Where(stored => settled.Contains(stored.Place))) storage.Settle(stored.Place);
        foreach (var transaction in unsaved) Add(transaction);
        return taken;
    }

    /// <summary>The server has another history, so its numbers mean nothing there: all go again, in their order, under a new client id.</summary>
    public void MoveTo(string newClientId)
    {
        (ClientId, _lastSeq) = (newClientId, 0);
        storage.MoveTo(newClientId);
        foreach (var transaction in All) Number(transaction);
    }

    /// <summary>Its place could not be saved; it is tried again with the next batch.</summary>
    public void SaveAgain(PendingTransaction transaction) => storage.Queue(new StoredTransaction(transaction.Place, transaction.Transaction, transaction.Label));

    private void Number(PendingTransaction transaction)
    {
        transaction.Place = new QueuePlace(ClientId, ++_lastSeq);
        transaction.IsPlaceSaved = false;
        SaveAgain(transaction);
    }

    private void Learn(PendingTransaction waiting, PendingTransaction answered, Receipt? receipt)
    {
        waiting.WaitsFor.Remove(answered);
        if (receipt is not { IsAccepted: true }) return;
        waiting.Rewrite(operation => ServerTimes.Learned(operation, answered, receipt.Now));
        waiting.IsPlaceSaved = false;
        SaveAgain(waiting);
        foreach (var part in waiting.Parts) turn.Touch(part.Slot, isOutdated: true);
    }

    private void Append(PendingTransaction transaction)
    {
        transaction.Order = ++_lastOrder;
        transaction.Parts = PartsOf(transaction);
        foreach (var part in transaction.Parts)
        {
            foreach (var earlier in part.Slot.Pending ?? [])
                if (ServerTimes.AreNamedBy(transaction, earlier.Transaction)) transaction.WaitsFor.Add(earlier.Transaction);
        }
        Replay.Append(transaction);
        _pending.Add(transaction);
        _byTxId.Add(transaction.Transaction.TxId, transaction);
        turn.QueueChanged();
        foreach (var part in transaction.Parts) turn.Touch(part.Slot, isOutdated: false);
    }

    private void Remove(PendingTransaction transaction)
    {
        _pending.Remove(transaction);
        _byTxId.Remove(transaction.Transaction.TxId);
        turn.QueueChanged();
        foreach (var part in transaction.Parts)
        {
            part.Slot.Pending!.Remove(part);
            turn.Touch(part.Slot, isOutdated: true);
        }
    }

    private ImmutableArray<PendingPart> PartsOf(PendingTransaction transaction)
    {
        var operations = transaction.Transaction.Operations;
        if (operations is [var only]) return [new PendingPart(transaction, tables.SlotOf(only.Key), operations)];
        return [.. operations.GroupBy(operation => operation.Key).Select(group => new PendingPart(transaction, tables.SlotOf(group.Key), [.. group]))];
    }
}
