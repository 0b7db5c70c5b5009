using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>What this device can undo and redo, in memory and in storage. Only its own writes. Bounded: the oldest entries go first.</summary>
internal sealed class UndoStacks(StorageChanges storage, Turn turn, int maxEntries)
{
    /// <summary>Most bytes that both stacks take in storage.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private readonly List<UndoEntry> _undo = [];
    private readonly List<UndoEntry> _redo = [];
    private readonly Dictionary<string, UndoStep> _byTxId = new(StringComparer.Ordinal);
    private readonly HashSet<RecordKey> _deletedHere = [];
    private long _lastEntry;
    private long _lastStep;
    private long _bytes;

    public UndoState State => new(_undo.Count > 0, _redo.Count > 0, _undo.LastOrDefault()?.Label, _redo.LastOrDefault()?.Label);

    /// <summary>Which writes belong together.</summary>
    public UndoGrouping Grouping { get; } = new();

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
        foreach (var undone in _redo.ToArray()) Remove(undone);
        var entry = Grouping.EntryFor(transaction, parts, label => Begin(label, transaction.Now));
        AddStep(entry, transaction.Transaction.TxId, parts);
        Trim();
        turn.UndoChanged();
    }

    /// <summary>Puts what an undo changed on the other stack, or what a redo did back.</summary>
    public void Push(bool isRedo, string? label, DateTimeOffset now, IEnumerable<(string TxId, ImmutableArray<UndoPart> Parts)> steps)
    {
        var entry = new UndoEntry(++_lastEntry, isRedo, label, now);
        (isRedo ? _redo : _undo).Add(entry);
        foreach (var (txId, parts) in steps) AddStep(entry, txId, parts);
        Grouping.Break();
        turn.UndoChanged();
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
        Grouping.Forget(entry);
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

    /// <summary>Changes parts of what is known of a record.</summary>
    /// <param name="after">Only of steps with a higher number.</param>
    public void Revise(RecordKey key, Func<UndoPart, UndoPart> revise, long after = 0)
    {
        foreach (var step in Steps.ToArray())
        {
            if (step.Number <= after || !step.Parts.Any(part => part.Key == key)) continue;
            ImmutableArray<UndoPart> revised = [.. step.Parts.Select(part => part.Key == key ? revise(part) : part)];
            if (!revised.SequenceEqual(step.Parts)) Update(step, revised);
        }
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
        Grouping.Break();
        _bytes = 0;
    }
}
