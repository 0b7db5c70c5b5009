using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Sync;

/// <summary>Operations that succeed or fail together, by one author, under an id that makes sending it again harmless.</summary>
public sealed record Transaction
{
    public required string TxId { get; init; }

    /// <summary>Who wrote it. The server compares it with the signed-in user; null on the wire means "the signed-in user".</summary>
    public string? AuthorId { get; init; }

    public required ImmutableArray<Operation> Operations { get; init; }

    /// <summary>Milliseconds since 1970 by the client's clock. Advisory: no rule depends on it.</summary>
    public long ClientTimestamp { get; init; }

    /// <summary>Versions that must be met exactly, 0 for "no record"; empty for none. Any difference is 409 <c>version_conflict</c>.</summary>
    public ImmutableArray<BaseVersion> BaseVersions { get; init; } = [];

    /// <summary>
    /// SHA-256 over the canonical operations and base versions: equal for a transaction sent again, different for other content under the same id.
    /// Author and timestamp play no part.
    /// </summary>
    public byte[] HashContent() => SHA256.HashData(ProtocolCodec.CanonicalBytes(this, TransactionJson.WriteContent));
}

/// <summary>A version that a transaction was based on; 0 means that there was no record.</summary>
public readonly record struct BaseVersion(RecordKey Key, long Version);
