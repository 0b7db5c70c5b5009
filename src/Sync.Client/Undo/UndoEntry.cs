using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>What one undo takes back, or one redo brings back: one transaction, or several that belong together.</summary>
internal sealed class UndoEntry(long id, bool isRedo, string? label, DateTimeOffset startedAt)
{
    /// <summary>Grows with each entry, so that the stacks keep their order in storage.</summary>
    public long Id { get; } = id;
    public bool IsRedo { get; } = isRedo;
    public string? Label { get; } = label;

    /// <summary>When the first transaction was written, by this device's clock.</summary>
    public DateTimeOffset StartedAt { get; } = startedAt;

    /// <summary>Oldest first.</summary>
    public List<UndoStep> Steps { get; } = [];

    public IEnumerable<UndoPart> NewestFirst => Enumerable.Reverse(Steps).SelectMany(step => step.Parts.Reverse());
    public HashSet<RecordKey> Keys => [.. Steps.SelectMany(step => step.Parts).Select(part => part.Key)];
    public bool IsEmpty => Steps.TrueForAll(step => step.Parts.All(part => part is UndoPart.Lost));
}

/// <summary>What one transaction of an entry changed.</summary>
internal sealed class UndoStep(long number, UndoEntry entry, string txId, ImmutableArray<UndoPart> parts)
{
    /// <summary>Its name in storage.</summary>
    public long Number { get; } = number;
    public UndoEntry Entry { get; } = entry;

    /// <summary>Empty where it stands for a transaction that was withdrawn.</summary>
    public string TxId { get; } = txId;

    /// <summary>Oldest first.</summary>
    public ImmutableArray<UndoPart> Parts { get; set; } = parts;

    /// <summary>Counts against the bound of the stacks.</summary>
    public int Bytes { get; set; }
}
