using System.Collections.Immutable;

namespace Sync;

/// <summary>The server's durable answer to one transaction. It holds no field values.</summary>
public sealed record Receipt
{
    public required string TxId { get; init; }
    public required string AuthorId { get; init; }
    public required bool IsAccepted { get; init; }

    /// <summary>The time that <c>set-now</c> wrote.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>The records that it touched, with their versions before and after; 0 before means that there was none.</summary>
    public ImmutableArray<VersionStep> Versions { get; init; } = [];

    /// <summary>Indexes of operations whose condition did not hold.</summary>
    public ImmutableArray<int> FailedConditions { get; init; } = [];

    /// <summary>Of a rejection: the stable code, or the app's own from a rule or a validation.</summary>
    public string? Code { get; init; }

    /// <summary>Of a rejection: a sentence that says what was expected and what came.</summary>
    public string? Message { get; init; }

    /// <summary>Of a rejection: the HTTP status that it counts as.</summary>
    public int Status { get; init; } = 200;
}

/// <summary>A record's version before and after one transaction.</summary>
public readonly record struct VersionStep(RecordKey Key, long Before, long After);
