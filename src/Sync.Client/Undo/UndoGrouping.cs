using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>Which writes are undone together: those of a named group, else those to the same records that follow each other closely.</summary>
internal sealed class UndoGrouping
{
    /// <summary>Writes to the same records within this time of an entry's first one belong to it.</summary>
    private static readonly TimeSpan JoinWithin = TimeSpan.FromMilliseconds(1200);

    private UndoEntry? _joined;
    private UndoEntry? _grouped;
    private string? _label;
    private int _open;

    /// <summary>Writes made until the group ends are one entry. A group within a group belongs to it.</summary>
    public void Open(string label)
    {
        if (_open++ == 0) (_label, _grouped) = (label, null);
    }

    public void Close()
    {
        if (--_open == 0) (_label, _grouped, _joined) = (null, null, null);
    }

    /// <param name="begin">Begins an entry with a label.</param>
    public UndoEntry EntryFor(PendingTransaction transaction, ImmutableArray<UndoPart> parts, Func<string?, UndoEntry> begin)
    {
        if (_open > 0) return _grouped ??= begin(_label);
        var isWhole = transaction.Transaction.Operations.Any(operation => operation is Operation.Delete or Operation.Restore);
        if (!isWhole && _joined is { } last && Joins(last, transaction, parts)) return last;
        var entry = begin(transaction.Label);
        _joined = isWhole ? null : entry;
        return entry;
    }

    /// <summary>The next write begins an entry of its own.</summary>
    public void Break() => (_joined, _grouped) = (null, null);

    public void Forget(UndoEntry entry)
    {
        if (_joined == entry) _joined = null;
        if (_grouped == entry) _grouped = null;
    }

    // Typing in one field is one entry. A deletion is always one of its own.
    private static bool Joins(UndoEntry entry, PendingTransaction transaction, ImmutableArray<UndoPart> parts)
    {
        var since = transaction.Now - entry.StartedAt;
        return entry.Label == transaction.Label && since >= TimeSpan.Zero && since <= JoinWithin && entry.Keys.SetEquals(parts.Select(part => part.Key));
    }
}
