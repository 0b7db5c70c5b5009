namespace Sync.Client;

/// <summary>What the step that runs has touched so far, and how it ends: everything is replayed and every query brought up to date, each record once.</summary>
internal sealed class Turn
{
    private readonly Replay _replay = new();
    private readonly List<RecordSlot> _touched = [];
    private readonly List<RecordSlot> _outdated = [];
    private readonly List<(QueryRows Rows, RecordSlot Slot)> _regrouped = [];
    private readonly List<QueryRows> _concerned = [];
    private readonly List<(RecordKey Key, bool IsTakenBack)> _forgotten = [];
    private readonly List<PendingTransaction> _withdrawn = [];
    private readonly HashSet<RecordSlot> _foreign = [];
    private bool _hasQueueChanged;
    private bool _hasTrayChanged;
    private bool _hasUndoChanged;

    /// <summary>Told how this device's view of a record changes; null where nothing can be undone.</summary>
    public UndoFollower? Undo { get; set; }

    /// <param name="isOutdated">Whether its pending parts have to be replayed.</param>
    public void Touch(RecordSlot slot, bool isOutdated)
    {
        if (isOutdated) _outdated.Add(slot);
        if (slot.IsTouched) return;
        slot.IsTouched = true;
        _touched.Add(slot);
    }

    /// <summary>Whether a query holds the record has changed.</summary>
    public void Regroup(QueryRows rows, RecordSlot slot) => _regrouped.Add((rows, slot));

    /// <summary>The query has something to tell besides rows.</summary>
    public void Concern(QueryRows rows) => _concerned.Add(rows);

    /// <summary>Its confirmed record is another one, by whoever's doing.</summary>
    public void Foreign(RecordSlot slot) => _foreign.Add(slot);

    /// <summary>It was this device's doing alone.</summary>
    public void Own(RecordSlot slot) => _foreign.Remove(slot);

    /// <summary>The record has left this device.</summary>
    /// <param name="isTakenBack">Whether the server took it.</param>
    public void Forgotten(RecordKey key, bool isTakenBack) => _forgotten.Add((key, isTakenBack));

    public void Withdrawn(PendingTransaction transaction) => _withdrawn.Add(transaction);

    public void UndoChanged() => _hasUndoChanged = true;
    public void QueueChanged() => _hasQueueChanged = true;
    public void TrayChanged() => _hasTrayChanged = true;

    /// <summary>Replays what is outdated by now, so that more can be looked at before the step ends.</summary>
    public void ReplayNow()
    {
        _replay.Run(_outdated, _touched);
        _outdated.Clear();
    }

    public Step Settle()
    {
        var step = new Step { HasQueueChanged = _hasQueueChanged, HasTrayChanged = _hasTrayChanged };
        (_hasQueueChanged, _hasTrayChanged) = (false, false);
        _replay.Run(_outdated, _touched);
        foreach (var slot in _touched) Settle(slot, step);
        foreach (var (key, isTakenBack) in _forgotten) Undo?.Lose(key, isTakenBack);
        foreach (var (rows, slot) in _regrouped)
        {
            rows.Reconsider(slot);
            _concerned.Add(rows);
        }
        foreach (var slot in _touched) RemoveIfEmpty(slot);
        foreach (var (_, slot) in _regrouped) RemoveIfEmpty(slot);
        foreach (var rows in _concerned) TakeBatch(rows, step);
        Undo?.EndTurn();
        step.Withdrawn.AddRange(_withdrawn);
        (step.HasUndoChanged, _hasUndoChanged) = (_hasUndoChanged, false);
        _touched.Clear();
        _outdated.Clear();
        _forgotten.Clear();
        _withdrawn.Clear();
        _foreign.Clear();
        _regrouped.Clear();
        _concerned.Clear();
        return step;
    }

    private void Settle(RecordSlot slot, Step step)
    {
        var (before, wasVisible) = (slot.View, slot.Visible);
        var after = Replay.Last(slot);
        slot.IsTouched = false;
        var isChanged = !Replay.IsSame(before, after);
        if (isChanged)
        {
            slot.View = after;
            Undo?.Seen(slot, before, isOwn: !_foreign.Contains(slot));
        }
        if (isChanged || slot.WasPending != slot.HasPending) step.Changed.Add(slot.Key);
        slot.WasPending = slot.HasPending;

        var first = _concerned.Count;
        slot.Table.Changed(slot, wasVisible, slot.Visible, _concerned);
        for (var i = first; i < _concerned.Count; i++) _concerned[i].Reconsider(slot);
    }

    private static void TakeBatch(QueryRows rows, Step step)
    {
        if (rows.TakeBatch() is not { } batch) return;
        foreach (var reader in rows.Readers)
        {
            reader.Take(batch);
            step.Readers.Add(reader);
        }
    }

    private static void RemoveIfEmpty(RecordSlot slot)
    {
        if (slot.IsEmpty) slot.Table.Remove(slot);
    }
}
