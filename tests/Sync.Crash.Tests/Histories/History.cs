using Sync.Server;

namespace Sync.Crash.Tests;

/// <summary>What a writer was told about its transaction; nothing yet, or never, is unknown.</summary>
internal enum Outcome { Unknown, Accepted, Rejected }

/// <summary>A version of a record; 0 where there was none.</summary>
internal readonly record struct RecordVersion(RecordKey Key, long Version);

/// <summary>
/// One transaction as its writer knows it. Its mark stands in its operations and in no other's, so that it can be found where its id is not known. Times are of one clock.
/// </summary>
/// <param name="Writer">One after the other only.</param>
internal sealed record Attempt(string Writer, string Mark, long Began)
{
    public Outcome Outcome { get; set; }

    /// <summary>When the outcome was known.</summary>
    public long Ended { get; set; } = long.MaxValue;

    /// <summary>As the receipt says; none where the writer was not told.</summary>
    public IReadOnlyList<VersionStep> Versions { get; set; } = [];

    /// <summary>What it was based on, beside what it changed: it was to be accepted only with these.</summary>
    public IReadOnlyList<RecordVersion> Read { get; init; } = [];
}

/// <summary>A transaction in the log.</summary>
/// <param name="Operations">None where plain SQL wrote it.</param>
internal sealed record Logged(long Revision, string Author, string TxId, string Mark, DateTimeOffset At, IReadOnlyList<Operation> Operations, IReadOnlyList<RecordChange> Changes);

/// <summary>A record as a session showed it when none of its own writes to it was pending; no version where it was not there, though all that there is was.</summary>
internal sealed record Seen(string Session, RecordKey Key, long? Version, long At);

/// <summary>The rows of a query, in the end.</summary>
internal sealed record Shown(string Session, Query Query, IReadOnlyList<Record> Rows);

/// <summary>All that was done and seen, and what the database says of it afterwards.</summary>
internal sealed record History
{
    public IReadOnlyList<Attempt> Writes { get; init; } = [];

    /// <summary>By revision.</summary>
    public IReadOnlyList<Logged> Log { get; init; } = [];

    /// <summary>In the order of each session.</summary>
    public IReadOnlyList<Seen> Looks { get; init; } = [];

    /// <summary>The records of all tables, in the end.</summary>
    public IReadOnlyList<Record> Stored { get; init; } = [];

    public IReadOnlyList<Shown> Shown { get; init; } = [];
}
