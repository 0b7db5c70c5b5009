using System.Diagnostics.CodeAnalysis;

namespace Sync.Server;

/// <summary>
/// The latest committed state: a bounded cache over the store, kept current by the processor's loop. Always one revision: a load that is
/// newer than what the loop has told waits until the loop has caught up. Safe to call from anywhere.
/// </summary>
internal sealed class RecordSource
{
    /// <summary>The newest revision that it holds.</summary>
    public Revision Head => throw new NotImplementedException();

    /// <summary>True where the answer is known: a live record, a tombstone, or null where there never was one.</summary>
    public bool TryGet(RecordKey key, out Record? record) => throw new NotImplementedException();

    /// <summary>True where the answer is known: the live records that the lookup finds, in the order of ids.</summary>
    public bool TryFind(RelatedLookup lookup, [NotNullWhen(true)] out IReadOnlyList<Record>? found) => throw new NotImplementedException();

    /// <summary>Records at one revision, tombstones included. Completes at once when all are known.</summary>
    public ValueTask<StoreSnapshot> LoadAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Makes lookups known. Completes at once when all are.</summary>
    public ValueTask LoadAsync(IReadOnlyCollection<RelatedLookup> lookups, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The live records that meet a query and the conditions <paramref name="also"/>, at most <paramref name="max"/>; <see cref="Head"/> has reached their revision.</summary>
    public ValueTask<StoreQueryResult> QueryAsync(Query query, IReadOnlyList<QueryCondition> also, int max, CancellationToken cancellationToken) => throw new NotImplementedException();
}
