namespace Sync.Server;

/// <summary>What a load found: readable rows at one revision, in the query's order, or why the query was refused.</summary>
/// <param name="Since">Before anything was looked at. A change to a dependency after it may have been seen by one rule and not by another.</param>
/// <param name="At">The revision of the rows.</param>
/// <param name="Rows">As the session's user sees them.</param>
/// <param name="Judged">The same rows as the rules see them.</param>
/// <param name="JudgedBy">The rules saw nothing newer than this.</param>
internal sealed record LoadedRows(Subscription Subscription, Revision Since, Revision At, Revision JudgedBy, IReadOnlyList<Record> Rows, IReadOnlyList<Record> Judged, bool MayHaveMore, Dependencies Dependencies, ApplyError? Error)
{
    /// <summary>What these rows say to the client's claim; null where there is none.</summary>
    public ClaimAnswer? Answer { get; init; }

    /// <summary>Of these rows, where the client's are to be checked.</summary>
    public Digest? Digest { get; init; }
}
