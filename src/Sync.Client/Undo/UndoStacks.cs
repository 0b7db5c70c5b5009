using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>What this device can undo and redo, in memory and in storage. Only its own writes. Bounded: the oldest entries go first.</summary>
internal sealed class UndoStacks(StorageChanges storage, Turn turn, int maxEntries)
{
    /// <summary>Writes to the same records within this time of an entry's first one belong to it.</summary>
    public static readonly TimeSpan JoinWithin = TimeSpan.FromMilliseconds(1200);

    /// <summary>Most bytes that both stacks take in storage.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private readonly List<UndoEntry> _undo = [];
    private readonly List<UndoEntry> _redo = [];
    private readonly Dictionary<string, UndoStep> _byTxId = new(StringComparer.Ordinal);
    private readonly HashSet<RecordKey> _deletedHere = [];
    private UndoEntry? _joined;
    private UndoEntry? _grouped;
    private string? _groupLabel;
    private int _groups;
    private long _lastEntry;
    private long _lastStep;
    private long _bytes;

    public UndoState State => new(_undo.Count > 0, _redo.Count > 0, _undo.LastOrDefault()?.Label, _redo.LastOrDefault()?.Label);

    public bool IsEmpty => _undo.Count == 0 && _redo.Count == 0;

    public IEnumerable<UndoStep> Steps => _undo.Concat(_redo).SelectMany(entry => entry.Steps);

    public UndoEntry? Top(bool isRedo) => (isRedo ? _redo : _undo).LastOrDefault();

    public UndoStep? Find(string txId) => _byTxId.GetValueOrDefault(txId);

    /// <summary>Takes in what a storage held. The next write begins an entry of its own.</summary>
    public void Load(ImmutableArray<StoredUndoStep> stored)
    {
        Forget();
        var entries = new Dictionary<long, UndoEntry>();
        foreach (var one in stored.OrderBy(step => step.Number))
        {
            _lastStep = Math.Max(_lastStep, one.Number);
            if (UndoStepJson.ReadEntry(one.Content) is not { } read || !UndoStepJson.TryRead(one, entries.GetValueOrDefault(read.Id, read), out var step))
            {
                storage.ForgetUndo(one.Number);
                continue;
            }
            _lastEntry = Math.Max(_lastEntry, read.Id);
            entries.TryAdd(read.Id, read);
            step.Entry.Steps.Add(step);
            Keep(step);
        }
        foreach (var entry in entries.Values.OrderBy(entry => entry.Id)) (entry.IsRedo ? _redo : _undo).Add(entry);
        turn.UndoChanged();
    }

    /// <summary>Adds what an ordinary write changed: to the entry that it belongs to, or as a new one. What was undone before it can't be redone any more.</summary>
    public void Add(PendingTransaction transaction, ImmutableArray<UndoPart> parts)
    {
        foreach (var entry in _redo.ToArray()) Remove(entry);
        var joined = EntryFor(transaction, parts);
        AddStep(joined, transaction.Transaction.TxId, parts);
        Trim();
        turn.UndoChanged();
    }

    /// <summary>Puts what an undo changed on the other stack, or what a redo did back.</summary>
    public UndoEntry Push(bool isRedo, string? label, DateTimeOffset now, IEnumerable<(string TxId, ImmutableArray<UndoPart> Parts)> steps)
    {
        var entry = new UndoEntry(++_lastEntry, isRedo, label, now);
        (isRedo ? _redo : _undo).Add(entry);
        foreach (var (txId, parts) in steps) AddStep(entry, txId, parts);
        _joined = null;
        turn.UndoChanged();
        return entry;
    }

    /// <summary>Puts an entry back whose undo could not be saved.</summary>
    public void PutBack(UndoEntry entry)
    {
        (entry.IsRedo ? _redo : _undo).Add(entry);
        foreach (var step in entry.Steps)
        {
            Keep(step);
            Save(step);
        }
        turn.UndoChanged();
    }

    public void Remove(UndoEntry entry)
    {
        (entry.IsRedo ? _redo : _undo).Remove(entry);
        foreach (var step in entry.Steps) Drop(step);
        if (_joined == entry) _joined = null;
        if (_grouped == entry) _grouped = null;
        turn.UndoChanged();
    }

    public void Remove(UndoStep step)
    {
        step.Entry.Steps.Remove(step);
        Drop(step);
        if (step.Entry.IsEmpty) Remove(step.Entry);
    }

