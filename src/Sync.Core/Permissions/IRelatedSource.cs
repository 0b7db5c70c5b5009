using System.Diagnostics.CodeAnalysis;

namespace Sync;

/// <summary>The records that rules look at, on one immutable snapshot. Answers at once: what is not loaded is said to be so, never waited for.</summary>
internal interface IRelatedSource
{
    /// <summary>False where the key is not loaded. True with null where there never was such a record; a tombstone may be given and counts as none.</summary>
    bool TryGet(RecordKey key, out Record? record);

    /// <summary>False where the lookup is not loaded. Else the live records that it finds, in the order of ids.</summary>
    bool TryFind(RelatedLookup lookup, [NotNullWhen(true)] out IReadOnlyList<Record>? records);
}

/// <summary>A question for the records whose indexed field has a value; of a list: holds it.</summary>
internal readonly record struct RelatedLookup(string Table, FieldPath Field, CanonicalJson Value);
