namespace Sync.Server;

/// <summary>For stores whose database does not order as queries do: the first records of a query's order, at most so many, from candidates in any order. Holds no more than it gives.</summary>
public sealed class TopRecords(Query query, int max)
{
    private readonly PriorityQueue<Record, Record> _last = new(Comparer<Record>.Create((a, b) => query.Compare(b, a)));

    /// <summary>True when there were more than asked for.</summary>
    public bool IsCut { get; private set; }

    public void Add(Record record)
    {
        if (_last.Count < max)
        {
            _last.Enqueue(record, record);
            return;
        }

        IsCut = true;
        if (max > 0) _last.EnqueueDequeue(record, record);
    }

    public IReadOnlyList<Record> InOrder()
    {
        var records = new Record[_last.Count];
        for (var i = records.Length - 1; i >= 0; i--) records[i] = _last.Dequeue();
        return records;
    }
}
