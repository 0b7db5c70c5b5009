using System.Collections.Immutable;

namespace Sync.Server;

/// <summary>What the read rules say of some records.</summary>
/// <param name="Revision">The revision of the related records that the rules looked at.</param>
/// <param name="Seen">In their order: each record as the caller sees it, null where it may not be read.</param>
/// <param name="Outdated">Keys of given records that are known to have changed since: judge their newer versions before sending anything.</param>
internal sealed record ReadJudgement(Revision Revision, IReadOnlyList<Record?> Seen, Dependencies Dependencies, IReadOnlyList<RecordKey> Outdated);

/// <summary>Records that may be read, as they are at one revision. The dependencies hold the keys that were asked for too.</summary>
internal sealed record ReadableRecords(Revision Revision, IReadOnlyList<Record> Records, Dependencies Dependencies);

/// <summary>Conditions that hold for all that a caller may read of a table; null where the rules name none.</summary>
internal sealed record ReadableJudgement(ImmutableArray<QueryCondition>? Conditions, Dependencies Dependencies);

/// <summary>What rules looked at, absent answers included: a change to any of it may change what they say.</summary>
internal sealed record Dependencies(IReadOnlySet<RecordKey> Keys, IReadOnlySet<RelatedLookup> Lookups)
{
    public static Dependencies None { get; } = new(new HashSet<RecordKey>(), new HashSet<RelatedLookup>());
}