    /// <summary>Writes a step whose parts have changed; one of which nothing is left goes.</summary>
    public void Update(UndoStep step, ImmutableArray<UndoPart> parts)
    {
        step.Parts = parts;
        if (parts.IsEmpty) Remove(step);
        else if (step.Entry.IsEmpty) Remove(step.Entry);
        else Save(step);
    }

    /// <summary>Writes made until the group ends are one entry. A group within a group belongs to it.</summary>
    public void OpenGroup(string label)
    {
        if (_groups++ == 0) (_groupLabel, _grouped) = (label, null);
    }

    public void CloseGroup()
    {
        if (--_groups == 0) (_groupLabel, _grouped, _joined) = (null, null, null);
    }

    /// <summary>This device deleted the record: what its other entries hold of it stays in memory and leaves the storage, since no loss of access would reach it there.</summary>
    public void NoteDeleted(RecordKey key)
    {
        if (_deletedHere.Add(key)) SaveThoseWith(key);
    }

    public void NoteBack(RecordKey key)
    {
        if (_deletedHere.Remove(key)) SaveThoseWith(key);
    }

    public bool IsDeletedHere(RecordKey key) => _deletedHere.Contains(key);

    /// <summary>Another partition is ours now: all of it goes there.</summary>
    public void SaveAll()
    {
        foreach (var step in Steps.ToArray()) Save(step);
    }

    public void Clear()
    {
        foreach (var entry in _undo.Concat(_redo).ToArray()) Remove(entry);
    }

    private UndoEntry EntryFor(PendingTransaction transaction, ImmutableArray<UndoPart> parts)
    {
        if (_groups > 0)
        {
            if (_grouped is not null) return _grouped;
            return _grouped = Begin(_groupLabel, transaction.Now);
        }
        var isWhole = transaction.Transaction.Operations.Any(operation => operation is Operation.Delete or Operation.Restore);
        if (!isWhole && _joined is { } last && Joins(last, transaction, parts)) return last;
        var entry = Begin(transaction.Label, transaction.Now);
        _joined = isWhole ? null : entry;
        return entry;
    }

    // Typing in one field is one entry. A deletion is always one of its own.
    private static bool Joins(UndoEntry entry, PendingTransaction transaction, ImmutableArray<UndoPart> parts)
    {
        var since = transaction.Now - entry.StartedAt;
        return entry.Label == transaction.Label && since >= TimeSpan.Zero && since <= JoinWithin && entry.Keys.SetEquals(parts.Select(part => part.Key));
    }

    private UndoEntry Begin(string? label, DateTimeOffset now)
    {
        var entry = new UndoEntry(++_lastEntry, false, label, now);
        _undo.Add(entry);
        return entry;
    }

    private void AddStep(UndoEntry entry, string txId, ImmutableArray<UndoPart> parts)
    {
        var step = new UndoStep(++_lastStep, entry, txId, parts);
        entry.Steps.Add(step);
        Keep(step);
        Save(step);
    }

    private void Trim()
    {
        while (_undo.Count > maxEntries || (_bytes > MaxBytes && _undo.Count > 1)) Remove(_undo[0]);
    }

    private void SaveThoseWith(RecordKey key)
    {
        foreach (var step in Steps.Where(step => step.Parts.Any(part => part.Key == key)).ToArray()) Save(step);
    }

    private void Save(UndoStep step)
    {
        var content = UndoStepJson.Write(step, part => part.HoldsOthersContent && _deletedHere.Contains(part.Key) ? new UndoPart.Lost(part.Key, part.Index, part.Path) : part);
        _bytes += content.Utf8.Length - step.Bytes;
        step.Bytes = content.Utf8.Length;
        storage.PutUndo(new StoredUndoStep(step.Number, content));
    }

    private void Keep(UndoStep step)
    {
        if (step.TxId.Length > 0) _byTxId[step.TxId] = step;
        _bytes += step.Bytes;
    }

    private void Drop(UndoStep step)
    {
        if (step.TxId.Length > 0) _byTxId.Remove(step.TxId);
        _bytes -= step.Bytes;
        step.Bytes = 0;
        storage.ForgetUndo(step.Number);
    }

    private void Forget()
    {
        _undo.Clear();
        _redo.Clear();
        _byTxId.Clear();
        _deletedHere.Clear();
        (_joined, _grouped, _bytes) = (null, null, 0);
    }
}
