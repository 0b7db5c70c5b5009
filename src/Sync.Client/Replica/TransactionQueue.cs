namespace Sync.Client;

/// <summary>This device's transactions without a receipt, oldest first. Receipts come nearly always for the oldest.</summary>
internal sealed class TransactionQueue
{
    private const int MaxSettledKept = 1024;

    private readonly List<PendingTransaction?> _items = [];
    private int _first;

    public int Count { get; private set; }

    /// <summary>The highest number given so far.</summary>
    public long LastSeq { get; set; }

    public void Add(PendingTransaction transaction)
    {
        _items.Add(transaction);
        LastSeq = Math.Max(LastSeq, transaction.Seq);
        Count++;
    }

    public PendingTransaction? Find(long seq)
    {
        var at = IndexAfter(seq - 1);
        return at < _items.Count && _items[at] is { } found && found.Seq == seq ? found : null;
    }

    public void Remove(PendingTransaction transaction)
    {
        var at = IndexAfter(transaction.Seq - 1);
        if (at == _first)
        {
            _items[_first++] = null;
            if (_first > MaxSettledKept && _first > _items.Count / 2)
            {
                _items.RemoveRange(0, _first);
                _first = 0;
            }
        }
        else
        {
            _items.RemoveAt(at);
        }
        Count--;
    }

    /// <summary>The oldest with a higher number.</summary>
    public IEnumerable<PendingTransaction> After(long seq)
    {
        for (var at = IndexAfter(seq); at < _items.Count; at++) yield return _items[at]!;
    }

    private int IndexAfter(long seq)
    {
        var (low, high) = (_first, _items.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_items[middle]!.Seq <= seq) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
