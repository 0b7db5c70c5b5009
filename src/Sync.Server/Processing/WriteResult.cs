namespace Sync.Server;

/// <summary>What became of a write: its receipt with the touched records that the author may read, or a transient refusal without a receipt.</summary>
public sealed record WriteResult
{
    public Receipt? Receipt { get; init; }

    /// <summary>The touched records as they are now, as far as the author may read them. On <c>version_conflict</c>: the current ones.</summary>
    public RecordMap Records { get; init; } = new();

    /// <summary>
    /// The same records as this transaction left them: each writer sees its own versions, also where others have written since. As they are now where it
    /// was decided before.
    /// </summary>
    public RecordMap Written { get; init; } = new();

    /// <summary>Touched records that are gone, or that the author may no longer read.</summary>
    public IReadOnlyList<RecordKey> Gone { get; init; } = [];

    /// <summary>The point of history at which it took effect; none for a rejection.</summary>
    public Revision Revision { get; init; }

    /// <summary>The revision at which <see cref="Records"/> and <see cref="Gone"/> were read: <see cref="Revision"/> or later.</summary>
    internal Revision ReadAt { get; init; }

    /// <summary>Set where nothing was decided and nothing is stored: 400 malformed, a foreign author, 401, 413, 429 or 503.</summary>
    public Refusal? Refusal { get; init; }

    public bool IsAccepted => Receipt?.IsAccepted == true;
}

/// <summary>Not decided and not stored: a code, a sentence, and when to come again (zero for never).</summary>
public sealed record Refusal(string Code, string Message, TimeSpan RetryAfter = default)
{
    public int Status => ErrorCodes.StatusOf(Code);
}
