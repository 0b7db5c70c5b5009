namespace Sync.Crash.Tests;

internal enum Fault
{
    /// <summary>Acknowledged, and not in the log.</summary>
    Lost,

    /// <summary>In the log twice.</summary>
    Doubled,

    /// <summary>Rejected, or written by nobody, and in the log.</summary>
    Uncalled,

    /// <summary>A revision is missing, or there twice.</summary>
    Gap,

    /// <summary>Another version than the receipt says.</summary>
    OtherThanTold,

    /// <summary>A record's versions are no chain: what one wrote the next did not see.</summary>
    LostUpdate,

    /// <summary>A change is not what its operations make of the record.</summary>
    OtherEffect,

    /// <summary>Began when another was acknowledged, and stands before it.</summary>
    AgainstTime,

    /// <summary>A session saw something older than what it had seen or written, or what never was.</summary>
    StaleRead,

    /// <summary>Transactions that all come before each other.</summary>
    Cycle,

    /// <summary>In the end a table or a client has something else than what the log leads to.</summary>
    NotConverged,
}

internal sealed record Violation(Fault Fault, string About)
{
    public override string ToString() => $"{Fault}: {About}";
}
