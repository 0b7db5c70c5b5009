namespace Sync.Client;

/// <summary>Pending transactions by their order. Receipts come nearly always for the oldest, which costs the same however many wait.</summary>
internal sealed class PendingList
{
    private const int MaxSettledKept = 1024;

    private readonly List<PendingTransaction?> _items = [];
    private int _first;

    public int Count { get; private set; }

    public void Add(PendingTransaction transaction)
    {
        _items.Add(transaction);
        Count++;
    }

    public void Remove(PendingTransaction transaction)
    {
        var at = IndexAfter(transaction.Order - 1);
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

    public void Clear()
    {
        _items.Clear();
        (_first, Count) = (0, 0);
    }

    /// <summary>Those behind a place, the oldest first.</summary>
    public IEnumerable<PendingTransaction> After(long order)
    {
        for (var at = IndexAfter(order); at < _items.Count; at++) yield return _items[at]!;
    }

    private int IndexAfter(long order)
    {
        var (low, high) = (_first, _items.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_items[middle]!.Order <= order) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
