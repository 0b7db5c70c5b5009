using System.Collections.Immutable;

namespace Sync.Server;

/// <summary>Something else that a rule looked at, and what was there. For the app's developers: it tells what the caller need not be allowed to read.</summary>
public sealed record RelatedRead
{
    public required string Table { get; init; }

    /// <summary>The id that the rule asked for; null for a look-up.</summary>
    public string? Id { get; init; }

    /// <summary>The indexed field that the rule looked up by; null for a record by its id.</summary>
    public FieldPath? Field { get; init; }

    /// <summary>The value that was looked up.</summary>
    public CanonicalJson Value { get; init; }

    /// <summary>What was found, in the order of ids. Empty: there was none, which decides as much.</summary>
    public ImmutableArray<VersionedKey> Found { get; init; } = [];

    /// <summary>A look-up that found more than <see cref="SyncServerOptions.MaxRecordsPerLookup"/>: the rule could not go on.</summary>
    public bool IsTooMany { get; init; }

    /// <summary>The rule asked for it in the last round, so it was not loaded any more.</summary>
    public bool IsNotLoaded { get; init; }

    public override string ToString()
    {
        var asked = Field is { } field ? $"{Table} where {field} is {Value}" : $"{Table}/{Id}";
        var answer = IsTooMany ? "too many" : IsNotLoaded ? "not loaded" : Found.IsEmpty ? "none" : Field is null ? $"version {Found[0].Version}" : string.Join(", ", Found);
        return $"{asked} ({answer})";
    }
}

/// <summary>A record and its version.</summary>
public readonly record struct VersionedKey(RecordKey Key, long Version)
{
    public override string ToString() => $"{Key}@{Version}";
}
