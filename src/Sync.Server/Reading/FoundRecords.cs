using System.Collections.Immutable;

namespace Sync.Server;

/// <summary>What a lookup found, in the order of ids; or that it found more than any rule may look at.</summary>
internal sealed class FoundRecords
{
    private readonly ImmutableArray<Record> _records;

    public FoundRecords(IEnumerable<Record> records) => _records = [.. records.Order(ById)];

    private FoundRecords(ImmutableArray<Record> inOrder) => _records = inOrder;

    public static FoundRecords TooMany { get; } = new(default(ImmutableArray<Record>));

    public bool IsTooMany => _records.IsDefault;

    /// <exception cref="LookupTooBroadException">There are too many.</exception>
    public IReadOnlyList<Record> All => IsTooMany ? throw new LookupTooBroadException() : _records;

    /// <summary>These records after one has changed.</summary>
    public FoundRecords With(RelatedLookup lookup, Record changed)
    {
        if (IsTooMany || changed.Table != lookup.Table) return this;

        var place = _records.BinarySearch(changed, ById);
        var isListed = place >= 0;
        if (!lookup.Finds(changed)) return isListed ? new(_records.RemoveAt(place)) : this;
        return new(isListed ? _records.SetItem(place, changed) : _records.Insert(~place, changed));
    }

    private static readonly Comparer<Record> ById = Comparer<Record>.Create((left, right) => CodePointOrder.Compare(left.Id, right.Id));
}

/// <summary>A rule or a cascade looked at more records than one lookup may find. In a rule it means no access.</summary>
internal sealed class LookupTooBroadException() : InvalidOperationException("A lookup found more records than a rule or a cascade may look at.");
