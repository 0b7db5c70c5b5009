using Sync.Client;

namespace Sync.Testing;

/// <summary>What must hold of what a client shows, whenever it has told anything.</summary>
internal sealed class ViewInvariants(Ledger ledger, WriteBook book, Func<IEnumerable<ClientNode>> clients)
{
    private readonly Dictionary<(int Client, RecordKey Key), long> _seen = [];

    /// <summary>The store was restored: versions go back.</summary>
    public void Forget() => _seen.Clear();

    /// <summary>The receipt comes with its effects: no version before the transaction is to be seen any more, and none of it is missing.</summary>
    public void Answered(ClientNode node, WrittenTransaction written)
    {
        var receipt = written.Receipt!;
        if (written.IsVoid) return;
        var stored = ledger.ReceiptOf(new Sync.Server.TransactionId(written.Author, written.TxId!));
        if (receipt.IsAccepted && stored is not { IsAccepted: true }) throw new InvariantBrokenException("acknowledged stays", $"{written.TxId} was acknowledged, but is not in the store");
        if (!receipt.IsAccepted && receipt.Code != ErrorCodes.TxExpired && stored is { IsAccepted: true }) throw new InvariantBrokenException("acknowledged stays", $"{written.TxId} was called rejected, but is in the store");
        if (!receipt.IsAccepted || node.Client is not { } client) return;
        var pending = PendingOf(node);
        foreach (var (key, _, after) in receipt.Versions)
        {
            if (!pending.Contains(key) && client.Records.Get(key) is { } record && record.Version < after)
                throw new InvariantBrokenException("read your writes", $"{node.User} sees {record} behind the receipt of {written.TxId}, which made version {after}");
        }
    }

    public void Look(ClientNode node)
    {
        if (node.Client is not { } client || node.IsOfFormerHistory) return;
        Settle(node.Device);
        var pending = PendingOf(node);
        var (newest, oldest) = (0L, long.MaxValue);
        (Record? Newest, Record? Oldest) by = (null, null);
        foreach (var screen in node.Screens)
        {
            LookAt(node, screen);
            if (screen.Freshness != Freshness.Current || screen.Error is not null) continue;
            foreach (var id in screen.Ids)
            {
                var key = new RecordKey(screen.Query.Table, id);
                var record = client.Records.Get(key) ?? throw new InvariantBrokenException("shown is held", $"{node.User} shows {key}, but does not hold it");
                if (!screen.Query.Matches(record)) throw new InvariantBrokenException("shown is asked for", $"{node.User} shows {record}, which {screen.Query} does not yield");
                if (pending.Contains(key)) continue;
                var life = ledger.LifeOf(record) ?? throw new InvariantBrokenException("what is shown was stored", $"{node.User} shows {record} {record.Fields}; the store has {ledger.Newest(key)} {ledger.Newest(key)?.Fields}");
                CheckMonotonic(node, record);
                if (life.First > newest) (newest, by.Newest) = (life.First, record);
                if (life.Last < oldest) (oldest, by.Oldest) = (life.Last, record);
            }
        }
        if (newest > oldest)
            throw new InvariantBrokenException("no half transaction", $"{node.User} shows {by.Newest} of revision {newest} beside {by.Oldest}, which was changed at revision {oldest + 1}");
    }

    private static void LookAt(ClientNode node, Screen screen)
    {
        var ids = screen.Ids;
        if (!ids.SequenceEqual(screen.FollowedIds))
            throw new InvariantBrokenException("changes lead to the rows", $"{node.User} has {string.Join(' ', ids)}, but was told {string.Join(' ', screen.FollowedIds)}");
        if (screen.Query.Limit is { } limit && ids.Count > limit) throw new InvariantBrokenException("a window has its size", $"{ids.Count} rows of {screen.Query}");
    }

    private void CheckMonotonic(ClientNode node, Record record)
    {
        var place = (node.Number, record.Key);
        if (record.Version < _seen.GetValueOrDefault(place))
            throw new InvariantBrokenException("monotonic reads", $"{node.User} saw version {_seen[place]} and now sees {record}");
        _seen[place] = record.Version;
    }

    // Where no client of the device has anything in its queue, nothing that it wrote is pending.
    private void Settle(int device)
    {
        if (!clients().Where(node => node.Device == device).All(node => node.Client is { Status.PendingWrites: 0 })) return;
        foreach (var written in book.All)
        {
            if (written.Device == device && written.TxId is not null) written.IsSettled = true;
        }
    }

    private HashSet<RecordKey> PendingOf(ClientNode node) =>
        [.. book.All.Where(written => written.Device == node.Device && written.MayBePending).SelectMany(written => written.Operations).Select(operation => operation.Key)];
}
