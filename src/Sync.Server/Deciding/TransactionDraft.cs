using System.Diagnostics.CodeAnalysis;

namespace Sync.Server;

/// <summary>The records that a transaction touches, before it and after what is applied so far, in the order in which it came to them.</summary>
internal sealed class TransactionDraft(IRelatedSource snapshot)
{
    private readonly Dictionary<RecordKey, Entry> _entries = [];
    private readonly List<Entry> _inOrder = [];

    public IReadOnlyList<Entry> Entries => _inOrder;

    /// <summary>The entry of a record; <paramref name="isNamed"/> when an operation of the author names it, not only a cascade.</summary>
    public Entry Touch(RecordKey key, Record? before, bool isNamed)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            entry = new Entry(key, before);
            _entries.Add(key, entry);
            _inOrder.Add(entry);
        }
        entry.IsNamed |= isNamed;
        return entry;
    }

    /// <summary>What rules see: the records as they were before the transaction, and those that it brings into being.</summary>
    public IRelatedSource ForRules => new View(this, snapshot, entry => entry.IsBroughtIntoBeing);

    /// <summary>What cascades see: the records as they are by now.</summary>
    public IRelatedSource Running => new View(this, snapshot, _ => true);

    public sealed class Entry(RecordKey key, Record? before)
    {
        public RecordKey Key { get; } = key;
        public Record? Before { get; } = before;
        public Record? Current { get; set; } = before;
        public bool IsNamed { get; set; }
        public bool IsChanged => Current is not null && !ReferenceEquals(Before, Current);
        public bool IsBroughtIntoBeing => Before is null or { IsDeleted: true } && Current is { IsDeleted: false };
    }

    private sealed class View(TransactionDraft draft, IRelatedSource snapshot, Func<Entry, bool> isSeen) : IRelatedSource
    {
        public bool TryGet(RecordKey key, out Record? record)
        {
            if (!draft._entries.TryGetValue(key, out var entry) || !isSeen(entry)) return snapshot.TryGet(key, out record);
            record = entry.Current;
            return true;
        }

        public bool TryFind(RelatedLookup lookup, [NotNullWhen(true)] out IReadOnlyList<Record>? records)
        {
            if (!snapshot.TryFind(lookup, out records)) return false;
            if (draft._inOrder.Where(entry => entry.IsChanged && isSeen(entry) && entry.Key.Table == lookup.Table).ToList() is { Count: > 0 } changed)
                records = changed.Aggregate(new FoundRecords(records), (found, entry) => found.With(lookup, entry.Current!)).All;
            return true;
        }
    }
}
