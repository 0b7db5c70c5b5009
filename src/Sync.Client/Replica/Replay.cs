namespace Sync.Client;

/// <summary>
/// Brings the view of given slots up to date: confirmed record, then each pending transaction in the order of the queue, all of it or none.
/// Costs what the pending parts of those records cost. Other records are visited only where a transaction starts or stops to fit as a whole,
/// and a record's later parts only as long as something still differs from the last replay.
/// </summary>
internal sealed class Replay
{
    private readonly Dictionary<RecordSlot, int> _next = [];
    private readonly PriorityQueue<PendingTransaction, long> _due = new();
    private readonly List<RecordSlot> _visited = [];

    /// <param name="outdated">Slots whose confirmed record or list of pending parts changed.</param>
    /// <param name="touched">Gets the slots that had to be visited besides.</param>
    public void Run(List<RecordSlot> outdated, List<RecordSlot> touched)
    {
        foreach (var slot in outdated)
        {
            if (slot.HasPending) Begin(slot, 0);
        }
        while (_due.TryDequeue(out var transaction, out _)) Step(transaction);
        foreach (var slot in _visited)
        {
            if (slot.IsTouched) continue;
            slot.IsTouched = true;
            touched.Add(slot);
        }
        _visited.Clear();
        _next.Clear();
    }

    /// <summary>The newest transaction: nothing else has to be looked at again.</summary>
    public static void Append(PendingTransaction transaction)
    {
        transaction.IsApplied = true;
        foreach (var part in transaction.Parts)
        {
            part.Try(Last(part.Slot));
            transaction.IsApplied &= part.IsFitting;
        }
        foreach (var part in transaction.Parts)
        {
            part.After = transaction.IsApplied ? part.Tried : Last(part.Slot);
            (part.Slot.Pending ??= []).Add(part);
        }
    }

    /// <summary>The record after all that is pending.</summary>
    public static Record? Last(RecordSlot slot) => slot.Pending is { Count: > 0 } pending ? pending[^1].After : slot.Confirmed;

    /// <summary>The record before a pending part.</summary>
    public static Record? Before(PendingPart part) => Before(part.Slot, part.Slot.Pending!.LastIndexOf(part));

    public static bool IsSame(Record? left, Record? right) => ReferenceEquals(left, right)
        || (left is not null && right is not null && left.Version == right.Version && left.IsDeleted == right.IsDeleted && left.Fields == right.Fields);

    private void Begin(RecordSlot slot, int at)
    {
        if (at >= slot.Pending!.Count)
        {
            _next.Remove(slot);
            return;
        }
        _next[slot] = at;
        var transaction = slot.Pending[at].Transaction;
        if (transaction.IsDue) return;
        transaction.IsDue = true;
        _due.Enqueue(transaction, transaction.Order);
    }

    private void Step(PendingTransaction transaction)
    {
        transaction.IsDue = false;
        var isApplied = true;
        foreach (var part in transaction.Parts)
        {
            if (_next.TryGetValue(part.Slot, out var at)) part.Try(Before(part.Slot, at));
            isApplied &= part.IsFitting;
        }
        var hasFlipped = isApplied != transaction.IsApplied;
        transaction.IsApplied = isApplied;

        foreach (var part in transaction.Parts)
        {
            var slot = part.Slot;
            if (!_next.TryGetValue(slot, out var at))
            {
                if (!hasFlipped) continue;
                at = slot.Pending!.IndexOf(part);
                if (isApplied) part.Try(Before(slot, at));
                _visited.Add(slot);
            }
            var after = isApplied ? part.Tried : Before(slot, at);
            if (IsSame(after, part.After))
            {
                _next.Remove(slot);
                continue;
            }
            part.After = after;
            Begin(slot, at + 1);
        }
    }

    private static Record? Before(RecordSlot slot, int at) => at == 0 ? slot.Confirmed : slot.Pending![at - 1].After;
}
