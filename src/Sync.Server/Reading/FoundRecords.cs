using System.Collections.Immutable;

namespace Sync.Server;

/// <summary>What a lookup found, in the order of ids; or that it found more than any rule may look at.</summary>
internal sealed class FoundRecords
{
    private readonly ImmutableArray<Record> _records;

    public FoundRecords(IEnumerable<Record> records) => _records = [.. records.OrderBy(record => record.Id, ById)];

    private FoundRecords() => _records = default;

    public static FoundRecords TooMany { get; } = new();

    public bool IsTooMany => _records.IsDefault;

    /// <exception cref="LookupTooBroadException">There are too many.</exception>
    public IReadOnlyList<Record> All => IsTooMany ? throw new LookupTooBroadException() : _records;

    /// <summary>These records after some have changed.</summary>
    public FoundRecords With(RelatedLookup lookup, IEnumerable<Record> changed)
    {
        var byId = All.ToDictionary(record => record.Id, StringComparer.Ordinal);
        foreach (var record in changed)
        {
            if (lookup.Finds(record)) byId[record.Id] = record;
            else if (record.Table == lookup.Table) byId.Remove(record.Id);
        }
        return new FoundRecords(byId.Values);
    }

    private static readonly Comparer<string> ById = Comparer<string>.Create(CodePointOrder.Compare);
}

/// <summary>A rule or a cascade looked at more records than one lookup may find. In a rule it means no access.</summary>
internal sealed class LookupTooBroadException() : InvalidOperationException("A lookup found more records than a rule or a cascade may look at.");
